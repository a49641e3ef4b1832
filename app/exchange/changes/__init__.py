"""Departments' feeds of changes: which records are other ones now."""
