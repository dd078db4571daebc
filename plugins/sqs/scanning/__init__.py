"""A whole queue seen at once: received in parallel, spooled, grouped, filtered, and given back."""
