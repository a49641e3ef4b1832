"""A citizen's certificates: issue, download, status, and the check that is open to everybody."""
