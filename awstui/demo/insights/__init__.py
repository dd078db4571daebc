"""A small, honest interpreter of the Insights query language: what it does not know it refuses."""
