"""Weekly templates, holidays, and the days ahead that are planned from them."""
