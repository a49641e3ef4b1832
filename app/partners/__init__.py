"""Partners: pharmacies and the like, their terminals and the keys these prove themselves with."""
