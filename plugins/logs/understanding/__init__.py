"""Understanding lines: invocations gathered by request id, errors grouped by their pattern, one id followed."""
