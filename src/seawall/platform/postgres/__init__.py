"""Django's PostgreSQL backend that starts the embedded cluster at the first connection."""
