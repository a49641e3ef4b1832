"""Codes without a network: credentials, revocations, uploads. The codes themselves: `codes/`."""
