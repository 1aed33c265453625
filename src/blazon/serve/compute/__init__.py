"""Drawing and rendering in processes of their own, so that the event loop never waits for the interpreter lock."""
