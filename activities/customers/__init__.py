"""The directories of customers and orders: what a case may know, and where a customer can be reached."""
