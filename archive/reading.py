"""Archive: a researcher's way in. Read-only, and safe beside a running crawl."""

from __future__ import annotations

import os
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from datetime import date
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING, Any, BinaryIO, Self

from archive.care.tombstones import Tombstone, tombstone_of, tombstones_of
from archive.cite.formats import Format, iter_document
from archive.cite.reference import Reference, reference_to
from archive.completeness import Completeness
from archive.edits.kinds import Kind
from archive.edits.reading import Change, Edit, change_between, changes_among, edits_due, edits_of
from archive.entries import Entry, entries_of, iter_entries
from archive.errors import ArchiveError, BadQuery, NoArchive, NotFound, TakenDown, TooSlow
from archive.figures import (
    Problem,
    Stats,
    completeness_of,
    funnel_of,
    levels_of,
    problems_of,
    run_of,
    runs_of,
    stats_of,
    sums_of,
)
from archive.health.verdicts import Level
from archive.history import History, Record, history_of, record_at, spellings
from archive.learnt import LearntTemplate, learnt_from
from archive.opening import open_to_read, primary_code
from archive.query import Query
from archive.record import (
    COLUMNS,
    JOINED_CAPTURE,
    Revision,
    StoredArticle,
    article_from_row,
)
from archive.revisions import revisions_from
from archive.rights import Rights, rights_of_article
from archive.search import Hits, count, iter_articles
from archive.standing import Profile, Standing, profile_of, standing_of, standings_of
from archive.stories.reading import Story, stories_due, stories_of, story_of
from archive.times import utc_now
from archive.trends import Trends, trends_of, writing_most
from archive.types import Outcome, Run
from archive.urls import article_id
from archive.when import span_of

if TYPE_CHECKING:
    import pandas
    import pyarrow
    from sqlite_utils import Database

    from archive.care.sizes import Sizes
    from archive.export.wanted import Wanted
    from archive.export.write import Exported
    from archive.health.values import SourceNight
    from archive.report.night import Report

#: Steps of SQLite's machine between two looks at the clock: some tenths of a millisecond.
_STEPS = 20_000


