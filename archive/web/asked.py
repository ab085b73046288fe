"""What a page is asked for, and what it answers: values, so that a page is a function that needs no server."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote

from archive.record import plain

HTML = "text/html; charset=utf-8"
#: Wishes that are read; no page of ours knows as many.
_FIELDS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request for a page."""

    #: Named parts of the path, percent signs undone.
    parts: Mapping[str, str] = field(default_factory=dict)
    #: What stands behind the question mark; of a name that comes twice the last.
    wishes: Mapping[str, str] = field(default_factory=dict)
    #: Of each name everything that was given for it, in order.
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: Where the room is, as the reader knows it, without a slash at the end: ``http://127.0.0.1:8001``.
    home: str = ""

    @property
    def ending(self) -> str:
        """``json`` of ``/article/ID.json``; empty for a page."""
        return self.parts.get("ending", "").removeprefix(".")

    def number(self, name: str, *, least: int = 0) -> int | None:
        """A whole number that was wished for; None: none was, or it is no number."""
        wish = self.wishes.get(name, "")
        return max(int(wish), least) if wish.isascii() and wish.isdigit() and len(wish) < 12 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a page answers."""

    body: bytes
    status: int = 200
    content_type: str = HTML
    headers: Mapping[str, str] = field(default_factory=dict)


def asked(parts: Mapping[str, str | None], query_string: str, home: str = "") -> Asked:
    """The request of a path's named groups and of what stands behind the question mark."""
    given = "&".join(query_string.split("&", _FIELDS)[:_FIELDS])
    lists = {
        name: tuple(value.replace("\0", "\ufffd") for value in values)
        for name, values in parse_qs(given, keep_blank_values=True, errors="replace").items()
    }
    return Asked(
        parts={name: unquote(part, errors="replace") for name, part in parts.items() if part},
        wishes={name: values[-1] for name, values in lists.items()},
        lists=lists,
        home=home,
    )


def as_json(value: Any, status: int = 200) -> Answer:
    """A value of the archive as JSON."""
    body = json.dumps(plain(value), ensure_ascii=False, indent=1) + "\n"
    return Answer(body=body.encode(errors="replace"), status=status, content_type="application/json; charset=utf-8")


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[Any]], name: str) -> Answer:
    """A list as CSV, to be saved under a name; what is None is empty."""
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\n")
    write.writerow(columns)
    write.writerows([plain(value) for value in row] for row in rows)
    return to_save(out.getvalue().encode(errors="replace"), f"{name}.csv", "text/csv; charset=utf-8")


def elsewhere(path: str) -> Answer:
    """A redirection to another page of the room."""
    return Answer(body=b"", status=302, content_type="text/plain", headers={"location": path})


def to_save(body: bytes, name: str, content_type: str) -> Answer:
    """A file to be saved under a name of our own making."""
    return Answer(
        body=body, content_type=content_type, headers={"content-disposition": f'attachment; filename="{name}"'}
    )
