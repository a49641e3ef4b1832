"""What can be done with calendar feeds."""
