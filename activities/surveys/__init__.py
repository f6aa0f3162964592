"""What customers think of the service, asked when their case has come to its end."""
