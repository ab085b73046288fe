"""What an archive takes, as tables for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive.typeset import cell, columned, new_console, paired, put, put_table

if TYPE_CHECKING:
    from archive.care.sizes import Sizes


def print_sizes(sizes: Sizes) -> None:
    """Print them."""
    console = new_console()
    articles = sum(source.articles for source in sizes.sources)
    each = (sizes.warc_bytes + sizes.database_bytes) // max(articles, 1)
    put(
        console,
        paired(
            [
                ("WARC files", mega(sizes.warc_bytes)),
                ("database", f"{mega(sizes.database_bytes)}, {mega(sizes.free_bytes)} of it unused"),
                ("an article", f"{each / 1000:,.1f} kB of both"),
            ]
        ),
    )
    tables = columned("table", ">size")
    for name, size in sizes.tables.items():
        tables.add_row(cell(name), cell(mega(size)))
    sources = columned("source", ">articles", ">WARC", ">texts")
    for source in sizes.sources:
        row = [source.name, source.articles, mega(source.warc_bytes), mega(source.text_bytes)]
        sources.add_row(*map(cell, row))
    nights = columned(">run", "when", ">captures", ">WARC", ">new articles")
    for night in sizes.nights:
        row = [night.run, f"{night.at:%Y-%m-%d %H:%M}", night.captures, mega(night.warc_bytes), night.articles]
        nights.add_row(*map(cell, row))
    for table in (tables, sources, nights):
        if table.row_count:
            put(console)
            put_table(console, table)


def mega(size: int) -> str:
    """Bytes as megabytes."""
    return f"{size / 1_000_000:,.2f} MB"
