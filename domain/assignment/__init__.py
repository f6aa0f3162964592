"""Who gets a task: what it needs, who is there and can, who of them is chosen, and why."""
