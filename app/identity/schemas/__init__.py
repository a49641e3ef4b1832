"""The identity service on the wire."""
