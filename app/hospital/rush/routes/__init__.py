"""HTTP: people in line, hospitals, operators, and whoever recomputes a lottery."""
