"""The one place where numbered places change hands.

Locks are always taken in the same order: places first, then appointments. A place is taken past
those that others have locked, so a crowd in front of one session never waits for each other.
"""
