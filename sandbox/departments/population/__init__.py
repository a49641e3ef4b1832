"""Public security: persons, households, reference photographs and sentences, over HTTP."""
