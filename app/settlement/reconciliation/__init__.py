"""Comparing the books: with merchants once a day, with one another all the time."""
