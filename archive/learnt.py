"""The tables of a source's template in, what it comes to out: line by line for a person, as a Template for refine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from archive.errors import NotFound
from archive.recurring import FEWEST, LineCount, SourceCount, is_template, told
from archive.text import extent
from archive.times import from_iso_or_none
from archive.types import Template

if TYPE_CHECKING:
    from sqlite_utils import Database

COLUMNS = (
    "source, fingerprint, text, articles, first, last, first_day, last_day, edges, echoes, place, days, authors,"
    " sections, hand, hand_at"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """A line of a source, and what was learnt or decided of it."""

    fingerprint: str
    #: As first seen, at most 300 characters of it.
    text: str
    #: ``template`` (learnt: left out), ``watched`` (counted: left in), ``pinned`` or ``released`` (by hand: out, in).
    state: str
    #: How common it is, for a person.
    told: str
    count: LineCount
    #: Days of publication of the earliest and the latest article that has it; None: none had it so far.
    first_day: date | None
    last_day: date | None
    #: Where it stands among the page's lines on average: 0 first, 1 last.
    place: float
    #: ``pinned``, ``released``, or None: nobody decided.
    hand: str | None
    hand_at: datetime | None

    @property
    def left_out(self) -> bool:
        """Whether articles go without it."""
        return self.state in ("template", "pinned")

    @property
    def settled(self) -> bool:
        """Whether its counts are kept however rare it has become: it was learnt, or decided on."""
        return self.state != "watched"


@dataclass(frozen=True, slots=True, kw_only=True)
class LearntTemplate:
    """What a source repeats on its pages, and from how many articles that is known."""

    source: str
    articles: int
    #: Those that are left out first, then the others, each kind by its number of articles.
    lines: tuple[Learnt, ...]


def learnt_from(db: Database, source: str) -> LearntTemplate:
    """What was counted and decided for a source. Raises NotFound for one that the archive does not have."""
    names = [name for (name,) in db.execute("select id from sources order by id")]
    if source not in names:
        raise NotFound(f"there is no source {source!r}; there are: {', '.join(names) or 'none'}")
    count = _source_count(db, source)
    lines = [
        _learnt(row, count)
        for row in db.query(f"select {COLUMNS} from template_lines where source = ?", [source])  # noqa: S608
    ]
    lines.sort(key=lambda line: (not line.left_out, -line.count.articles, line.text))
    return LearntTemplate(source=source, articles=count.articles, lines=tuple(lines))


def template_from(db: Database, source: str) -> Template | None:
    """The lines that refine leaves out, each with its reason; None: there are none, or no such source."""
    count = _source_count(db, source)
    likely = db.query(
        f"select {COLUMNS} from template_lines where source = ? and (articles >= ? or hand is not null)",  # noqa: S608
        [source, FEWEST],
    )
    left_out = [line for line in (_learnt(row, count) for row in likely) if line.left_out]
    lines = {line.fingerprint: "pinned" if line.hand else line.told for line in left_out}
    return Template(source=source, articles=count.articles, lines=lines) if lines else None


def _source_count(db: Database, source: str) -> SourceCount:
    row = db.execute("select articles, days, authors, sections from template_sources where source = ?", [source])
    articles, *bits = row.fetchone() or (0, 0, 0, 0)
    days, authors, sections = map(int.bit_count, bits)
    return SourceCount(articles=articles, days=days, authors=authors, sections=sections)


def _learnt(row: Mapping[str, Any], source: SourceCount) -> Learnt:
    first_day, last_day = (date.fromisoformat(day) if day else None for day in (row["first_day"], row["last_day"]))
    count = LineCount(
        length=extent(row["text"]),
        articles=row["articles"],
        first=row["first"],
        last=row["last"],
        span_days=(last_day - first_day).days if first_day and last_day else 0,
        edges=row["edges"],
        echoes=row["echoes"],
        days=row["days"].bit_count(),
        authors=row["authors"].bit_count(),
        sections=row["sections"].bit_count(),
    )
    return Learnt(
        fingerprint=row["fingerprint"],
        text=row["text"],
        state=row["hand"] or ("template" if is_template(count, source) else "watched"),
        told=told(count, source),
        count=count,
        first_day=first_day,
        last_day=last_day,
        place=row["place"],
        hand=row["hand"],
        hand_at=from_iso_or_none(row["hand_at"]),
    )
