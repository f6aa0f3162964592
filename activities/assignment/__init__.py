"""Who is there, who has what in hand, and who was given a task."""
