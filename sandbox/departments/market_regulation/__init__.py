"""Market regulation: business licences, over HTTP."""
