"""A queued capture in; the text or the page that was made of it, as it stands now, out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from archive.ledger import load_hints
from archive.record import CAPTURE, PLACED, capture_from_row
from archive.row import KEPT_WITH_REVISION
from archive.types import CaptureRef, Hint

if TYPE_CHECKING:
    from sqlite_utils import Database

#: Columns that cleaning decides, and that cleaning again may change. Its address, and with it its id, an article keeps.
CLEANED = ("title", "body", *(name for name in KEPT_WITH_REVISION if name not in ("url", "canonical_url")))
#: Captures read from the queue at a time.
_BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text of an article, or a page that is none, with what is needed to clean it again."""

    warc_file_id: int
    capture_id: int
    capture: CaptureRef
    #: What it was fetched as: ``text/html``, or for an imported dump ``text/plain``.
    content_type: str | None
    #: True: a file taken in from disk, which was never on the wire.
    imported: bool
    #: The ledger's id and spelling of the URL that it was asked for; None: it was asked for by none.
    url_id: int | None
    url: str | None
    source: str
    hints: tuple[Hint, ...]
    #: The article; None: the page is none.
    article_id: str | None
    #: None: the article's present text, else the number of an earlier one.
    revision: int | None
    #: ``CLEANED`` columns as they are, and for a present text also seq. Empty for a page that is no article.
    before: Mapping[str, Any]


_PLACE = f"""
    select q.warc_file_id, q.offset, q.article_id as queued_for, c.id as capture_id, c.content_type, {CAPTURE},
           c.status is null and c.made_from is null as imported,
           u.id as url_id, u.url as ledger_url, coalesce(u.source, c.source) as url_source, u.hints
    from generation_queue q join captures c on c.id = q.capture_id {PLACED}
    left join articles a on a.id = q.article_id left join urls u on u.id = coalesce(c.url_id, a.url_id)
    where q.generation_id = ? and (q.warc_file_id, q.offset) > (?, ?)
    order by q.warc_file_id, q.offset limit ?
"""  # noqa: S608 (our own words)


def iter_queue(db: Database, generation: int) -> Iterator[Text]:
    """What is left of a generation, in the order in which it lies on the disk.

    The queue may grow shorter meanwhile. What was changed since it was listed is left out.
    """
    at = (-1, -1)
    while rows := list(db.query(_PLACE, [generation, *at, _BATCH])):
        for row in rows:
            text = _text(db, row)
            if text is not None:
                yield text
        at = (rows[-1]["warc_file_id"], rows[-1]["offset"])


def present_columns(db: Database, article_id: str, capture_id: int) -> dict[str, Any] | None:
    """The cleaned columns of an article whose present text is that of the capture, and its seq; None: it is another."""
    sql = f"select seq, {', '.join(CLEANED)} from articles where id = ? and capture_id = ?"  # noqa: S608 (our words)
    return next(iter(db.query(sql, [article_id, capture_id])), None)


def revision_columns(db: Database, article_id: str, capture_id: int) -> tuple[int, dict[str, Any]] | None:
    """Number and cleaned columns of the earlier text that was made of the capture; None: there is none."""
    sql = "select revision, title, body, record from revisions where article_id = ? and capture_id = ?"
    row = db.execute(sql, [article_id, capture_id]).fetchone()
    if row is None:
        return None
    number, title, body, record = row
    kept = json.loads(record)
    return number, {"title": title, "body": body} | {name: kept.get(name) for name in CLEANED[2:]}


def _text(db: Database, row: Mapping[str, Any]) -> Text | None:
    ref = capture_from_row(row)
    assert ref is not None, "joined, so it is there"
    url, source = row["ledger_url"], row["url_source"]
    text = Text(
        warc_file_id=row["warc_file_id"],
        capture_id=row["capture_id"],
        capture=ref,
        content_type=row["content_type"],
        imported=bool(row["imported"]),
        url_id=row["url_id"],
        url=url,
        source=source,
        hints=load_hints(row["hints"]) if row["hints"] else (),
        article_id=row["queued_for"],
        revision=None,
        before={},
    )
    return text if text.article_id is None else _as_it_stands(db, text)


def _as_it_stands(db: Database, text: Text) -> Text | None:
    assert text.article_id is not None
    present = present_columns(db, text.article_id, text.capture_id)
    if present is not None:
        return replace(text, source=_source(db, text.article_id), before=present)
    earlier = revision_columns(db, text.article_id, text.capture_id)
    if earlier is None:
        return None
    # What lists say of headline and change today is not said of a text that has been replaced since.
    hints = tuple(replace(hint, title=None, modified=None, summary=None) for hint in text.hints)
    source = _source(db, text.article_id)
    return replace(text, source=source, hints=hints, revision=earlier[0], before=earlier[1])


def _source(db: Database, article_id: str) -> str:
    return str(db.execute("select source from articles where id = ?", [article_id]).fetchone()[0])
