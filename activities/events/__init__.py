"""What shop and carrier tell by themselves, brought to the cases that it concerns, and looked for where it got lost."""
