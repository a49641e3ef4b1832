"""Who may call: guards named on each route, and the gatekeeper that enforces them."""
