"""Veterans: signed snapshots of who has served, dropped into a folder."""
