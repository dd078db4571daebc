"""Faults made on purpose, and what the console does about each."""
