"""A validator of PDF/A and PDF/UA by other people."""
