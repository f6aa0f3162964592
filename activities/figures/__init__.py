"""Reports: figures of a day, a week, a month or a quarter that is over, drawn once and kept."""
