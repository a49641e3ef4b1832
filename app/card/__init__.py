"""The e-social-security card, its one-use codes, and what a terminal learns from one."""
