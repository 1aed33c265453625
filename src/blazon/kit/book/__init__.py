"""The brand book: what it says and shows, written once, and set as PDF and as HTML."""