class Archive:
    """An archive, open for reading.

    ::

        from archive import Archive

        with Archive("my-archive") as archive:
            for hit in archive.search('harbour "third round"', since="2026-11"):
                print(hit.published_at, hit.title)
            archive.export_csv("harbour", "harbour.csv")

    Nothing is ever written to it, and a crawl may go on at the same time. What takes a query takes a text, a
    Query, or None for all, and with a text or None also Query's filters by name. An Archive belongs to the
    thread that opened it.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        """Open the archive in folder ``path``. Raises NoArchive, NotAnArchive or Locked."""
        folder = Path(path)
        self.folder = folder.parent if folder.name == "archive.db" and folder.is_file() else folder
        self._database = self.folder / "archive.db"
        try:
            found = self._database.is_file()
        except OSError as error:
            raise NoArchive(f"{self.folder} cannot be looked into: {error.strerror}") from error
        if not found:
            raise NoArchive(f"there is no archive in {self.folder}; make one with: nightdesk init {self.folder}")
        self._open: Database | None = open_to_read(self._database)

    def __enter__(self) -> Self:
        """Use as a context manager, which closes it."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Let go of the database. What is asked afterwards raises ArchiveError."""
        if self._open is not None:
            self._open.close()
            self._open = None

    @property
    def file(self) -> Path:
        """The database, for what opens a connection of its own. Raises ArchiveError if the archive is closed."""
        assert self._db is not None  # raises if the archive is closed
        return self._database

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """What is asked in this block may take so long. Raises TooSlow."""
        end = monotonic() + seconds
        connection = self._db.conn
        connection.set_progress_handler(lambda: monotonic() > end, _STEPS)
        try:
            yield
        except sqlite3.OperationalError as error:
            if primary_code(error) != sqlite3.SQLITE_INTERRUPT:
                raise
            raise TooSlow(f"this takes longer than the {seconds:g} seconds allowed; narrow it down") from error
        finally:
            connection.set_progress_handler(None, 0)

    @property
    def _db(self) -> Database:
        if self._open is None:
            raise ArchiveError("the archive is closed")
        return self._open

    def __len__(self) -> int:
        """How many articles there are."""
        return count(self._db, Query())

    def __iter__(self) -> Iterator[StoredArticle]:
        """Read every article, newest first, one at a time."""
        return iter_articles(self._db, Query())

    def search(
        self,
        query: Query | str | None = None,
        *,
        marks: tuple[str, str] = ("[", "]"),
        after: str | None = None,
        **filters: Any,
    ) -> Hits:
        """Articles with the passage that matches, their number, facets and timeline. Raises BadQuery.

        ``marks`` stand around the words found. ``after``: the ``cursor`` of the page before, to go on behind it.
        """
        return Hits(self._db, as_query(query, filters), marks, after)

    def trends(
        self,
        queries: Iterable[Query | str],
        *,
        step: str | None = None,
        sources: Sequence[str] | None = None,
        share: bool = False,
        most: int = 400,
        every: bool = True,
    ) -> Trends:
        """How many articles each query has in each day, week, month or year, over one axis. Raises BadQuery.

        ``sources``: of each of these one by one. ``share``: also how many articles there are in all. ``most`` steps
        at most, else longer ones. Limits and orders of the queries do not count; see archive/trends.py.
        """
        asked = [as_query(query, {}) for query in queries]
        return trends_of(self._db, asked, step=step, sources=sources, share=share, most=most, every=every)

    def sources_writing_most(self, queries: Iterable[Query | str], most: int) -> tuple[list[str], int, bool]:
        """Sources with most articles of queries, how many have any, and whether these were counted one by one.

        False: there are too many for that; the sources with most articles of any kind are given.
        """
        return writing_most(self._db, [as_query(query, {}) for query in queries], most)

    def count(self, query: Query | str | None = None, **filters: Any) -> int:
        """How many articles a listing or an export of the same query has. Raises BadQuery."""
        return count(self._db, as_query(query, filters))

    def articles(self, query: Query | str | None = None, **filters: Any) -> Iterator[StoredArticle]:
        """The articles of a query, read one at a time. Raises BadQuery."""
        return iter_articles(self._db, as_query(query, filters))

    def get(self, id_or_url: str) -> StoredArticle:
        """One article, by its id or by any URL that it is known under. Raises NotFound, TakenDown."""
        for id_ in self._ids(_named(id_or_url)):
            for row in self._db.query(
                f"select {COLUMNS} from articles a {JOINED_CAPTURE} where a.id = ?",  # noqa: S608 (our own words)
                [id_],
            ):
                return article_from_row(row)
        if stone := self.tombstone(id_or_url):
            raise TakenDown(f"{id_or_url[:200]} was taken down on {stone.at:%Y-%m-%d}: {stone.reason}")
        raise NotFound(self._not_found(id_or_url))

    def tombstone(self, id_or_url: str) -> Tombstone | None:
        """What is left of a page that was taken down, named by its id or a URL; None: none of that name was."""
        name = _named(id_or_url)
        return tombstone_of(self._db, spellings(name) or [name.strip().lower()])

    def tombstones(self) -> Iterator[Tombstone]:
        """All that was ever taken down, in that order."""
        return tombstones_of(self._db)

    def revisions(self, id_or_url: str) -> list[Revision]:
        """Every text that an article had, oldest first; the last is the present one. Raises NotFound."""
        return revisions_from(self._db, self.get(id_or_url).id)

    def diff(self, id_or_url: str, from_: int | None = None, to: int | None = None) -> Change | None:
        """What changed from one revision of an article to another; None for a text that never changed.

        ``to``: the present one if left out; ``from_``: the one before that. Raises NotFound, also for a number.
        """
        revisions = {revision.number: revision for revision in self.revisions(id_or_url)}
        last = max(revisions) if to is None else to
        first = last - 1 if from_ is None else from_
        if from_ is None and to is None and len(revisions) == 1:
            return None
        for number in (first, last):
            if number not in revisions:
                raise NotFound(
                    f"{id_or_url[:200]} has no revision {number}; it has {min(revisions)} to {max(revisions)}"
                )
        return change_between(revisions[first], revisions[last])

    def changes(self, id_or_url: str) -> list[Change]:
        """What each revision of an article changed of the one before it, oldest first. Raises NotFound."""
        return changes_among(self.revisions(id_or_url))

    def edits(
        self,
        query: Query | str | None = None,
        kinds: Iterable[Kind | str] = (),
        *,
        seen_since: str | date | None = None,
        seen_until: str | date | None = None,
        **filters: Any,
    ) -> Iterator[Edit]:
        """Edits of a query's articles that are of all of the kinds, newest first; by when they were seen.

        Raises BadQuery.
        """
        now = utc_now()
        since = None if seen_since is None else span_of(seen_since, name="seen_since", now=now)[0]
        until = None if seen_until is None else span_of(seen_until, name="seen_until", now=now)[1]
        try:
            wanted = [Kind(kind) for kind in kinds]
        except ValueError as error:
            raise BadQuery(f"{error}; the kinds of edits are {', '.join(Kind)}") from None
        return edits_of(self._db, as_query(query, filters), wanted, since=since, until=until)

    def edits_due(self) -> int:
        """How many articles have new revisions whose edits were not looked at yet."""
        return edits_due(self._db)

    def rights(self, id_or_url: str) -> Rights:
        """What page and site said of an article's use, what that asks, and the operator's ground. Raises NotFound."""
        return rights_of_article(self._db, self.get(id_or_url).id)

    def story(self, id_or_url: str) -> Story | None:
        """An article with its copies in other places; None: the archive has no other copy. Raises NotFound."""
        return story_of(self._db, self.get(id_or_url).id)

    def stories(self, query: Query | str | None = None, *, least: int = 2, **filters: Any) -> Iterator[Story]:
        """Stories that a query's articles are of, with ``least`` copies or more, those of the newest first."""
        return stories_of(self._db, as_query(query, filters), least=least)

    def stories_due(self) -> int:
        """How many articles are new or changed and wait to be put into their stories."""
        return stories_due(self._db)

    def cite(
        self,
        what: str | Query | Iterable[StoredArticle],
        form: Format | str = Format.CSL_JSON,
        *,
        revision: int | None = None,
    ) -> str:
        """References to an article, by id or URL, to a Query's articles, or to articles, as a document in a format.

        ``revision``: the article as it was then. Raises NotFound, and BadQuery for an unknown format.
        """
        if isinstance(what, Query):
            what = self.articles(what)
        return "".join(
            self.iter_citations([self.get(what)] if isinstance(what, str) else what, form, revision=revision)
        )

    def iter_citations(
        self, articles: Iterable[StoredArticle], form: Format | str = Format.CSL_JSON, *, revision: int | None = None
    ) -> Iterator[str]:
        """The document of ``cite`` in parts, for many articles."""
        try:
            chosen = Format(form)
        except ValueError:
            raise BadQuery(f"{form!r} is no format of citations; there are {', '.join(Format)}") from None
        titles = dict(self._db.execute("select id, title from sources"))
        return iter_document((self._reference(article, titles, revision) for article in articles), chosen)

    def _reference(self, article: StoredArticle, titles: dict[str, str | None], number: int | None) -> Reference:
        newspaper = titles.get(article.source) or article.site_name or article.source
        if number is None:
            return reference_to(article, newspaper=newspaper)
        revisions = {revision.number: revision for revision in self.revisions(article.id)}
        if number not in revisions:
            raise NotFound(f"{article.id} has no revision {number}; it has 1 to {article.revision}")
        return reference_to(article, newspaper=newspaper, revision=revisions[number])

    def explain(self, url: str) -> History:
        """What happened to a URL: seen where, asked when, kept or refused why. Raises NotFound."""
        return history_of(self._db, _named(url))

    def record_at(self, file: str, offset: int) -> Record:
        """The capture at a byte of a WARC file, of whatever became of it. Raises NotFound."""
        return record_at(self._db, file, offset)

    def runs(self) -> list[Run]:
        """Every crawl and import, oldest first."""
        return runs_of(self._db, self.folder)

    def run(self, run: int) -> Run:
        """One crawl or import. Raises NotFound."""
        return run_of(self._db, self.folder, run)

    def funnel(self, run: int) -> dict[str, Counter[Outcome]]:
        """Source → what the run did with how many of its pages. Raises NotFound."""
        return funnel_of(self._db, run)

    def sums(self, first: int, last: int) -> dict[int, Counter[Outcome]]:
        """Run → what it did with how many pages, of the runs from one number to another."""
        return sums_of(self._db, first, last)

    def levels(self, first: int, last: int) -> dict[int, Counter[Level]]:
        """Run → how many sources were well, to watch and sick, of the judged runs from one number to another."""
        return levels_of(self._db, first, last)

    def entries(
        self,
        run: int,
        *,
        outcome: str | None = None,
        source: str | None = None,
        reason: str | None = None,
        after: int = 0,
    ) -> list[Entry]:
        """Pages that a run had something to do with, a hundred at a time; ``after``: the id of the last one had.

        ``outcome``: one, or several with commas between them.
        """
        return entries_of(self._db, run, outcome=outcome, source=source, reason=reason, after=after)

    def iter_entries(
        self, run: int, *, outcome: str | None = None, source: str | None = None, reason: str | None = None
    ) -> Iterator[Entry]:
        """All of them, one after the other."""
        return iter_entries(self._db, run, outcome=outcome, source=source, reason=reason)

    def problems(self, run: int) -> list[Problem]:
        """What went otherwise than hoped in a run. Raises NotFound."""
        return problems_of(self._db, run)

    def completeness(self, run: int) -> dict[str, Completeness]:
        """Source → how many of a night's articles its lists missed, at least. Raises NotFound."""
        return completeness_of(self._db, run)

    def stats(self) -> Stats:
        """The archive in numbers."""
        return stats_of(self._db, self._database)

    def sizes(self) -> Sizes:
        """What the archive takes on the disk: by half, by table, by source, by night."""
        from archive.care.sizes import sizes_of

        return sizes_of(self._db, self.folder)

    def health(self, run: int | None = None) -> list[SourceNight]:
        """How each source's night was, the sick ones first; the last night if no run is named. Raises NotFound."""
        from archive.health.nights import last_night, source_nights_of

        chosen = last_night(self.runs()) if run is None else self.run(run)
        return source_nights_of(self._db, chosen.id) if chosen else []

    def nights_of_source(self, source: str) -> list[SourceNight]:
        """A source's last judged nights, oldest first."""
        from archive.health.nights import nights_of

        return nights_of(self._db, source, before=utc_now())

    def source_names(self) -> list[str]:
        """The sources that the archive has ever looked at, by name."""
        return [str(name) for (name,) in self._db.execute("select id from sources order by id")]

    def standings(self) -> dict[str, Standing]:
        """Source → its articles, when it was last looked at, and how its last night was judged."""
        return standings_of(self._db)

    def standing(self, source: str) -> Standing:
        """Where one source stands. Raises NotFound."""
        return standing_of(self._db, source)

    def profile(self, source: str) -> Profile:
        """A source's title and home, what its site says of use, and the operator's ground. Raises NotFound."""
        return profile_of(self._db, source, utc_now())

    def report(self, run: int | None = None) -> Report:
        """A night told whole, the last one if no run is named. Raises NotFound."""
        from archive.report.night import report_of

        return report_of(self._db, self.folder, run)

    def template(self, source: str) -> LearntTemplate:
        """What a source repeats on its pages, line by line. Raises NotFound."""
        return learnt_from(self._db, source)

    def export(
        self,
        query: Query | str | None,
        to: str | os.PathLike[str] | BinaryIO,
        *,
        format: str | None = None,  # noqa: A002 (what everybody calls it)
        columns: Sequence[str] | None = None,
        text: bool = True,
        excel: bool = False,
        as_of: str | date | None = None,
        history: bool = False,
        since_export: Sequence[str | os.PathLike[str]] = (),
        sample: int | None = None,
        seed: int = 0,
        by: Sequence[str] = (),
        **filters: Any,
    ) -> Exported:
        """Write a query's articles, oldest first unless the query says otherwise → how many, and the file's digest.

        ``to``: a path, whose ending says the format, or an open binary file. What is at a path appears when it is
        complete, replacing a file of that name; if anything goes wrong there is no new one. A crawl may go on: all
        rows are of one instant. ``columns``, ``text`` and ``excel``: see archive/export/write.py; ``as_of`` and what
        follows it: archive/export/wanted.py. Raises BadQuery, and ArchiveError if the place cannot be written to.
        """
        from archive.export.formats import format_named, place_of
        from archive.export.write import Shape, export_to, export_to_stream

        wanted = _wanted(
            as_query(query, filters),
            as_of=as_of,
            history=history,
            since_export=since_export,
            sample=sample,
            seed=seed,
            by=by,
        )
        names = None if columns is None else tuple(columns)
        if isinstance(to, str | os.PathLike):
            place = place_of(to, format)
            shape = Shape(format=place.format, columns=names, text=text, excel=excel)
            return export_to(self.file, wanted, shape, place)
        shape = Shape(format=format_named(format or "csv"), columns=names, text=text, excel=excel)
        return export_to_stream(self.file, wanted, shape, to)

    def export_csv(
        self, query: Query | str | None, to: str | os.PathLike[str] | BinaryIO, *, excel: bool = False, **filters: Any
    ) -> int:
        """``export`` as CSV → rows written. The columns are described in docs/research.md."""
        return self.export(query, to, format="csv", excel=excel, **filters).rows

    def to_arrow(
        self,
        query: Query | str | None = None,
        *,
        columns: Sequence[str] | None = None,
        text: bool = True,
        as_of: str | date | None = None,
        history: bool = False,
        since_export: Sequence[str | os.PathLike[str]] = (),
        sample: int | None = None,
        seed: int = 0,
        by: Sequence[str] = (),
        **filters: Any,
    ) -> pyarrow.Table:
        """A query's articles as a table in memory, as ``export`` writes them to Parquet; the extra ``parquet``.

        Raises BadQuery, and ArchiveError where pyarrow is not installed.
        """
        from archive.export.columns import HISTORY, columns_of
        from archive.export.frames import arrow_table

        wanted = _wanted(
            as_query(query, filters),
            as_of=as_of,
            history=history,
            since_export=since_export,
            sample=sample,
            seed=seed,
            by=by,
        )
        return arrow_table(
            self.file, wanted, columns_of(HISTORY if history and columns is None else columns, text=text)
        )

    def to_pandas(
        self,
        query: Query | str | None = None,
        *,
        columns: Sequence[str] | None = None,
        text: bool = True,
        as_of: str | date | None = None,
        history: bool = False,
        since_export: Sequence[str | os.PathLike[str]] = (),
        sample: int | None = None,
        seed: int = 0,
        by: Sequence[str] = (),
        **filters: Any,
    ) -> pandas.DataFrame:
        """A query's articles as a frame in memory: the rows and columns of ``export``; the extra ``pandas``.

        Raises BadQuery, and ArchiveError where pandas is not installed.
        """
        from archive.export.columns import HISTORY, columns_of
        from archive.export.frames import pandas_frame

        wanted = _wanted(
            as_query(query, filters),
            as_of=as_of,
            history=history,
            since_export=since_export,
            sample=sample,
            seed=seed,
            by=by,
        )
        return pandas_frame(
            self.file, wanted, columns_of(HISTORY if history and columns is None else columns, text=text)
        )

    def _ids(self, id_or_url: str) -> Iterator[str]:
        """Ids that it may mean, likeliest first."""
        urls = spellings(id_or_url)
        if not urls:
            yield id_or_url.strip().lower().encode("ascii", "ignore").decode()
        for url in urls:
            yield article_id(url)
            for (id_,) in self._db.execute(
                "select id from articles where url = ? union all"
                " select article_id from urls where url = ? and article_id is not null",
                [url, url],
            ):
                yield id_

    def _not_found(self, id_or_url: str) -> str:
        shown = id_or_url[:200]
        try:
            history = history_of(self._db, id_or_url)
        except NotFound as error:
            if spellings(id_or_url):
                return str(error)
            return f"no article has the id {shown!r}; find one with: nightdesk search WORDS"
        return f"{history.url} is no article, it is {history.state}; the story is told by: nightdesk explain {shown}"


