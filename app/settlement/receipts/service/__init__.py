"""Use cases of receipts."""
