"""HTTP: what the two people do with their agreements."""
