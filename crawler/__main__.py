"""``python -m crawler`` is the ``nightdesk`` command."""

from crawler.cli import main

main()
