"""What happens in cases, told to other systems: signed webhooks to whoever has subscribed to them."""
