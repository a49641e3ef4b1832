"""What a kind of certificate is: the members a type.toml may have, and what each one does."""
