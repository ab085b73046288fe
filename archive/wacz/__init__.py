"""Query → a WACZ file: the articles' captures with index, titles and texts, that others replay without this program."""
