"""Rows of captures in; lines of a CDXJ index out, sorted: by which other programs find a capture in the WARC files.

The fields are those of pywb and cdxj-indexer. A line for each answer, revisit and imported file; none for what a
browser made of an answer, which is no answer of the site's. The sorting is SQLite's, on disk where there are many.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from archive.surt import surt

if TYPE_CHECKING:
    from sqlite_utils import Database

_NO_DIGITS = re.compile(r"\D")
_MIME_ENDS = re.compile(r"[;\s]")
#: ``{place}``: offset and file of a capture ``c``.
_LINES = """
    select cdxj(c.url, c.fetched_at, iif(c.payload_id is null, c.content_type, 'warc/revisit'), c.status,
                c.payload_digest, c.length, {place})
    from captures c {joined} where c.made_from is null and not exists (
        select 1 from erasures e where e.warc_file_id = c.warc_file_id and e.offset = c.offset)
    order by 1
"""


def stamp(fetched_at: str) -> str:
    """Fourteen digits, from an instant as the archive writes it."""
    return _NO_DIGITS.sub("", fetched_at)[:14]


def cdxj_line(  # noqa: PLR0917 (SQLite hands them over so)
    url: str,
    fetched_at: str,
    content_type: str | None,
    status: int | None,
    digest: str,
    length: int,
    offset: int,
    file: str,
) -> str:
    """A line, without its end."""
    mime = _MIME_ENDS.split(content_type or "", maxsplit=1)[0]
    told: dict[str, Any] = {"url": url}
    if mime:
        told["mime"] = mime
    if status is not None:
        told["status"] = str(status)
    told |= {"digest": digest, "length": str(length), "offset": str(offset), "filename": file}
    return f"{surt(url)} {stamp(fetched_at)} {json.dumps(told)}"


def iter_cdxj(
    db: Database,
    *,
    place: str = "c.offset, w.path",
    joined: str = "join warc_files w on w.id = c.warc_file_id",
    source: str | None = None,
) -> Iterator[str]:
    """The lines, sorted by their bytes.

    ``place``, ``joined``: SQL, where the records lie elsewhere than in the archive's own files.
    """
    db.conn.create_function("cdxj", 8, cdxj_line, deterministic=True)
    sql = _LINES.format(place=place, joined=joined)
    if source is not None:
        sql = sql.replace("order by", "and c.source = :source order by")
    for (line,) in db.execute(sql, {"source": source} if source is not None else {}):
        yield line
