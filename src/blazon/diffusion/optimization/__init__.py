"""Optimization: the measures of each level of `OPTIMIZE`, and the warm-up that they need."""
