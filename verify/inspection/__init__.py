"""What a film of a face shows, for an operator who wants to look into one."""
