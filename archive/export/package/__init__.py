"""What is wanted → a data package: the articles, and what is needed to understand, cite, check and make it again."""
