"""HTTP: the operators' side and the hospitals' side."""
