"""Text to image on the user's own device: loading, the step engine, previews.

Only this package imports torch, and only `blazon.diffusion.catalogue` and `counters` may be imported without it.
"""
