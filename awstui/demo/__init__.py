"""The embedded AWS: a server, what it lacks, and a fleet that keeps moving."""
