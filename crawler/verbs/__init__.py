"""The commands that crawl and clean, one a file; crawler/cli.py mounts them."""
