"""Records what a Chatwoot-like service and its PostgreSQL really do."""
