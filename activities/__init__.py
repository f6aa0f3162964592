"""Everything that touches the outside world: a room for each system, behind a port that tests can stand in for."""
