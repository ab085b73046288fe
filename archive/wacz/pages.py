"""The chosen articles in; ``pages.jsonl`` out, which viewers list and search."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database

_HEAD = {"format": "json-pages-1.0", "id": "pages", "title": "Articles", "hasText": True}
#: Each with the answer that shows it: of a rendering that which it was made of.
_PAGES = """
    select a.id, s.url, s.fetched_at as ts, a.title, a.body as text, a.language
    from chosen h join articles a on a.seq = h.seq join captures c on c.id = a.capture_id
    join captures s on s.id = coalesce(c.made_from, c.id) join packed on packed.capture_id = s.id
    order by h.place
"""


def page_lines(db: Database) -> Iterator[bytes]:
    """The lines, each with its end."""
    yield _line(_HEAD)
    for page in db.query(_PAGES):
        yield _line({name: value for name, value in page.items() if value is not None})


def _line(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
