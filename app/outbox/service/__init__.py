"""Use cases: post a message, deliver what is due, look at what could not be delivered."""
