"""The database: what must survive a restart, in SQLite or PostgreSQL, through SQLAlchemy Core."""
