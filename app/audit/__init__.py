"""Who looked at whose data, why, and when; each person can read their own."""
