"""What may leave, what was confirmed, what is written down."""
