"""Calling a session off: nobody keeps a place in it, and everybody is told exactly one outcome."""
