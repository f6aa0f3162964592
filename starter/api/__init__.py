"""The HTTP API for backend systems and for people with an account: `/v1`, JSON, problem details for every refusal."""
