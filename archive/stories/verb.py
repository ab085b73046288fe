"""``nightdesk stories``: which articles are copies of one another, who had it first, and from which agency."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.errors import DRIVER_ERRORS, CannotWrite
from archive.pager import paged
from archive.querying import Querying, query_of
from archive.reading import Archive
from archive.record import StoredArticle
from archive.stories.reading import Copy, Story
from archive.types import Precision
from archive.typeset import indented, new_console, paired, put, styled
from archive.verb import reading, say, to_json

if TYPE_CHECKING:
    from rich.console import Console

_SHOWN = 20


@click.command(cls=Querying)
@click.argument("words", nargs=-1, metavar="[QUERY]...")
@click.option("--of", "article", metavar="ID|URL", help="Only the story of this article, copy by copy.")
@click.option("--source", metavar="NAME", help="Only stories that this source has.")
@click.option("--since", metavar="WHEN", help="Only stories with an article from then on.")
@click.option("--until", metavar="WHEN", help="Only stories with an article up to then.")
@click.option("--least", metavar="N", type=click.IntRange(min=2), default=2, show_default=True, help="Copies at least.")
@click.option("--limit", metavar="N", type=click.IntRange(min=1), help="At most so many.")
@click.option("--update", is_flag=True, help="First take up all articles that still wait for it.")
@click.option("--json", "as_json", is_flag=True, help="JSON Lines, a story a line.")
@reading
def stories(
    archive: Archive,
    *,
    words: tuple[str, ...],
    article: str | None,
    least: int,
    limit: int | None,
    update: bool,
    as_json: bool,
    **filters: Any,
) -> None:
    """List stories of which the archive has several copies: the same text, shortened, edited or inside another.

    Those of the newest articles come first. QUERY as in search: stories of which at least one copy matches.
    """
    if article is not None and (words or any(filters.values())):
        raise click.UsageError("--of names an article: leave out the query")
    if update:
        _update(archive.folder)
    if article is not None:
        found = archive.story(article)
        if found is None:
            say("the archive has no other copy of it")
        chosen = [found] if found else []
    else:
        query = query_of(words, **filters)
        chosen = list(islice(archive.stories(query, least=least), limit or (None if as_json else _SHOWN)))
        if not chosen:
            say("no story has so many copies")
    with paged(not as_json):
        for number, story in enumerate(chosen):
            if as_json:
                click.echo(to_json(story))
            else:
                print_story(story, whole=article is not None, apart=number > 0)
    _say_due(archive)


def _say_due(archive: Archive) -> None:
    if due := archive.stories_due():
        say(f"\n{due:,} articles still wait for it: the next crawl takes them up, or: nightdesk stories --update")


def _update(folder: Path) -> None:
    from archive.afterwards import catch_up
    from archive.writer import ArchiveWriter  # brings warcio: only who writes pays

    try:
        with ArchiveWriter(folder, purpose="stories") as writer:
            catch_up(writer)
    except DRIVER_ERRORS as error:
        raise CannotWrite(f"{folder} cannot be written: {error}; what was committed stays") from error


def print_story(story: Story, *, whole: bool = False, apart: bool = False) -> None:
    """Print a story: who had it first, how many have it; ``whole``: every copy."""
    console = new_console()
    if apart:
        put(console)
    first = story.earliest
    put(console, styled(first.title, style="bold"))
    papers = len(story.sources)
    numbers = f"{len(story.copies):,} copies in {papers:,} {'source' if papers == 1 else 'sources'}"
    credit = f"{story.credit.agency} ({story.credit.origin})" if story.credit else ""
    about = [numbers, f"first {first.source}, {_moment(first)}", credit, story.id]
    put(console, indented(styled(" · ".join(filter(None, about)), style="dim")))
    if whole:
        _print_copies(console, story.copies)


def print_others(archive: Archive, article: StoredArticle) -> None:
    """Print the other copies of an article, behind it; nothing where there are none."""
    story = archive.story(article.id)
    if story is not None:
        console = new_console()
        put(console)
        put(console, styled("Other copies", style="bold"))
        _print_copies(console, [copy for copy in story.copies if copy.id != article.id])


def _print_copies(console: Console, copies: Iterable[Copy]) -> None:
    for copy in copies:
        put(console, indented(paired([(_moment(copy), copy.title)], style="")))
        put(console, indented(styled(_about(copy), style="dim"), by=4))


def _about(copy: Copy) -> str:
    like = f"{copy.share:.0%} of the shorter text shared with {copy.nearest}" if copy.nearest else ""
    credit = f"{copy.credit.agency}: {copy.credit.evidence!r}" if copy.credit else ""
    return " · ".join(filter(None, [copy.source, f"{copy.word_count:,} words", credit, copy.id, like]))


def _moment(copy: Copy) -> str:
    if copy.published_at is None:
        return f"seen {copy.first_seen_at:%Y-%m-%d %H:%M}"
    form = "%Y-%m-%d" if copy.published_precision is Precision.DAY else "%Y-%m-%d %H:%M"
    return f"{copy.published_at:{form}}"
