"""The sandbox's eight departments as this launch runs them."""