def _wanted(
    query: Query,
    *,
    as_of: str | date | None,
    history: bool,
    since_export: Sequence[str | os.PathLike[str]],
    sample: int | None,
    seed: int,
    by: Sequence[str],
) -> Wanted:
    """Which articles an export holds, out of the arguments that say so. Raises BadQuery."""
    from archive.export.wanted import Sample, Wanted

    drawn = None if sample is None else Sample(size=sample, seed=seed, by=tuple(by))
    since = tuple(map(Path, since_export))
    return Wanted(query=query, as_of=as_of, history=history, since=since, sample=drawn)


def _named(name: object) -> str:
    """What an article or a URL is asked for by. Raises NotFound for a value that names nothing, such as None."""
    if not isinstance(name, str):
        raise NotFound(f"{name!r} is neither an article's id nor a URL")
    return name


def as_query(query: Query | str | None, filters: dict[str, Any]) -> Query:
    """The Query meant by a text, a Query or None, and filters by name."""
    if isinstance(query, Query):
        if filters:
            raise BadQuery(f"a Query has its filters inside: put {', '.join(filters)} into it")
        return query
    unknown = filters.keys() - {f.name for f in fields(Query) if f.init}
    if unknown:
        raise BadQuery(f"there is no filter {', '.join(sorted(unknown))}")
    return Query(**filters) if query is None else Query.parse(query, **filters)
