"""An article in, its lines as seen on its page out; a line's row and a sighting in, the row with one more out."""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import date
from typing import Any

from archive.text import extent, storable
from archive.types import Article

#: A line that says so much is a paragraph: what stands before the first or after the last is at an edge.
_PARAGRAPH = 80
#: Distinct values are told apart by so many bits: more than fit into SQLite's integers are not needed.
_BITS = 62
_LONG_WORD = re.compile(r"[^\W\d_]{5,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A line as one article had it."""

    text: str
    place: float
    edge: bool
    echo: bool


#: A row's counts before anything was seen.
BLANK: dict[str, Any] = {
    **dict.fromkeys(("articles", "first", "last", "edges", "echoes", "days", "authors", "sections"), 0),
    **dict.fromkeys(("first_day", "last_day", "hand", "hand_at")),
    "place": 0.0,
}


def begun(first: Mapping[str, Any], source: str, fingerprint: str, seen: Sighting) -> dict[str, Any]:
    """The row of a line after its first sighting, which is taken to have been like this second one."""
    row = {"source": source, "fingerprint": fingerprint, "text": storable(seen.text), "articles": 1}
    row |= {"place": seen.place, "edges": int(seen.edge), "echoes": int(seen.echo), "last_day": first["first_day"]}
    return BLANK | row | dict(first)


def counted(row: Mapping[str, Any], seen: Sighting, number: int, day: date, bits: Mapping[str, int]) -> dict[str, Any]:
    """A row with one more article."""
    days = [each for each in (row["first_day"], row["last_day"], day.isoformat()) if each]
    return dict(row) | {
        "articles": row["articles"] + 1,
        "first": row["first"] or number,
        "last": number,
        "first_day": min(days),
        "last_day": max(days),
        "edges": row["edges"] + seen.edge,
        "echoes": row["echoes"] + seen.echo,
        "place": (row["place"] * row["articles"] + seen.place) / (row["articles"] + 1),
        **{name: row[name] | bit for name, bit in bits.items()},
    }


def bits_of(article: Article, day: date) -> dict[str, int]:
    """An article's bit in each of the sketches of days, bylines and sections."""
    return {
        "days": bit_of_day(day),
        "authors": _bit(", ".join(article.authors)),
        "sections": _bit(article.section or ""),
    }


def bit_of_day(day: date) -> int:
    """Days next to each other have different ones."""
    return 1 << day.toordinal() % _BITS


def _bit(text: str) -> int:
    return 1 << zlib.crc32(text.casefold().encode(errors="surrogatepass")) % _BITS


def sightings_in(article: Article, *, of: Set[str], hardly_own: Set[str]) -> dict[str, Sighting]:
    """The lines ``of`` these fingerprints as the article has them; ``hardly_own``: of several others as well."""
    lines = article.lines
    own = [n for n, each in enumerate(lines) if extent(each.text) >= _PARAGRAPH and each.fingerprint not in hardly_own]
    first, last = (own[0], own[-1]) if own else (len(lines), -1)
    often = Counter(line.fingerprint for line in lines)
    topics = _topics(article.title)
    return {
        line.fingerprint: Sighting(
            text=line.text,
            place=line.place,
            edge=(number < first or number > last) and often[line.fingerprint] == 1,
            echo=not topics.isdisjoint(_topics(line.text)),
        )
        for number, line in enumerate(lines)
        if line.fingerprint in of
    }


def _topics(text: str) -> set[str]:
    """The beginnings of the longer words, which hardly change with the case or the number."""
    return {word[:5].casefold() for word in _LONG_WORD.findall(text)}
