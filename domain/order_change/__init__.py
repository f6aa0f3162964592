"""Order changes: what a customer may change at once, what a person decides, and how each step is taken back."""
