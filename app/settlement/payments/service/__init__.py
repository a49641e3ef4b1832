"""Use cases: have money collected or returned, take notifications, look at what contradicts."""
