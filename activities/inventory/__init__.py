"""The warehouse's stock, and what is kept for a case."""
