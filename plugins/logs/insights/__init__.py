"""Insights, for what outgrows a client: queries that AWS runs over whole groups, paid by the byte."""
