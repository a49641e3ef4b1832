"""Departments the system reads from: small real servers, databases and files of their own."""
