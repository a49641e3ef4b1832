"""A hospital's information system, as it stands outside the system in real life."""
