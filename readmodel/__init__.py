"""The SQL view of all cases: what lists and boards need. The truth is in the workflows."""
