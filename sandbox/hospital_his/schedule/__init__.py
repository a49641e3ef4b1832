"""A city's hospitals with their doctors and schedules: seeded, and nobody in it exists."""
