"""The crash table: a real shop, our workers and the wires between them, broken at chosen moments of single deeds."""
