"""What the archive gives back → text for a person: bold and dim in a terminal, plain in a pipe.

rich is loaded when something is printed, not before. Whatever pages say is printed without control
characters, so that no page can steer the reader's terminal.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from archive.figures import Problem, Stats
from archive.history import Event, History
from archive.reasons import because, happened, seen, stands
from archive.record import Revision, StoredArticle
from archive.search import Hit
from archive.types import CaptureRef, Origin, Outcome, Precision, Run, State, Via

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table
    from rich.text import Text

#: Lines longer than this are tiring to read, however wide the window is.
_WIDEST = 96
#: Marks that ``Hits`` puts around found words for ``print_hits``: no page has them, control characters are cut.
MARKS = ("\x02", "\x03")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_MARKED = re.compile(f"{MARKS[0]}(.*?){MARKS[1]}")


def print_hits(hits: Iterable[Hit]) -> int:
    """Print hits as they come → how many there were."""
    console = _console()
    number = 0
    for number, hit in enumerate(hits, 1):
        article = hit.article
        if number > 1:
            _print(console)
        _print(console, _highlighted(hit.headline, console, style="bold"))
        about = [_published(article), article.source, ", ".join(article.authors), article.id]
        _print(console, _indented(_text(" · ".join(filter(None, about)), style="dim")))
        if hit.snippet:
            _print(console, _indented(_highlighted(hit.snippet, console)))
    return number


def print_article(article: StoredArticle, revisions: Sequence[Revision], *, origins: bool = False) -> None:
    """Print an article for reading, then what the archive knows about it."""
    console = _console()
    _print(console, _text(article.title, style="bold"))
    reading = f"{article.reading_minutes} min read" if article.reading_minutes else ""
    byline = ["By " + ", ".join(article.authors) if article.authors else "", _published(article), reading]
    _print(console, _text(" · ".join(filter(None, byline))))
    about = [article.source, article.section or "", ", ".join(article.tags)]
    _print(console, _text(" · ".join(filter(None, about)), style="dim"))
    if article.url:
        _print_line(console, article.url, style="dim")
    for paragraph in article.body.split("\n\n"):
        _print(console)
        _print(console, _text(paragraph.strip("\n")))
    _print_pictures(console, article)
    _print(console)
    _print(console, _pairs(_provenance(article)))
    if len(revisions) > 1:
        _print(console)
        _print(console, _text("Revisions", style="bold"))
        for revision in revisions:
            until = _minute(revision.valid_until) if revision.valid_until else "now"
            span = f"{revision.number}  {_minute(revision.valid_from)} – {until}"
            _print(console, _indented(_pairs([(span, revision.title)], style="")))
    if origins:
        _print(console)
        _print_origins(console, article.origins)


def print_history(history: History) -> None:
    """Print a URL's story."""
    console = _console()
    _print_line(console, history.url, style="bold")
    _print(console, _pairs(_standing(history)))
    if history.sightings:
        _print(console)
        _print(console, _text("Seen", style="bold"))
        for sighting in history.sightings:
            runs = _runs(sighting.first_run, sighting.last_run)
            where = "" if sighting.via in (Via.GIVEN, Via.REVISIT) and not sighting.where else sighting.where
            _print(console, _indented(_text(f"{_minute(sighting.at)}  {seen(sighting.via)} ({runs})")))
            if where:
                _print_line(console, " " * 20 + where)
    _print(console)
    _print(console, _text("What happened", style="bold"))
    if not history.events:
        _print(console, _indented(_text("nothing yet: it was not asked for")))
    for event in history.events:
        _print(console, _indented(_pairs([(_minute(event.at), _told(event))], style="")))
        if event.capture:
            _print_line(console, " " * 20 + f"{event.status or 'file'}, {_place(event.capture)}", style="dim")


def print_stats(stats: Stats, folder: str) -> None:
    """Print the archive in numbers."""
    console = _console()
    last = stats.last_run
    pairs = [
        ("archive", folder),
        ("articles", f"{stats.articles:,}{_between(stats.oldest, stats.newest)}"),
        ("earlier texts", f"{stats.revisions:,}"),
        ("gone since", f"{stats.gone:,}"),
        ("raw records", f"{stats.captures:,} in {_many(stats.warc_files, 'WARC file')}, {_size(stats.warc_bytes)}"),
        ("database", _size(stats.database_bytes)),
        ("runs", f"{stats.runs:,}" + (f", the last one {_minute(last.started_at)}: {last.status}" if last else "")),
    ]
    _print(console, _pairs(pairs))
    if not stats.sources:
        return
    table = _table("source", ">pages", ">articles", ">duplicate", ">rejected", ">failed", ">other", "newest")
    for source in stats.sources:
        pages = source.pages
        named = [pages.get(state, 0) for state in (State.DUPLICATE, State.REJECTED, State.FAILED)]
        kept = pages.get(State.KEPT, 0)
        other = sum(pages.values()) - kept - sum(named)
        newest = f"{source.newest:%Y-%m-%d}" if source.newest else ""
        cells = [source.name, sum(pages.values()), source.articles, *named, other, newest]
        table.add_row(*map(_cell, cells))
    _print(console)
    _print(console, table)


