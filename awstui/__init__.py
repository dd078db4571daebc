"""awstui: the terminal console an on-call engineer opens when something on AWS is wrong."""

__version__ = "0.1.0"
