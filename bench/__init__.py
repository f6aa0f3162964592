"""What it costs and what it survives: `python -m bench` measures, `python -m bench.chaos` breaks things on purpose."""
