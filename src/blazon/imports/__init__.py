"""What users bring along: a mark as SVG or as a picture, and a palette from a picture.

All of it comes from elsewhere and may be hostile. Sizes are checked before anything is parsed; the rest runs where a
time limit ends it, on the server in a process of its own.
"""
