"""Sampling: what one picture goes through, as values and pure functions."""
