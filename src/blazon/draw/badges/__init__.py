"""Badges: mark, name and small words inside or around one shape, one plan a function."""
