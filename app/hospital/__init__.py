"""Hospitals: schedules, numbered places, and appointments that are never sold twice."""
