"""Articles in; which of them are one story out: copies, texts inside longer texts, each agency's credit."""
