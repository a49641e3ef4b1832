"""HTTP: receipts for the parties, and the check for anybody."""
