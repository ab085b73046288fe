"""Articles in, the template of their source out: lines counted over a source's different articles, in bounded space.

A site repeats itself on every page: the newsletter's box, the house's legal line. Who sees one page cannot tell
that from the article; an archive that has seen a dozen can. The counts are lossy ones (Manku and Motwani, Approximate
Frequency Counts over Data Streams, VLDB 2002): the lines of the last ``WINDOW`` articles are kept as bare
fingerprints, only one that comes again among them gets a row, and every ``WINDOW`` articles the rows go that came
no oftener than once in so many since they began. What is template, and what somebody decided on, stays. So a
source needs the same room after a hundred articles as after a hundred thousand, and nothing is held in memory but
each source's present Template.

What the counts mean is decided in archive/recurring.py. All writing is part of the caller's transaction.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from archive.errors import BadQuery, NotFound
from archive.fingerprint import line_fingerprint
from archive.learnt import COLUMNS, Learnt, learnt_from, template_from
from archive.sightings import BLANK, begun, bit_of_day, bits_of, counted, sightings_in
from archive.sqlite import Database
from archive.text import storable
from archive.times import iso, utc_now
from archive.types import Article, Template

#: Articles within which a line must come again to be noticed: what every fiftieth page has goes unseen.
WINDOW = 50
#: Rows a source may have; beyond, those of the fewest articles go.
_MOST_ROWS = 2_000
#: Articles that a line must have been in to be hardly their own.
_FEW = 3
_FINGERPRINT = re.compile(r"[0-9a-f]{16}")


class TemplateStore:
    """The tables of the sources' templates."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._current: dict[str, Template | None] = {}

    def current(self, source: str) -> Template | None:
        """What the source repeats, as learnt so far; None: nothing yet."""
        if source not in self._current:
            self._current[source] = template_from(self._db, source)
        return self._current[source]

    def learn(self, source: str, article: Article, day: date) -> None:
        """Count the lines of a new article. ``day``: of its publication, else of its first fetch."""
        if not article.lines:
            return
        bits = bits_of(article, day)
        number = self._count_article(source, bits)
        fingerprints = {line.fingerprint for line in article.lines}
        known = self._rows(source, fingerprints)
        again = self._seen_lately(source, fingerprints - known.keys())
        hardly_own = {name for name, row in known.items() if row["articles"] >= _FEW}
        seen = sightings_in(article, of=known.keys() | again.keys(), hardly_own=hardly_own)
        for fingerprint, first in again.items():
            known[fingerprint] = begun(first, source, fingerprint, seen[fingerprint])
        self._write([counted(row, seen[name], number, day, bits) for name, row in known.items()])
        self._remember(source, number, day, bits, fingerprints - known.keys())
        if number % WINDOW == 0:
            self._prune(source, number)
        self._current.pop(source, None)

    def relearn(self, source: str, articles: Iterable[tuple[Article, date]]) -> None:
        """Forget the counts and count anew from articles in the order of their first fetch, each once.

        What was decided by hand stays.
        """
        for table in ("template_recent", "template_sources"):
            self._db.execute(f"delete from {table} where source = ?", [source])  # noqa: S608 (our own words)
        self._db.execute("delete from template_lines where source = ? and hand is null", [source])
        self._db.execute(
            "update template_lines set articles = 0, first = 0, last = 0, first_day = null, last_day = null, edges = 0,"
            " echoes = 0, place = 0, days = 0, authors = 0, sections = 0 where source = ?",
            [source],
        )
        self._current.pop(source, None)
        for article, day in articles:
            self.learn(source, article, day)

    def pin(self, source: str, line: str) -> Learnt:
        """Take a line, given by its text or fingerprint, out of every article from now on → what is known of it.

        A text may be pinned before it was ever seen. Raises NotFound for an unknown source or fingerprint,
        BadQuery for a text without a letter.
        """
        return self._decide(source, line, "pinned")

    def release(self, source: str, line: str) -> Learnt:
        """Leave a line in from now on, however often it comes. Raises as ``pin``, and NotFound for an unknown text."""
        return self._decide(source, line, "released")

    def _decide(self, source: str, line: str, hand: str) -> Learnt:
        fingerprint = self._named(source, line, unseen=hand == "pinned")
        row = self._rows(source, {fingerprint}).get(fingerprint)
        if row is None:
            row = BLANK | {"source": source, "fingerprint": fingerprint, "text": storable(line.strip())}
        self._write([row | {"hand": hand, "hand_at": iso(utc_now())}])
        self._current.pop(source, None)
        return next(each for each in learnt_from(self._db, source).lines if each.fingerprint == fingerprint)

    def _named(self, source: str, line: str, *, unseen: bool) -> str:
        learnt_from(self._db, source)  # raises for a source that there is not
        if self._rows(source, {line.lower()}):
            return line.lower()
        listed = f"list what is counted with: nightdesk template {source} --all"
        if _FINGERPRINT.fullmatch(line):
            raise NotFound(f"no line of {source} has the fingerprint {line}; {listed}")
        if not re.search(r"[^\W\d_]", line):
            raise BadQuery(f"{line!r} has no letter; only lines with words are ever left out")
        fingerprint = line_fingerprint(line)
        if not unseen and not self._rows(source, {fingerprint}):
            raise NotFound(f"no line of {source} reads {line[:80]!r}; {listed}")
        return fingerprint

    def _count_article(self, source: str, bits: Mapping[str, int]) -> int:
        """Count an article → its number among the source's."""
        ((number,),) = self._db.execute(
            """
            insert into template_sources (source, articles, days, authors, sections)
            values (:source, 1, :days, :authors, :sections)
            on conflict (source) do update set articles = articles + 1, days = days | excluded.days,
                authors = authors | excluded.authors, sections = sections | excluded.sections
            returning articles
            """,
            dict(bits) | {"source": source},
        ).fetchall()
        return int(number)

    def _rows(self, source: str, fingerprints: Iterable[str]) -> dict[str, dict[str, Any]]:
        """The rows that there are for some of the fingerprints."""
        wanted = list(fingerprints)
        marks = ", ".join("?" * len(wanted))
        sql = f"select {COLUMNS} from template_lines where source = ? and fingerprint in ({marks})"  # noqa: S608
        return {row["fingerprint"]: row for row in self._db.query(sql, [source, *wanted])}

    def _seen_lately(self, source: str, unseen: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Those of the lines that one of the last articles had, each with what is remembered of that article."""
        rows = self._db.execute(
            "select article, day, author, section, lines from template_recent where source = ? order by article",
            [source],
        ).fetchall()
        # Nearly always none of them: one look at all the bytes, 0.1 ms, says so.
        wanted = {int(each, 16) for each in unseen}.intersection(array("Q", b"".join(row[4] for row in rows)))
        found: dict[str, dict[str, Any]] = {}
        for number, day, author, section, lines in rows if wanted else ():
            for each in wanted.intersection(array("Q", lines)):
                found[f"{each:016x}"] = {
                    "first": number,
                    "first_day": day,
                    "days": bit_of_day(date.fromisoformat(day)),
                    "authors": author,
                    "sections": section,
                }
                wanted.discard(each)
        return found

    def _remember(
        self, source: str, number: int, day: date, bits: Mapping[str, int], fingerprints: Iterable[str]
    ) -> None:
        lines = array("Q", sorted(int(fingerprint, 16) for fingerprint in fingerprints)).tobytes()
        self._db.execute(
            "insert into template_recent values (?, ?, ?, ?, ?, ?)",
            [source, number, day.isoformat(), bits["authors"], bits["sections"], lines],
        )
        self._db.execute("delete from template_recent where source = ? and article <= ?", [source, number - WINDOW])

    def _write(self, rows: Iterable[Mapping[str, Any]]) -> None:
        marks = ", ".join(f":{name.strip()}" for name in COLUMNS.split(","))
        sql = f"insert or replace into template_lines ({COLUMNS}) values ({marks})"  # noqa: S608 (our own words)
        self._db.conn.executemany(sql, rows)

    def _prune(self, source: str, number: int) -> None:
        """Drop the rows of lines that did not come oftener than once in ``WINDOW`` articles since their first."""
        learnt = learnt_from(self._db, source)
        rare: list[Learnt] = []
        left: list[Learnt] = []
        for line in learnt.lines:
            seldom = line.count.articles <= (number - line.count.first) // WINDOW + 1
            if line.hand is None:
                (rare if seldom and not line.settled else left).append(line)
        left.sort(key=lambda line: (line.settled, line.count.articles, line.count.last))
        too_many = left[: max(0, len(left) - _MOST_ROWS)]
        self._db.conn.executemany(
            "delete from template_lines where source = ? and fingerprint = ?",
            [(source, line.fingerprint) for line in (*rare, *too_many)],
        )
