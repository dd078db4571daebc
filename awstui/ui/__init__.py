"""The interface: the only importer of Textual, beside the panes of plugins."""
