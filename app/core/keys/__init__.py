"""The system's own keys, by name, behind an interface a vault or PKCS#11 can take the place of."""
