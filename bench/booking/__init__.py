"""What hospital booking costs."""
