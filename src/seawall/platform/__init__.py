"""Clocks, access decisions, audit, outbox of facts, jobs, secrets: what every room stands on."""
