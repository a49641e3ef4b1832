"""What all that touches a purchase shares: its name, its rows, its year, who is told."""
