"""The ledger's own use cases: post, chain, verify."""
