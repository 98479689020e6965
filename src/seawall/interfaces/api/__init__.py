"""The machine's door: acts and rows as JSON under /api/v1, described by OpenAPI 3.1."""
