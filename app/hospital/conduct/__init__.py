"""How people keep their appointments: rules as data, points, restrictions, appeals."""
