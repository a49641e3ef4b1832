"""The cash part of a settlement: orders at a payment provider, and what it tells of them."""
