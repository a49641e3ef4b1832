"""Batches of certificates: taken in, worked off by threads of this process, shown."""
