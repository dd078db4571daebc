"""Credentials: found as the AWS command line finds them, kept, renewed, and never asked for twice at once."""
