"""What the archive gives back → text for a person: bold and dim in a terminal, plain in a pipe."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING

from archive.completeness import Completeness
from archive.explain import explain
from archive.figures import Problem, Stats
from archive.history import Event, History
from archive.reasons import because, happened, seen, stands
from archive.record import Revision, StoredArticle
from archive.rights import Rights
from archive.search import Hit
from archive.types import CaptureRef, Entry, Outcome, Precision, Run, State
from archive.typeset import (
    cell,
    columned,
    highlighted,
    indented,
    new_console,
    paired,
    put,
    put_line,
    put_table,
    shortened,
    styled,
)

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

#: Lines that an example's URL may fill: hardly any is longer, and one that is whole can be copied.
_LINES = 3
#: Width of the fields' names, so that all their values stand in one column.
_FIELD = 13
#: Headings for a funnel that is too wide otherwise.
_SHORT = {
    Outcome.UPDATED: "upd",
    Outcome.UNCHANGED: "same",
    Outcome.DUPLICATE: "dup",
    Outcome.REJECTED: "rej",
    Outcome.REFUSED: "ref",
    Outcome.FAILED: "fail",
    Outcome.WAITING: "wait",
}
#: Events that cleaning led to.
_CLEANED = (Outcome.NEW, Outcome.UPDATED, Outcome.DUPLICATE, Outcome.REJECTED)


def print_hits(hits: Iterable[Hit]) -> int:
    """Print hits as they come → how many there were."""
    console = new_console()
    number = 0
    for number, hit in enumerate(hits, 1):
        article = hit.article
        if number > 1:
            put(console)
        put(console, highlighted(hit.headline, console, style="bold"))
        about = [_published(article), article.source, ", ".join(article.authors), article.id]
        put(console, indented(styled(" · ".join(filter(None, about)), style="dim")))
        if hit.snippet:
            put(console, indented(highlighted(hit.snippet, console)))
    return number


def print_article(
    article: StoredArticle, revisions: Sequence[Revision], *, rights: Rights | None = None, origins: bool = False
) -> None:
    """Print an article for reading, then what the archive knows about it."""
    console = new_console()
    put(console, styled(article.title, style="bold"))
    reading = f"{article.reading_minutes} min read" if article.reading_minutes else ""
    byline = ["By " + ", ".join(article.authors) if article.authors else "", _published(article), reading]
    put(console, styled(" · ".join(filter(None, byline))))
    about = [article.source, article.section or "", ", ".join(article.tags)]
    put(console, styled(" · ".join(filter(None, about)), style="dim"))
    if article.url:
        put_line(console, article.url, style="dim")
    for paragraph in article.body.split("\n\n"):
        put(console)
        if paragraph in article.corrections:
            put(console, styled("Correction", style="bold"))
        put(console, styled(paragraph.strip("\n")))
    if article.entries:
        put(console)
        _print_entries(console, article.entries)
    _print_pictures(console, article)
    put(console)
    put(console, paired([*_provenance(article), *_asked(rights)]))
    if len(revisions) > 1:
        put(console)
        put(console, styled("Revisions", style="bold"))
        for revision in revisions:
            until = _minute(revision.valid_until) if revision.valid_until else "now"
            span = f"{revision.number}  {_minute(revision.valid_from)} – {until}"
            put(console, indented(paired([(span, revision.title)], style="")))
    if origins:
        put(console)
        _print_origins(console, article)


def print_history(history: History) -> None:
    """Print a URL's story."""
    console = new_console()
    put_line(console, history.url, style="bold")
    put(console, paired([*_standing(history), *_asked(history.rights)]))
    if history.sightings:
        put(console)
        put(console, styled("Seen", style="bold"))
        for sighting in history.sightings:
            runs = _runs(sighting.first_run, sighting.last_run)
            put(console, indented(styled(f"{_minute(sighting.at)}  {seen(sighting.via)} ({runs})")))
            put_line(console, f"    {sighting.where}", style="dim")
    put(console)
    put(console, styled("What happened (times are UTC)", style="bold"))
    if not history.events:
        put(console, indented(styled("nothing yet: it was not asked for")))
    for event in history.events:
        put(console, indented(paired([(_minute(event.at), _told(event))], style="")))
        if event.capture:
            put_line(console, f"    {_kind(event)}, {_place(event.capture)}", style="dim")


def print_stats(stats: Stats, folder: str) -> None:
    """Print the archive in numbers."""
    console = new_console()
    last = stats.last_run
    pairs = [
        ("archive", folder),
        ("articles", f"{stats.articles:,}{_between(stats.oldest, stats.newest)}"),
        ("earlier texts", f"{stats.revisions:,}"),
        ("gone since", f"{stats.gone:,}"),
        ("raw records", f"{stats.captures:,} in {_many(stats.warc_files, 'WARC file')}, {_size(stats.warc_bytes)}"),
        ("database", _size(stats.database_bytes)),
        ("runs", f"{stats.runs:,}" + (f", the last one {_minute(last.started_at)}: {_fate(last)}" if last else "")),
    ]
    put(console, paired(pairs))
    if not stats.sources:
        return
    table = columned("source", ">pages", ">articles", ">duplicate", ">rejected", ">failed", ">other", "newest")
    for source in stats.sources:
        pages = source.pages
        named = [pages.get(state, 0) for state in (State.DUPLICATE, State.REJECTED, State.FAILED)]
        kept = pages.get(State.KEPT, 0)
        other = sum(pages.values()) - kept - sum(named)
        newest = f"{source.newest:%Y-%m-%d}" if source.newest else ""
        cells = [source.name, sum(pages.values()), source.articles, *named, other, newest]
        table.add_row(*map(cell, cells))
    put(console)
    put_table(console, table)


