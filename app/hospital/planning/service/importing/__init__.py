"""Taking files in, by the hospital's own ids: each line by itself, all or none, or only tried."""
