"""A case's event history in Temporal, told as a story: what came in, what the case decided, what it had done."""
