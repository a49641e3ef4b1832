"""HTTP: the merchants' side and the operators' side."""
