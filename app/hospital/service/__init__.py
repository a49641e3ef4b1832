"""What can be done with hospitals' places."""
