"""The composition root: hands services their ports. `wire` builds the whole of it."""
