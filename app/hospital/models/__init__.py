"""Tables of the hospital service."""
