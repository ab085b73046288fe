"""A newspaper's past: what its sitemaps, sections and archives still list, and what web archives have of it.

days and wish say what is wanted; archives and cdx read documents (pure); course and frontier say what is next.
"""
