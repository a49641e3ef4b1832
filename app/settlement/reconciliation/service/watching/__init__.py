"""Our own books compared with one another, and with the payment provider, all the time."""