def print_runs(runs: Sequence[Run], funnels: Mapping[int, Mapping[str, Mapping[Outcome, int]]]) -> None:
    """Print runs in order, each with its funnel."""
    console = new_console()
    for number, run in enumerate(runs):
        if number:
            put(console)
        put(console, styled(_run_line(run), style="bold"))
        _print_recovered(console, run)
        _print_funnel(console, funnels[run.id])


def print_run(
    run: Run,
    funnel: Mapping[str, Mapping[Outcome, int]],
    problems: Sequence[Problem],
    completeness: Mapping[str, Completeness] | None = None,
) -> None:
    """Print one run in detail."""
    console = new_console()
    put(console, styled(_run_line(run), style="bold"))
    arguments = [f"{name}: {_argument(value)}" for name, value in run.arguments.items() if value]
    put(console, styled(" · ".join([run.software, *arguments]), style="dim"))
    _print_recovered(console, run)
    _print_funnel(console, funnel)
    if problems:
        put(console)
        put(console, styled("To look at", style="bold"))
    for problem in problems:
        page = problem.kind.value == "page"
        what = _many(problem.count, "page") if page else f"the {problem.kind}"
        told = [f"{problem.source}: {what} {happened(problem.outcome)}", because(problem.reason), problem.detail]
        put(console, indented(styled(": ".join(filter(None, told)))))
        before = "    such as " if page and problem.count > 1 else "    "
        put_line(console, shortened(before + problem.example, _LINES * console.width), style="dim")
    _print_completeness(console, completeness or {})


# ── parts ────────────────────────────────────────────────────────────────────────────────────────────


def _print_pictures(console: Console, article: StoredArticle) -> None:
    for image in article.images:
        credit = f"({image.credit})" if image.credit else ""
        told = " ".join(filter(None, [image.caption or image.alt, credit]))
        if told:
            put(console)
            put(console, indented(styled(f"Picture: {told}", style="italic")))


def _print_entries(console: Console, entries: Sequence[Entry]) -> None:
    put(console, styled("Entries of the live blog", style="bold"))
    for entry in entries:
        time = _minute(entry.at) if entry.at else entry.as_written or "no time"
        first = entry.title or entry.body.partition("\n")[0]
        put(console, indented(paired([(time, first)], style="")))


def _provenance(article: StoredArticle) -> list[tuple[str, str]]:
    seen_ = f"{_minute(article.first_seen_at)} – {_minute(article.last_seen_at)}"
    written = article.published_as_written
    origin = article.origins.get("published_at")
    inferred = f", {origin.inferred} inferred" if origin and origin.inferred else ""
    left = len(article.dropped)
    pairs = [
        ("id", article.id),
        ("published", f"{_published(article)}, written {written!r}{inferred}" if written else ""),
        ("modified", _minute(article.modified_at) if article.modified_at else ""),
        ("language", article.language or ""),
        ("words", f"{article.word_count:,}"),
        ("access", str(article.access)),
        ("rights", "; ".join(f"{name}: {value.replace(chr(10), ', ')}" for name, value in article.rights.items())),
        ("comments", f"{len(article.comments)}, see --json" if article.comments else ""),
        ("left out", f"{_many(left, 'line')} that its source repeats, see --json" if left else ""),
        ("seen", seen_),
        ("gone", f"since {_minute(article.gone_at)}" if article.gone_at else ""),
        ("capture", _place(article.capture)),
        ("digest", article.capture.digest if article.capture else ""),
        ("extractor", article.extractor),
        ("template", article.template or ""),
    ]
    return [pair for pair in pairs if pair[1]]


def _asked(rights: Rights | None) -> list[tuple[str, str]]:
    """What page and site ask of whoever keeps a copy, and on what ground the operator does."""
    if rights is None:
        return []
    pairs = [("asks", f"{ask.what}, {ask.words} ({ask.signal}: {ask.value})") for ask in rights.asks]
    return [*pairs, ("basis", rights.basis)] if rights.basis else pairs


