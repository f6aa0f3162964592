"""The SQL database that every embedded adapter keeps its rows in."""
