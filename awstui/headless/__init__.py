"""Without a screen: the same declarations and the same engine, to standard output."""
