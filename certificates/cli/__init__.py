"""Commands of `python -m certificates`, one module each."""
