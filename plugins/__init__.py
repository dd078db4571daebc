"""The services awstui knows: one module or package each."""
