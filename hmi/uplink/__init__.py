"""The plant server: a PostgreSQL that keeps what stations send, for offices and reports. Nothing here waits for it."""
