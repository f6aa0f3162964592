"""Old timeline entries, moved out of the running case."""
