"""What is wanted in; the captures that are to be cleaned, listed in ``generation_queue``, out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archive.generations.wanted import Wanted, version_of
from archive.query import Query
from archive.selection import selection

if TYPE_CHECKING:
    from sqlite_utils import Database

#: Every text that an article has or had, with what made it.
_TEXTS = """
    select id as article_id, capture_id, source, extractor, template from articles where id in again_chosen
    union all
    select r.article_id, r.capture_id, a.source, r.record ->> 'extractor', r.record ->> 'template'
    from revisions r join articles a on a.id = r.article_id where r.article_id in again_chosen
"""
#: Records that were taken in from tables and the like have no page: their own reader made them of their row.
_PAGE = "(c.status is not null or c.made_from is not null or c.content_type like 'text/%')"
_DUE = """
    is_older(t.extractor, :older)
    and (:force or t.extractor is not :extractor
         or t.template is not (select digest from again_templates where source = t.source))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """How much there is to do."""

    #: Captures in the queue.
    captures: int
    #: Texts that would be due, of which no capture was kept: they stay as they are.
    without_capture: int


def fill_queue(
    db: Database, generation: int, wanted: Wanted, *, extractor: str, templates: Mapping[str, str | None]
) -> Listed:
    """List the captures of a generation. ``templates``: source → digest of what it is known to repeat now.

    Raises BadQuery, also for a version that is none.
    """
    db.conn.create_function("is_older", 2, _is_older, deterministic=True)
    _lists(db)
    parameters = {"generation": generation, "extractor": extractor, "older": wanted.older_than, "force": wanted.force}
    if wanted.pages:
        states = [name for name, asked in (("captured", wanted.pending), ("rejected", wanted.rejected)) if asked]
        _queue_pages(db, parameters | {"source": wanted.source}, states)
        without = 0
    else:
        _choose(db, Query.parse(wanted.query))
        db.conn.executemany("insert into again_templates values (?, ?)", templates.items())
        without = _queue_texts(db, parameters)
    sql = "select count(*) from generation_queue where generation_id = ?"
    return Listed(captures=db.execute(sql, [generation]).fetchone()[0], without_capture=without)


def make_queue(db: Database) -> None:
    """A queue of its own for a reader, who cannot write into the archive's."""
    db.execute(
        "create temp table generation_queue (generation_id, warc_file_id, offset, capture_id, article_id,"
        " primary key (generation_id, warc_file_id, offset))"
    )


def sources_of(db: Database) -> Iterable[str]:
    """The names of all sources that the archive knows."""
    return [name for (name,) in db.execute("select id from sources order by id")]


def _lists(db: Database) -> None:
    db.execute("create temp table if not exists again_chosen (id text primary key)")
    db.execute("create temp table if not exists again_templates (source text primary key, digest text)")
    db.execute("delete from again_chosen")
    db.execute("delete from again_templates")


def _choose(db: Database, query: Query) -> None:
    chosen = selection(db, query)
    db.execute(f"insert or ignore into again_chosen {chosen.sql('a.id')}", chosen.parameters)


def _queue_texts(db: Database, parameters: Mapping[str, object]) -> int:
    """Queue the texts that are due → how many of those that are have no capture."""
    db.execute(
        f"""
        insert or ignore into generation_queue (generation_id, warc_file_id, offset, capture_id, article_id)
        select :generation, c.warc_file_id, c.offset, c.id, t.article_id
        from ({_TEXTS}) t join captures c on c.id = t.capture_id where {_PAGE} and {_DUE}
        """,  # noqa: S608 (our own words)
        dict(parameters),
    )
    (number,) = db.execute(
        f"select count(*) from ({_TEXTS}) t where t.capture_id is null and {_DUE}",  # noqa: S608
        {name: parameters[name] for name in ("older", "force", "extractor")},
    ).fetchone()
    return int(number)


def _queue_pages(db: Database, parameters: Mapping[str, object], states: list[str]) -> None:
    """Queue pages that are no articles. What made a rejection is known by the run that settled it."""
    marks = ", ".join(f"'{state}'" for state in states)
    db.execute(
        f"""
        insert or ignore into generation_queue (generation_id, warc_file_id, offset, capture_id, article_id)
        select :generation, c.warc_file_id, c.offset, c.id, null
        from urls u join captures c on c.id = u.capture_id
        where {_PAGE} and u.kind = 'page' and u.state in ({marks}) and u.source = coalesce(:source, u.source)
          and is_older((select r.software from url_events e join runs r on r.id = e.run_id
                        where e.url_id = u.id and e.event = 'rejected' order by e.id desc limit 1), :older)
          and :extractor is not null and :force is not null
        """,  # noqa: S608 (our own words)
        dict(parameters),
    )


def _is_older(made_by: str | None, version: str | None) -> bool:
    """Whether what made a record is earlier than a version; True where no version is asked for, or none is known."""
    if version is None:
        return True
    made = version_of(made_by or "")
    return made is None or made < (version_of(version) or ())
