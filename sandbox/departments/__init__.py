"""Departments the system reads from, each a small real HTTP server with data of its own."""
