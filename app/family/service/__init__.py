"""Use cases: offer, answer, revoke, use at commit, and mutual aid."""
