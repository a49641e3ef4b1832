"""The API: all that knows Flask or SQL."""
