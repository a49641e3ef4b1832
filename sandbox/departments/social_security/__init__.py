"""Human resources and social security: who is insured, over HTTP."""
