"""Engines as replicas of Ray Serve; needs `pip install 'blazon[cluster]'`."""
