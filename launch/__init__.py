"""Sets up and starts everything on one machine. Imports nothing of the system it starts."""