def print_runs(runs: Sequence[Run], funnels: Mapping[int, Mapping[str, Mapping[Outcome, int]]]) -> None:
    """Print runs in order, each with its funnel."""
    console = _console()
    for number, run in enumerate(runs):
        if number:
            _print(console)
        _print(console, _text(_run_line(run), style="bold"))
        _print_funnel(console, funnels[run.id])


def print_run(run: Run, funnel: Mapping[str, Mapping[Outcome, int]], problems: Sequence[Problem]) -> None:
    """Print one run in detail."""
    console = _console()
    _print(console, _text(_run_line(run), style="bold"))
    arguments = [f"{name}: {_argument(value)}" for name, value in run.arguments.items() if value]
    _print(console, _text(" · ".join([run.software, *arguments]), style="dim"))
    _print_funnel(console, funnel)
    if problems:
        _print(console)
        _print(console, _text("To look at", style="bold"))
    for problem in problems:
        page = problem.kind.value == "page"
        what = _many(problem.count, "page") if page else f"the {problem.kind}"
        told = [f"{problem.source}: {what} {happened(problem.outcome)}", because(problem.reason), problem.detail]
        _print(console, _indented(_text(": ".join(filter(None, told)))))
        _print_line(console, ("    such as " if page and problem.count > 1 else "    ") + problem.example, style="dim")


# ── parts ────────────────────────────────────────────────────────────────────────────────────────────


def _print_pictures(console: Console, article: StoredArticle) -> None:
    for image in article.images:
        credit = f"({image.credit})" if image.credit else ""
        told = " ".join(filter(None, [image.caption or image.alt, credit]))
        if told:
            _print(console)
            _print(console, _indented(_text(f"Picture: {told}", style="italic")))


def _provenance(article: StoredArticle) -> list[tuple[str, str]]:
    seen_ = f"{_minute(article.first_seen_at)} – {_minute(article.last_seen_at)}"
    written = article.published_as_written
    origin = article.origins.get("published_at")
    inferred = f", {origin.inferred} inferred" if origin and origin.inferred else ""
    pairs = [
        ("id", article.id),
        ("published", f"{_published(article)}, written {written!r}{inferred}" if written else ""),
        ("modified", _minute(article.modified_at) if article.modified_at else ""),
        ("language", article.language or ""),
        ("words", f"{article.word_count:,}"),
        ("access", str(article.access)),
        ("rights", "; ".join(f"{name}: {value}" for name, value in article.rights.items())),
        ("comments", f"{len(article.comments)}, see --json" if article.comments else ""),
        ("seen", seen_),
        ("gone", f"since {_minute(article.gone_at)}" if article.gone_at else ""),
        ("capture", _place(article.capture)),
        ("digest", article.capture.digest if article.capture else ""),
        ("extractor", article.extractor),
    ]
    return [pair for pair in pairs if pair[1]]


def _print_origins(console: Console, origins: Mapping[str, Origin]) -> None:
    _print(console, _text("Where each field comes from", style="bold"))
    for name, origin in origins.items():
        inferred = f", {origin.inferred} inferred" if origin.inferred else ""
        line = f"{name}: {origin.origin}, confidence {origin.confidence:.2f}{inferred}"
        _print(console, _indented(_text(line)))
        for rival, value in origin.rivals:
            _print(console, _indented(_text(f"not {rival}: {value}", style="dim"), by=4))


def _standing(history: History) -> list[tuple[str, str]]:
    state = ": ".join(filter(None, [stands(history.state), because(history.reason), history.detail]))
    pairs = [("now", state), ("source", history.source)]
    if history.article_id:
        article = " ".join(filter(None, [history.article_id, history.article_title]))
        pairs.append(("article", article))
    if history.article_url and history.article_url != history.url:
        pairs.append(("at", history.article_url))
    pairs.append(("listed", f"{_minute(history.first_seen_at)} – {_minute(history.last_seen_at)}"))
    if history.fetched_at:
        pairs.append(("answered", f"last {_minute(history.fetched_at)}"))
    if history.attempts:
        pairs.append(("failures", f"{history.attempts} in a row"))
    pairs.append(("due", _minute(history.due_at) if history.due_at else "never again"))
    return pairs


