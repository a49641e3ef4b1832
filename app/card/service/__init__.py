"""Use cases: bind and block a card, show a code, decode one."""
