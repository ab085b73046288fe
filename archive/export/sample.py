"""A sample of the chosen: drawn by each article's id and a seed, so the same articles again whatever their order."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archive.export.chosen import select_chosen
from archive.export.wanted import Sample

if TYPE_CHECKING:
    from sqlite_utils import Database

_MOMENT = "coalesce(a.published_at, h.first_seen_at)"
#: In SQL, of an article that is chosen.
_VALUES = {
    "source": "a.source",
    "section": "a.section",
    "language": "a.language",
    "access": "a.access",
    "type": "a.type",
    "year": f"substr({_MOMENT}, 1, 4)",
    "month": f"substr({_MOMENT}, 1, 7)",
    "day": f"substr({_MOMENT}, 1, 10)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One stratum of a sample."""

    #: A value for each name in ``Sample.by``; None: the articles have none.
    values: tuple[str | None, ...]
    #: Articles to draw from, and drawn.
    of: int
    number: int


def draw(db: Database, sample: Sample) -> list[Drawn]:
    """Leave only a sample among the chosen → its strata, in order."""
    db.conn.create_function("lot", 1, lambda id_: lot(sample.seed, id_), deterministic=True)
    names = [f"v{number}" for number in range(len(sample.by))]
    values = "".join(f", {_VALUES[value]} as {name}" for value, name in zip(sample.by, names, strict=True))
    within = f"partition by {', '.join(names)}" if names else ""
    rows = select_chosen(db, f"h.id as id, lot(h.id) as lot{values}")
    db.execute(
        f"create temp table lots as select place, row_number() over ({within} order by lot, id) as number"  # noqa: S608
        f"{''.join(', ' + name for name in names)} from ({rows})"
    )
    strata = ", ".join(names) or "null"
    drawn = [
        Drawn(values=tuple(values), of=of, number=number)
        for *values, of, number in db.execute(
            f"select {''.join(name + ', ' for name in names)} count(*), sum(number <= ?) from lots"  # noqa: S608
            f" group by {strata} order by {strata}",
            [sample.size],
        )
    ]
    db.execute("delete from chosen where place in (select place from lots where number > ?)", [sample.size])
    db.execute("drop table lots")
    return drawn


def lot(seed: int, id_: str) -> bytes:
    """What an article draws: the lowest are taken. The same for an id and a seed, whatever else the archive holds."""
    return hashlib.blake2b(f"{seed}\0{id_}".encode(), digest_size=16).digest()
