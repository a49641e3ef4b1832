"""What patients, and those who act for them, do with appointments."""
