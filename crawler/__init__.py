"""Source in, Page out. The only package that knows Scrapy's engine."""
