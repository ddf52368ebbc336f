"""Floor 2: SQLite. Samples, journal, queries; the only importers of sqlite3 and sqlite-utils."""
