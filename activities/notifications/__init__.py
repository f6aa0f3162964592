"""Messages to customers and notices to staff, over whatever channel is plugged in."""
