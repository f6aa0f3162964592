"""One file for each change of the tables, in the order that the files themselves say."""