def _told(event: Event) -> str:
    told = [happened(event.event), because(event.reason), event.detail]
    return f"{': '.join(filter(None, told))} (run {event.run})"


def _print_funnel(console: Console, funnel: Mapping[str, Mapping[Outcome, int]]) -> None:
    if not funnel:
        _print(console, _indented(_text("no pages", style="dim")))
        return
    shown = [outcome for outcome in Outcome if any(counts.get(outcome) for counts in funnel.values())]
    table = _table("source", ">pages", *(f">{outcome}" for outcome in shown))
    for source, counts in funnel.items():
        table.add_row(*map(_cell, [source, sum(counts.values()), *(counts.get(o, 0) for o in shown)]))
    if len(funnel) > 1:
        sums = [sum(counts.get(o, 0) for counts in funnel.values()) for o in shown]
        table.add_row(*map(_cell, ["all", sum(sums), *sums]), style="bold")
    _print(console, _indented(table))


def _argument(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _run_line(run: Run) -> str:
    took = f", {run.finished_at - run.started_at}" if run.finished_at else ""
    return f"Run {run.id}: {run.kind}, {_minute(run.started_at)}{took}, {run.status}"


def _published(article: StoredArticle) -> str:
    if article.published_at is None:
        return "undated"
    if article.published_precision is Precision.DAY:
        return f"{article.published_at:%Y-%m-%d}"
    return _minute(article.published_at)


def _place(capture: CaptureRef | None) -> str:
    return f"{capture.file}@{capture.offset}" if capture else ""


def _runs(first: int, last: int) -> str:
    return f"run {first}" if first == last else f"runs {first} to {last}"


def _between(oldest: datetime | None, newest: datetime | None) -> str:
    return f", {oldest:%Y-%m-%d} to {newest:%Y-%m-%d}" if oldest and newest else ""


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


def _many(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _size(size: float) -> str:
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} bytes" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"


# ── rich ─────────────────────────────────────────────────────────────────────────────────────────────


def _console() -> Console:
    from rich.console import Console

    console = Console(highlight=False, markup=False, emoji=False)
    console.width = min(console.width, _WIDEST)
    return console


def _clean(text: str) -> str:
    return _CONTROLS.sub(" ", text)


def _text(text: str, *, style: str = "") -> Text:
    from rich.text import Text

    return Text(_clean(text), style=style)


def _highlighted(marked: str, console: Console, *, style: str = "") -> Text:
    """Found words in bold and colour; in brackets where there is no colour."""
    from rich.text import Text

    colour = console.is_terminal and not console.no_color
    text = Text(style=style)
    at = 0
    for match in _MARKED.finditer(marked):
        text.append(_clean(marked[at : match.start()]))
        word = _clean(match[1])
        text.append(word if colour else f"[{word}]", style="bold yellow" if colour else "")
        at = match.end()
    return text.append(_clean(marked[at:]))


def _indented(what: RenderableType, *, by: int = 2) -> RenderableType:
    from rich.padding import Padding

    return Padding(what, (0, 0, 0, by), expand=False)


def _print(console: Console, *what: RenderableType) -> None:
    """Print to the console; into a pipe without the spaces that rich fills lines with."""
    if console.is_terminal:
        console.print(*what)
        return
    with console.capture() as capture:
        console.print(*what)
    console.file.writelines(line.rstrip() + "\n" for line in capture.get().splitlines())


def _print_line(console: Console, line: str, *, style: str = "") -> None:
    """Print a line that is not to be folded: an address, to be copied whole."""
    console.print(_text(line, style=style), soft_wrap=True)


def _pairs(pairs: Sequence[tuple[str, str]], *, style: str = "dim") -> Table:
    """Names on the left, values on the right, folded under themselves."""
    from rich.table import Table

    table = Table.grid(padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column(style=style, no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in pairs:
        table.add_row(_text(name), _text(value))
    return table


def _table(*headings: str) -> Table:
    """A table without lines; a heading that starts with ``>`` is of a column of numbers."""
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for heading in headings:
        right = heading.startswith(">")
        table.add_column(heading.lstrip(">"), justify="right" if right else "left", overflow="fold")
    return table


def _cell(value: object) -> Text:
    return _text(f"{value:,}" if isinstance(value, int) and value else "–" if value == 0 else str(value))
