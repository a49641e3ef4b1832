"""Tables of settlement: the ledger, who is insured where, quotes, settlements and cash."""
