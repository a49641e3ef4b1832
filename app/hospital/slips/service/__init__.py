"""What can be done with slips."""
