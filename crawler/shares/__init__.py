"""A night on several machines: its sources divided by site, each share crawled into a part, the parts joined again."""
