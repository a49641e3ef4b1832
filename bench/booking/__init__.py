"""Measures booking: places claimed by many processes, a rush for few of them, and finding."""
