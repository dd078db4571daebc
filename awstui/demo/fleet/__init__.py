"""The fleet of a web shop: what somebody who opens the demo finds."""
