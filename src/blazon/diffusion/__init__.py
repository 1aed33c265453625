"""Text to image on the user's own device: the step engine, its families, and all that brings a model to them.

Only this package imports torch. What the rest of the program reads before a model is loaded imports none: `catalogue`,
`files`, `hub`, `memory`, `counters` and `loras.specs`.
"""
