"""The kit: every file that a finished logo is needed in, and the brand book, in one zip."""
