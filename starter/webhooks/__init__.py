"""The door for what shop and carrier tell by themselves: signed webhooks, kept before they are answered."""
