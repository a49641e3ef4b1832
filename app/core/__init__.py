"""What every service stands on: errors, access, database, keys, idempotency, limits, logs."""
