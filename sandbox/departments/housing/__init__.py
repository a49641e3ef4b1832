"""Housing: who owns which home, over HTTP."""
