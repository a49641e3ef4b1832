"""The waitlist (候补): places that were freed go to whoever waited longest, before the public."""
