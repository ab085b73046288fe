"""A Report in; one HTML page out that needs nothing else: no script, no other file, no network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from archive.errors import ArchiveError
from archive.export import whole_file
from archive.health.verdicts import MEANINGS, Level
from archive.report.charts import Series, bars, lines, spark
from archive.report.night import Lost, Report, SourceReport
from archive.times import utc_now
from archive.types import Outcome
from archive.version import __version__

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

#: Fields that have a line in the chart: name in figures, in words.
_COVERAGE = (("published", "date"), ("authors", "author"), ("image", "picture"))
#: Outcomes of pages that were not asked for, in the order in which they leave the funnel.
_UNASKED = (Outcome.KNOWN, Outcome.WAITING, Outcome.REFUSED)
_UNANSWERED = (Outcome.FAILED, Outcome.GONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A stage of the funnel: how many pages came so far, and what became of those that did not go on."""

    name: str
    count: int
    #: Of the first stage, in per cent.
    share: float
    left: tuple[tuple[str, int], ...]


def write_report(folder: Path, run: int) -> Path:
    """Write a night to the archive's reports, as HTML and JSON, also as ``latest.html`` → the page's path.

    Raises NotFound for a run that is no crawl, ArchiveError when the folder cannot be written.
    """
    from archive.reading import Archive

    with Archive(folder) as archive:
        report = archive.report(run)
    page, path = to_html(report).encode(), place_of(folder, report)
    for target, content in (
        (path.with_suffix(".json"), report.as_json().encode()),
        (path, page),
        (path.with_name("latest.html"), page),
    ):
        with whole_file(target) as file:
            file.write(content)
    return path


def place_of(folder: Path, report: Report) -> Path:
    """Where a night's page belongs, in a folder that is there: ``reports/night-20261122-31.html``.

    Raises ArchiveError when the folder cannot be made.
    """
    reports = folder / "reports"
    try:
        reports.mkdir(exist_ok=True)
    except OSError as error:
        raise ArchiveError(f"{reports} cannot be made a folder: {error.strerror}") from error
    return reports / f"night-{report.run.started_at:%Y%m%d}-{report.run.id}.html"


def to_html(report: Report) -> str:
    """The report as a page. Whatever comes from the archive is escaped."""
    return (
        _templates()
        .get_template("night.html")
        .render(
            report=report,
            run=report.run,
            tonight=report.nights[-1],
            levels=[(level, report.at_level(level)) for level in (Level.SICK, Level.WATCH)],
            well=report.at_level(Level.WELL),
            funnel=list(_funnel(report)),
            losses=[(lost, _sources_told(lost)) for lost in report.lost],
            charts=list(_charts(report)),
            spark=_spark,
            software=f"nightdesk {__version__}",
            made_at=utc_now(),
            took=_took(report),
        )
    )


def _templates() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    templates = Environment(
        loader=PackageLoader("archive.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters["size"] = size
    templates.filters["many"] = lambda number: f"{number:,}"
    return templates


def _funnel(report: Report) -> Iterator[Step]:
    """From every page that the night met to its new articles; each step says what became of the others."""
    counts, total = report.funnel, sum(report.funnel.values())

    def number(*outcomes: Outcome) -> int:
        return sum(counts.get(outcome, 0) for outcome in outcomes)

    asked = total - number(*_UNASKED)
    answered = asked - number(*_UNANSWERED)
    articles = answered - number(Outcome.REJECTED)
    stages = (
        ("pages met", total, ()),
        ("asked for", asked, _UNASKED),
        ("answered", answered, _UNANSWERED),
        ("articles", articles, (Outcome.REJECTED,)),
        ("new articles", number(Outcome.NEW), (Outcome.UNCHANGED, Outcome.DUPLICATE, Outcome.UPDATED)),
    )
    for name, count, gone in stages:
        left = tuple((_LEFT[outcome], counts[outcome]) for outcome in gone if counts.get(outcome))
        yield Step(name=name, count=count, share=100 * count / total if total else 0, left=left)


_LEFT = {
    Outcome.KNOWN: "known and not due",
    Outcome.WAITING: "left for a later run",
    Outcome.REFUSED: "not asked for",
    Outcome.FAILED: "failed",
    Outcome.GONE: "gone",
    Outcome.REJECTED: "no articles",
    Outcome.UNCHANGED: "unchanged",
    Outcome.DUPLICATE: "known under another address",
    Outcome.UPDATED: "updated",
}


def _charts(report: Report) -> Iterator[tuple[str, list[Series], Markup]]:
    """Title, series and drawing of each chart over the last nights."""
    nights = report.nights
    days = [f"{night.at.day} {night.at:%b}" for night in nights]
    new = [
        Series(name="new", style="c1", values=tuple(float(night.new) for night in nights)),
        Series(name="updated", style="c2", values=tuple(float(night.updated) for night in nights)),
    ]
    yield "Articles", new, bars(days, new, about="New and updated articles of each night")
    health = [
        Series(name=name, style=level, values=tuple(float(night.levels.get(level, 0)) for night in nights))
        for level, name in ((Level.WELL, "well"), (Level.WATCH, "to watch"), (Level.SICK, "sick"))
    ]
    yield "Sources", health, bars(days, health, about="Sources that were well, to watch and sick each night")
    coverage = [
        Series(name=f"with {_a(word)}", style=f"c{n}", values=tuple(night.filled[field] for night in nights))
        for n, (field, word) in enumerate(_COVERAGE, 1)
    ]
    yield "New articles with …", coverage, lines(days, coverage, about="Share of new articles with each field")
    nothing = [
        Series(name="no articles", style="c2", values=tuple(float(night.rejected) for night in nights)),
        Series(name="failed", style="sick", values=tuple(float(night.failed) for night in nights)),
    ]
    yield "Pages that came to nothing", nothing, bars(days, nothing, about="Rejected and failed pages each night")
    requests = [Series(name="requests", style="c3", values=tuple(float(night.requests) for night in nights))]
    yield "Requests", requests, bars(days, requests, about="Answers of any status, each night")
    received = [Series(name="received", style="c4", values=tuple(night.bytes / 1e6 for night in nights))]
    yield "Megabytes received", received, bars(days, received, about="Megabytes received each night")


def _spark(source: SourceReport) -> Markup:
    values = [(new, str(MEANINGS[verdict].level)) for _, new, verdict in source.history]
    band = None
    if source.usual:
        wide = 2 * source.usual.spread
        band = (max(0.0, source.usual.level - wide), source.usual.level + wide)
    return spark(values, about=f"New articles of {source.night.source} on its last {len(values)} nights", band=band)


def _sources_told(lost: Lost) -> str:
    return ", ".join(f"{source} {count:,}" for source, count in lost.sources)


def _took(report: Report) -> str:
    if report.run.finished_at is None:
        return "never finished"
    minutes = round((report.run.finished_at - report.run.started_at).total_seconds() / 60)
    return f"{minutes // 60} h {minutes % 60:02} min" if minutes >= 60 else f"{minutes} min"


def _a(word: str) -> str:
    return f"an {word}" if word[0] in "aeiou" else f"a {word}"


def size(number: float) -> str:
    """Bytes for reading: ``1.2 MB``."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if number < 1000:
            return f"{number:.0f} bytes" if unit == "bytes" else f"{number:.1f} {unit}"
        number /= 1000
    return f"{number:.1f} TB"
