"""What makes a crawl a night."""
