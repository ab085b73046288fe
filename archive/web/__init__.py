"""The reading room: the archive in a browser, beside Datasette, read-only."""
