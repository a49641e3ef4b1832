"""Family: mandates to use another's card (亲情账户), and mutual aid between accounts (家庭共济)."""
