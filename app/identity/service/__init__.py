"""Use cases of the identity service, one subject a module."""
