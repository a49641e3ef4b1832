"""Anybody who does not take a lottery's word for it: computes its ranks from what is published."""
