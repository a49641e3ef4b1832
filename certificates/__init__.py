"""Make, sign and check certificates: documents and keys, nothing of the web or databases."""
