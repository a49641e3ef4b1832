"""The ways to a department: over HTTP, into a view of its database, from files it drops."""
