"""What happens when a session is called off."""
