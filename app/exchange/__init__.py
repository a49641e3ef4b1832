"""Data of departments: contracts, connectors, and a record of every exchange."""
