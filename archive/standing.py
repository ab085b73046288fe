"""Where each source stands: what the archive has of it, when it was last looked at, how its last night was judged."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from archive.errors import NotFound
from archive.health.verdicts import MEANINGS, Health, Level
from archive.rights import Rights, rights_of
from archive.times import from_iso

if TYPE_CHECKING:
    from sqlite_utils import Database


#: No name comes after it.
_LAST = "\U0010ffff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One source, as the archive knows it."""

    source: str
    articles: int
    #: The last run that asked for its front page, its feeds or its other lists, and when; None: none did.
    last_run: int | None
    last_run_at: datetime | None
    #: Verdict on its last night that was judged, and that night's run; None: there is none.
    verdict: Health | None
    judged_run: int | None

    @property
    def level(self) -> Level | None:
        """How much the verdict matters."""
        return MEANINGS[self.verdict].level if self.verdict else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What a source said of itself, or the operator of it."""

    source: str
    title: str | None
    home: str
    #: When the archive first heard of it.
    first_seen_at: datetime
    #: What its site says of the use of its front page, and the operator's ground.
    rights: Rights


def profile_of(db: Database, source: str, now: datetime) -> Profile:
    """A source's profile. Raises NotFound."""
    row = db.execute("select title, home, first_seen_at from sources where id = ?", [source]).fetchone()
    if row is None:
        raise NotFound(f"there is no source {source[:200]!r}")
    title, home, first_seen = row
    return Profile(
        source=source,
        title=title,
        home=home,
        first_seen_at=from_iso(first_seen),
        rights=rights_of(db, None, home, source, now),
    )


def standing_of(db: Database, source: str) -> Standing:
    """Where one source stands. Raises NotFound."""
    found = standings_of(db, source)
    if source not in found:
        raise NotFound(f"there is no source {source[:200]!r}")
    return found[source]


def standings_of(db: Database, only: str | None = None) -> dict[str, Standing]:
    """Source → where it stands; those that were once crawled and are no longer declared too. ``only``: of this one."""
    span = {"first": only or "", "last": only or _LAST}
    articles = dict(
        db.execute("select source, count(*) from articles where source between :first and :last group by source", span)
    )
    runs = list(db.execute("select started_at, id from runs order by started_at, id"))
    looked = dict(
        db.execute(
            "select source, max(state_at) from urls where kind <> 'page' and state <> 'found'"
            " and source between :first and :last group by source",
            span,
        )
    )
    verdicts = {
        source: (Health(verdict), run)
        for source, verdict, run in db.execute(
            """
            select n.source, n.verdict, n.run_id from sources s join source_nights n on n.source = s.id
            where s.id between :first and :last
              and n.run_id = (select max(run_id) from source_nights where source = s.id)
            """,
            span,
        )
    }
    found = {}
    for (source,) in db.execute("select id from sources where id between :first and :last order by id", span):
        at = looked.get(source)
        before = bisect_right(runs, at, key=lambda run: run[0]) if at else 0
        verdict, judged_run = verdicts.get(source, (None, None))
        found[source] = Standing(
            source=source,
            articles=articles.get(source, 0),
            last_run=runs[before - 1][1] if before else None,
            last_run_at=from_iso(at) if at else None,
            verdict=verdict,
            judged_run=judged_run,
        )
    return found
