"""Civil affairs: marriages, and the federation's disability certificates, over HTTP."""
