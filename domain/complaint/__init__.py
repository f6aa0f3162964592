"""The complaint: its statuses, its messages, its rules."""
