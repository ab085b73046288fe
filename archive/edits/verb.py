"""``nightdesk diff`` and ``nightdesk edits``: what changed in an article, and where something changed at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from archive.completion import complete_source
from archive.edits.diff import Op, Piece, Words
from archive.edits.kinds import WORDS, Kind
from archive.edits.reading import Change, Edit
from archive.pager import paged
from archive.querying import Querying, query_of
from archive.reading import Archive
from archive.typeset import indented, new_console, put, styled
from archive.verb import reading, say, to_json

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

#: Edits shown when nobody says how many.
_SHOWN = 20
#: Sentences shown around those that changed.
_AROUND = 1
_STYLES = {Op.ADDED: "green", Op.REMOVED: "red", Op.MOVED: "cyan", Op.SAME: "dim", Op.CHANGED: ""}
_MARKS = {Op.ADDED: "+", Op.REMOVED: "-", Op.CHANGED: "~", Op.MOVED: ">", Op.SAME: " "}


@click.command()
@click.argument("article", metavar="ID|URL")
@click.option(
    "--from", "first", metavar="N", type=int, help="The earlier revision; the one before the later if not given."
)
@click.option("--to", "last", metavar="N", type=int, help="The later revision; the present one if not given.")
@click.option("--all", "every", is_flag=True, help="Every change, one after the other.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a change, every sentence in it.")
@reading
def diff(archive: Archive, *, article: str, first: int | None, last: int | None, every: bool, as_json: bool) -> None:
    """Show what changed in an article's headline and text, sentence by sentence.

    \b
    -  a sentence that is gone         +  one that is new
    ~  one that was reworded           >  one that stands elsewhere now

    Reworded words are in colour; without colour as [-was-]{+is+}. Revisions are numbered by nightdesk show.
    """
    if every and (first is not None or last is not None):
        raise click.UsageError("--all shows every change: leave out --from and --to")
    if every:
        changes = archive.changes(article)
    else:
        found = archive.diff(article, first, last)
        changes = [found] if found else []
    if not changes:
        say("its text has not changed since it was first seen")
    with paged(not as_json):
        for number, change in enumerate(changes):
            if as_json:
                click.echo(to_json(told(change)))
            else:
                print_change(change, apart=number > 0)


@click.command(cls=Querying)
@click.argument("words", nargs=-1, metavar="[QUERY]...")
@click.option(
    "--kind",
    "kinds",
    type=click.Choice([kind.value for kind in Kind]),
    multiple=True,
    help="Only of this kind; may be repeated.",
)
@click.option("--source", metavar="NAME", help="Only of this source.", shell_complete=complete_source)
@click.option("--since", metavar="WHEN", help="Only edits seen from then on: 2026-11, yesterday, -7d …")
@click.option("--until", metavar="WHEN", help="Only edits seen up to then, that day or month included.")
@click.option("--limit", metavar="N", type=click.IntRange(min=1), help="At most so many.")
@click.option("--json", "as_json", is_flag=True, help="JSON Lines, an edit a line.")
@reading
def edits(
    archive: Archive,
    *,
    words: tuple[str, ...],
    kinds: tuple[str, ...],
    source: str | None,
    since: str | None,
    until: str | None,
    limit: int | None,
    as_json: bool,
) -> None:
    """Find edits that newspapers made after publication, newest first; QUERY as in search, about the present texts.

    \b
    headline     the headline was changed
    correction   a correction was appended
    removed      sentences are gone
    added        there are new ones
    reworded     sentences were changed in more than spelling
    figures      numbers in them were changed
    moved        sentences stand elsewhere now
    typo         only spelling, capitals or punctuation
    live         a live blog went on
    silent       the page states when it was changed, and did not move that time

    With several --kind only edits that are of all of them: --kind silent --kind figures.
    """
    query = query_of(words, source=source)
    found = archive.edits(query, [Kind(kind) for kind in kinds], seen_since=since, seen_until=until)
    shown = 0
    with paged(not as_json):
        for shown, edit in enumerate(islice(found, limit or (None if as_json else _SHOWN)), 1):
            if as_json:
                click.echo(to_json(edit))
            else:
                _print_edit(edit, apart=shown > 1)
    if not shown:
        say("no edit is like that")
    elif shown == limit or (shown == _SHOWN and not as_json):
        say("\nthere may be more; --limit N shows them")
    if due := archive.edits_due():
        say(f"{due:,} articles with new revisions still wait to be looked at: nightdesk stories --update")


def told(change: Change) -> dict[str, Any]:
    """A change as JSON holds it: without the two texts, which the pieces hold."""
    texts = ("title", "body", "record")
    sides = {
        name: {field: value for field, value in _fields(side).items() if field not in texts}
        for name, side in (("before", change.before), ("after", change.after))
    }
    return {
        "article_id": change.article_id,
        "kinds": change.kinds,
        "words_added": change.words_added,
        "words_removed": change.words_removed,
        "modified_before": change.modified_before,
        "modified_after": change.modified_after,
        **sides,
        "title": change.title,
        "pieces": change.pieces,
    }


def _fields(value: Any) -> dict[str, Any]:
    from dataclasses import fields

    return {field.name: getattr(value, field.name) for field in fields(value)}


def print_change(change: Change, *, apart: bool = False) -> None:
    """Print what changed, with a sentence around it."""
    console = new_console()
    if apart:
        put(console)
    span = f"revision {change.before.number} → {change.after.number}"
    times = f"{change.before.valid_from:%Y-%m-%d %H:%M} → {change.after.valid_from:%Y-%m-%d %H:%M} UTC"
    put(console, styled(change.after.title, style="bold"))
    put(console, styled(f"{span} · seen {times} · {change.article_id}", style="dim"))
    said = [WORDS[kind] for kind in change.kinds] or ["nothing that a reader would see"]
    put(console, styled("; ".join(said)))
    put(console)
    if change.title.op is Op.CHANGED:
        _print_piece(console, change.title)
        put(console)
    _print_pieces(console, change.pieces)


def _print_pieces(console: Console, pieces: Sequence[Piece]) -> None:
    shown = sorted(_near_a_change(pieces))
    at = 0
    for n in shown:
        _print_gap(console, n - at)
        _print_piece(console, pieces[n])
        at = n + 1
    _print_gap(console, len(pieces) - at)


def _near_a_change(pieces: Sequence[Piece]) -> set[int]:
    return {
        near
        for n, piece in enumerate(pieces)
        if piece.op is not Op.SAME
        for near in range(max(0, n - _AROUND), min(len(pieces), n + _AROUND + 1))
    }


def _print_gap(console: Console, number: int) -> None:
    if number:
        put(console, styled(f"  … {number:,} {'sentence' if number == 1 else 'sentences'} as before", style="dim"))


def _print_piece(console: Console, piece: Piece) -> None:
    text = styled(piece.after or piece.before or "", style=_STYLES[piece.op])
    if piece.op is Op.CHANGED:
        text = _in_words(console, piece.words)
    grid = _hanging(styled(_MARKS[piece.op], style=_STYLES[piece.op]), text)
    put(console, grid)


def _hanging(mark: Text, text: Text) -> Any:
    from rich.table import Table

    table = Table.grid(padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column(no_wrap=True, width=1)
    table.add_column(overflow="fold")
    table.add_row(mark, text)
    return table


def _in_words(console: Console, words: Sequence[Words]) -> Text:
    from rich.text import Text

    colour = console.is_terminal and not console.no_color
    text = Text()
    before = Op.SAME
    for each in words:
        if each.op is Op.SAME:
            text.append_text(styled(each.text))
        elif colour:
            if before is Op.REMOVED and not each.text[:1].isspace() and not text.plain[-1:].isspace():
                text.append(" ")  # where a terminal strikes nothing out, old and new are two words all the same
            text.append_text(styled(each.text, style="red strike" if each.op is Op.REMOVED else "bold green"))
        else:
            text.append_text(styled(f"[-{each.text}-]" if each.op is Op.REMOVED else f"{{+{each.text}+}}"))
        before = each.op
    return text


def _print_edit(edit: Edit, *, apart: bool) -> None:
    console = new_console()
    if apart:
        put(console)
    put(console, styled(edit.title, style="bold"))
    put(console, indented(styled("; ".join(WORDS[kind] for kind in edit.kinds) or "nothing that a reader would see")))
    size = " ".join(filter(None, _size(edit)))
    about = [f"{edit.at:%Y-%m-%d %H:%M} UTC", edit.source, size, f"{edit.article_id}, revision {edit.revision}"]
    put(console, indented(styled(" · ".join(filter(None, about)), style="dim")))


def _size(edit: Edit) -> Iterator[str]:
    if edit.words_added:
        yield f"+{edit.words_added:,}"
    if edit.words_removed:
        yield f"−{edit.words_removed:,}"
    if edit.words_added or edit.words_removed:
        yield "words"