def _print_origins(console: Console, article: StoredArticle) -> None:
    put(console, styled("Where each field comes from", style="bold"))
    for told in explain(article):
        evidence = [f"read from {told.evidence!r}"] if told.evidence else []
        conflict = [styled("conflict: a rival is about as good", style="yellow")] if told.conflict else []
        details = [styled(line, style="dim") for line in (told.because, *evidence)]
        rivals = [styled(line, style="dim") for line in told.rivals]
        lines: list[str | Text] = [told.value] if told.value else []
        lines += [*details, *conflict, *rivals]
        names = [told.field, *[""] * (len(lines) - 1)]
        put(console, indented(paired(list(zip(names, lines, strict=True)), width=_FIELD)))


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
    if history.extractor:
        changed = f"; its text changed {_many(history.revisions, 'time')}" if history.revisions else ""
        pairs.append(("cleaned", f"by {history.extractor}{changed}"))
    if history.attempts:
        pairs.append(("failures", f"{history.attempts} in a row"))
    if history.yielded_at:
        pairs.append(("brought", f"something new last on {_minute(history.yielded_at)}"))
    pairs.append(("due", _due(history)))
    if history.outcomes:
        pairs.append(("runs", _in_runs(history.outcomes)))
    return pairs


def _due(history: History) -> str:
    if history.due_at is None:
        if history.state is State.CAPTURED:
            return "when its raw page has been cleaned"
        return ": ".join(filter(None, ["never again", history.due_because]))
    if history.fetched_at is None and history.state is State.FOUND:
        return f"since {_minute(history.due_at)}: it was never asked for"
    return ": ".join(filter(None, [_minute(history.due_at), history.due_because]))


def _in_runs(outcomes: Sequence[tuple[int, Outcome, str | None]]) -> str:
    """``1 new, 2 to 30 known, 31 waiting (limit)``: runs with the same outcome in a row are put together."""
    told = []
    for (outcome, left), group in groupby(outcomes, key=_fate_in_run):
        runs = [run for run, _, _ in group]
        number = str(runs[0]) if len(runs) == 1 else f"{runs[0]} to {runs[-1]}"
        told.append(f"{number} {outcome}" + (f" ({because(left)})" if left else ""))
    return ", ".join(told)


def _fate_in_run(of: tuple[int, Outcome, str | None]) -> tuple[Outcome, str | None]:
    """A run's outcome, with the reason where it is about the run and not about the page."""
    _, outcome, reason = of
    return outcome, reason if outcome is Outcome.WAITING else None


def _told(event: Event) -> str:
    told = [happened(event.event), because(event.reason), event.detail]
    by = f", cleaned by {event.software}" if event.event in _CLEANED else ""
    return f"{': '.join(filter(None, told))} (run {event.run}{by})"


def _print_funnel(console: Console, funnel: Mapping[str, Mapping[Outcome, int]]) -> None:
    if not funnel:
        put(console, indented(styled("no pages", style="dim")))
        return
    shown = [outcome for outcome in Outcome if any(counts.get(outcome) for counts in funnel.values())]
    headings = [str(outcome) for outcome in shown]
    if max(map(len, funnel)) + sum(len(heading) + 2 for heading in ["source", *headings]) > console.width:
        headings = [_SHORT.get(outcome, str(outcome)) for outcome in shown]
    table = columned("source", ">pages", *(f">{heading}" for heading in headings))
    for source, counts in funnel.items():
        table.add_row(*map(cell, [source, sum(counts.values()), *(counts.get(o, 0) for o in shown)]))
    if len(funnel) > 1:
        sums = [sum(counts.get(o, 0) for counts in funnel.values()) for o in shown]
        table.add_row(*map(cell, ["all", sum(sums), *sums]), style="bold")
    put_table(console, table, by=2)


def _print_completeness(console: Console, completeness: Mapping[str, Completeness]) -> None:
    told = {source: each for source, each in completeness.items() if each.estimate}
    if not told:
        return
    put(console)
    put(console, styled("New articles that no list showed, at least (95 % interval)", style="bold"))
    for source, each in told.items():
        assert each.estimate is not None
        lists = ", ".join(f"{name} {number}" for name, number in each.lists.items())
        interval = f"{each.estimate.low:.0f} to {each.estimate.high:.0f}"
        told_ = f"{source}: {each.estimate.missed:.0f} ({interval}), beside {each.seen} seen: {lists}"
        put(console, indented(styled(told_)))


def _argument(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_argument(part)}" for name, part in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _print_recovered(console: Console, run: Run) -> None:
    if run.recovered:
        put(console, indented(styled(f"the start after it: {run.recovered}", style="dim")))


def _run_line(run: Run) -> str:
    took = f", {run.finished_at - run.started_at}" if run.finished_at else ""
    return f"Run {run.id}: {run.kind}, {_minute(run.started_at)} UTC{took}, {_fate(run)}"


def _fate(run: Run) -> str:
    return "killed" if run.status == "crashed" else run.status


def _published(article: StoredArticle) -> str:
    if article.published_at is None:
        return "undated"
    if article.published_precision is Precision.DAY:
        return f"{article.published_at:%Y-%m-%d}"
    return f"{_minute(article.published_at)} UTC"


def _kind(event: Event) -> str:
    """What a capture holds: an answer of that status, what a browser made of one, or an imported file."""
    return "rendering" if event.event == "rendered" else str(event.status or "file")


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
