"""Slips of appointments: printed, and read again at the hospital's desk."""
