"""A small city that does not exist: whose facts the departments of the sandbox share out."""
