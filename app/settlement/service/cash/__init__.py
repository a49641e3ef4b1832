"""The cash part through the payment provider: ordered, done or undone with the rest, returned."""
