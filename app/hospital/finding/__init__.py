"""Finding a doctor's half-day: hospitals, departments, doctors, sessions and what is still free."""
