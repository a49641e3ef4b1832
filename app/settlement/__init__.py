"""Settlement: what a purchase costs whom, by benefit rules; the ledger that keeps every fen."""
