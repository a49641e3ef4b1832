"""What was agreed with each department, as data."""
