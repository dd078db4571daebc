"""Measurements: awstui beside a yardstick, in turn, in one run. Nothing here asserts on time."""
