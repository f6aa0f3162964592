"""Who somebody is, and whether they may: the one answer for every door that is reached over a network."""
