"""Memory: what a model takes in each form, and how to load it into what is free. Imports no torch."""
