"""Promises with a deadline: spans of time, working calendars, clock ledgers and the policy that sets them."""
