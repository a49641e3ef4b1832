"""Use cases: tell persons; register, call and look after webhooks."""
