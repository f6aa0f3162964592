"""What happened, for tools that mine it for the way the work goes: event logs in the two standards there are."""
