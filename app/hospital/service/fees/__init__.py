"""Fees of appointments: paid once, and given back where the place was lost."""
