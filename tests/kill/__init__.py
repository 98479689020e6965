"""Killed at any moment: a rehearsal, a worker, the database. Started again it goes on, and every identity holds."""
