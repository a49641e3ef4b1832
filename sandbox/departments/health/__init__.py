"""Health: births, over HTTP."""
