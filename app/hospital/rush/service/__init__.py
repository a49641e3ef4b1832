"""Releases, tickets, admissions and lotteries."""
