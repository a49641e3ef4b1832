"""The web side that all services share: bodies in, replies and problems out."""
