"""Use cases: insure, quote, settle, refund, reverse; the ledger and the year beneath them."""
