"""Signed receipts of purchases, checkable without us and at a public address."""
