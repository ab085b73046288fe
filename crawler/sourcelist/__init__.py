"""sources.toml as a list that grows: proposals of newspapers in, the file changed and its comments left alone.

::

    layout     TOML text → where each table and key stands (also for crawler.sources, which reports mistakes by line)
    edit       TOML text and a change → the text with that change and no other
    proposal   proposed newspapers and what is declared → what is new, known or wrong (pure)
    lists      a file → proposals: OPML (opml), a CSV table or a bare list of URLs (table)
    found      what a look at newspapers saw → what is told of it, and what would be pinned (pure)
    write      the same for the file; what the verbs call
"""
