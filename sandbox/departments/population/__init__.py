"""The population registry: persons, households and reference photographs, over HTTP."""
