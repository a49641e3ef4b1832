"""How fast certificates are made, gathered and checked, and whether other readers accept them."""
