"""What Duecourse decides: cases, clocks, tasks and rules, without a clock to read or a door to open."""
