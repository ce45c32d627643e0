"""The API for machines: REST under /api/v1 with OpenAPI 3.1, problem details, scoped tokens, idempotency keys."""
