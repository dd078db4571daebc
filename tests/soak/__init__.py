"""Long runs that watch what a process holds on to."""
