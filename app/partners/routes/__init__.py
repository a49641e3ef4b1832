"""HTTP: what operators do with partners."""
