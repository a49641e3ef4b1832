"""A person's appointments in the calendar of their phone, by a secret link."""
