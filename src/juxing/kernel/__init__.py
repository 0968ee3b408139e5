"""Domain-free machinery that every room stands on: actors and scope, journal, lifecycles, jobs, idempotency."""
