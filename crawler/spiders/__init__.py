"""One spider for every source."""
