"""Settling a quote: straight, or held until the payment provider has answered."""
