"""sources.toml as a list that grows: proposals of newspapers in, the file changed and its comments left alone.

::

    layout     TOML text → where each table and key stands (also for crawler.sources, which reports mistakes by line)
"""
