"""What people do with their waitlist entries, and what the waitlist does with places."""
