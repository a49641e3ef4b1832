"""A payment provider: orders, refunds and signed webhooks, as a small real server."""
