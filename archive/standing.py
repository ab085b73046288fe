"""Where each source stands: what the archive has of it, when it was last looked at, how its last night was judged."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from archive.health.verdicts import MEANINGS, Health, Level
from archive.times import from_iso

if TYPE_CHECKING:
    from sqlite_utils import Database


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


def standings_of(db: Database) -> dict[str, Standing]:
    """Source → where it stands; those that were once crawled and are no longer declared too."""
    articles = dict(db.execute("select source, count(*) from articles group by source"))
    runs = list(db.execute("select started_at, id from runs order by started_at, id"))
    looked = dict(
        db.execute(
            "select source, max(state_at) from urls where kind <> 'page' and state <> 'found' group by source",
        )
    )
    verdicts = {
        source: (Health(verdict), run)
        for source, verdict, run in db.execute(
            """
            select n.source, n.verdict, n.run_id from sources s join source_nights n on n.source = s.id
            where n.run_id = (select max(run_id) from source_nights where source = s.id)
            """
        )
    }
    found = {}
    for (source,) in db.execute("select id from sources order by id"):
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
