"""Messages to citizens and partners: notices, and signed webhooks."""
