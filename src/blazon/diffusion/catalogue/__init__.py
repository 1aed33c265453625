"""The catalogue: which models there are, what is known of them, and which one fits a card. Imports no torch."""
