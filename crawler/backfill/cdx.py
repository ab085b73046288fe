"""A web archive's index: questions for a CDX server, its replies read, and the addresses of its copies. Pure.

The API is the Wayback Machine's, which pywb and others share; replies may be JSON rows, JSON lines, CDXJ or text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from archive.urls import normalise_url
from crawler.backfill.days import Days

#: Captures in one reply at most. A reply with as many is asked for again in halves: whatever a server says of
#: what is left over, two smaller windows are understood by all of them.
MOST = 10_000
#: A window is not cut smaller than this.
_SMALLEST = timedelta(hours=1)
_STAMP = "%Y%m%d%H%M%S"
_COPY = re.compile(r"^(.*)/(\d{4,14})(?:[a-z]{2}_)?/(https?:/{1,2}.+)$")
_FIELDS = ("timestamp", "original", "mimetype", "statuscode")
_OTHER_NAMES = {"url": "original", "mime": "mimetype", "status": "statuscode"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A copy that a web archive holds."""

    url: str
    #: As the archive writes it: YYYYMMDDhhmmss, perhaps shorter.
    stamp: str
    captured_at: datetime
    mime: str
    #: None: not told.
    status: int | None


def question(server: str, site: str, first: datetime, last: datetime) -> str:
    """The address that asks for the copies of a site's pages that were made in a window; one a page."""
    asked = [
        *(("url", site), ("matchType", "domain"), ("from", f"{first:{_STAMP}}"), ("to", f"{last:{_STAMP}}")),
        *(("output", "json"), ("fl", ",".join(_FIELDS)), ("collapse", "urlkey"), ("limit", str(MOST))),
        *(("filter", "statuscode:200"), ("filter", "mimetype:text/html")),
    ]
    return normalise_url(f"{server}{'&' if '?' in server else '?'}{urlencode(asked)}")


def questions(server: str, site: str, days: Days) -> list[tuple[str, Days]]:
    """A question a month, newest first, with its days."""
    found = []
    for month in days.months():
        first = datetime(month.first.year, month.first.month, month.first.day, tzinfo=UTC)
        last = datetime(month.last.year, month.last.month, month.last.day, 23, 59, 59, tzinfo=UTC)
        found.append((question(server, site, first, last), month))
    return found


def halves(asked: str, server: str, site: str) -> list[tuple[str, datetime]]:
    """The same question about both halves of its window, newer first, each with its end; none: it is small enough."""
    query = parse_qs(urlsplit(asked).query)
    first = datetime.strptime(query["from"][0], _STAMP).replace(tzinfo=UTC)
    last = datetime.strptime(query["to"][0], _STAMP).replace(tzinfo=UTC)
    if last - first < _SMALLEST:
        return []
    middle = (first + (last - first) / 2).replace(microsecond=0)
    newer = (question(server, site, middle + timedelta(seconds=1), last), last)
    return [newer, (question(server, site, first, middle), middle)]


def read_reply(body: bytes) -> tuple[list[Held], str | None]:
    """The copies that a reply lists, and what kept it from being read; None: nothing did."""
    text = body.decode("utf-8", "replace").strip()
    if not text:
        return [], None
    if "<html" in text[:2000].lower():
        return [], "This is an HTML page, not the answer of a CDX server."
    rows = list(_rows(text))
    found = [held for row in rows if (held := _held(row))]
    wrong = len(rows) - len(found)
    return found, f"{wrong} of {len(rows)} lines could not be read." if wrong else None


def _rows(text: str) -> Iterator[dict[str, str]]:
    if text.startswith("["):
        try:
            table = json.loads(text)
        except ValueError:
            table = None
        if isinstance(table, list):
            yield from _table(table)
            return
    for line in text.splitlines():
        if line.strip() and not line.lstrip().startswith("CDX "):
            yield _line(line.strip())


def _table(table: list[Any]) -> Iterator[dict[str, str]]:
    """Rows under a row of names, as the Wayback Machine sends them; or objects."""
    names: list[str] = []
    for row in table:
        if isinstance(row, dict):
            yield _named(row)
        elif isinstance(row, list) and not names:
            names = [str(name) for name in row]
        elif isinstance(row, list) and row:
            yield _named(dict(zip(names, row, strict=False)))


def _line(line: str) -> dict[str, str]:
    """A JSON object, CDXJ (key, time, JSON), or columns: those asked for, or with the key before them."""
    start = line.find("{")
    if start >= 0 and line.endswith("}"):
        try:
            value = json.loads(line[start:])
        except ValueError:
            value = None
        if isinstance(value, dict):
            words = line[:start].split()
            return ({"timestamp": words[1]} if len(words) > 1 else {}) | _named(value)
    words = line.split()
    at = 0 if words[0].isdigit() else 1
    return dict(zip(_FIELDS, words[at:], strict=False))


def _named(row: dict[str, Any]) -> dict[str, str]:
    return {_OTHER_NAMES.get(name, name): str(value) for name, value in row.items()}


def _held(row: dict[str, str]) -> Held | None:
    stamp, status = row.get("timestamp", ""), row.get("statuscode", "")
    captured_at = read_stamp(stamp)
    if captured_at is None or "original" not in row:
        return None
    return Held(
        url=row["original"],
        stamp=stamp,
        captured_at=captured_at,
        mime=row.get("mimetype", ""),
        status=int(status) if status.isascii() and status.isdigit() else None,
    )


def read_stamp(stamp: str) -> datetime | None:
    """The instant that four to fourteen digits name; None: none."""
    if not (stamp.isascii() and stamp.isdigit() and 4 <= len(stamp) <= 14 and len(stamp) % 2 == 0):
        return None
    try:
        return datetime.strptime(stamp + "00000101000000"[len(stamp) :], _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None


def copy_url(replay: str, held: Held) -> str:
    """Where a copy is given out as it was captured, without the archive's own frame."""
    return f"{replay.rstrip('/')}/{held.stamp}id_/{held.url}"


def read_copy_url(url: str) -> tuple[str, datetime] | None:
    """The page and the instant that a copy's address names; None: it is no copy's address."""
    match = _COPY.match(url)
    captured_at = read_stamp(match[2]) if match else None
    if match is None or captured_at is None:
        return None
    return re.sub(r"^(https?):/+", r"\1://", match[3]), captured_at


_OF_THE_REPLY = ("content-encoding", "content-length", "transfer-encoding")
_OF_THE_ARCHIVE = "x-archive-orig-"


def original_headers(headers: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """A copy's headers → those of the page that it is a copy of, as far as the archive tells. Names in lower case."""
    headers = tuple(headers)
    told = tuple(
        (name.removeprefix(_OF_THE_ARCHIVE), value)
        for name, value in headers
        if name.startswith(_OF_THE_ARCHIVE) and name.removeprefix(_OF_THE_ARCHIVE) not in _OF_THE_REPLY
    )
    if any(name == "content-type" for name, _ in told):
        return told
    return (*told, *((name, value) for name, value in headers if name == "content-type"))
