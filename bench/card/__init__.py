"""How the card and its settlement fare."""
