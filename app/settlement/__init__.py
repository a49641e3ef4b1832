"""Settlement: who pays what of a purchase, quoted, settled, refunded and reconciled."""
