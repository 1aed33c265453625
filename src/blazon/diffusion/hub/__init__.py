"""The hub: looking at its models, downloading them, and what its cache holds."""
