"""What a run wrote under a clock that was ahead is made due now: it would be left alone until that day comes."""

from __future__ import annotations

from datetime import datetime, timedelta

from archive.sqlite import Database
from archive.times import iso

#: What a clock may differ from one run to the next without anybody's fault.
_SKEW = timedelta(hours=1)
BECAUSE = "an earlier run's clock was ahead, so its dates hold nothing"


def mend_clock(db: Database, now: datetime) -> int:
    """Bring in URLs, hosts and site files whose times lie in the future; how many URLs that was.

    The times of captures and articles stay as they were written: what the clock should have shown, nobody knows.
    Part of the caller's transaction. Costs nothing where no run was ahead.
    """
    after = iso(now + _SKEW)
    (ahead,) = db.execute(
        "select exists (select 1 from runs where started_at > ? or finished_at > ?)", [after, after]
    ).fetchone()
    if not ahead:
        return 0
    db.execute("delete from hosts where changed_at > ?", [after])
    db.execute("delete from site_files where asked_at > ?", [after])
    cursor = db.execute(
        "update urls set due_at = ?, due_because = ? where due_at > ? and max(state_at, coalesce(fetched_at, '')) > ?",
        [iso(now), BECAUSE, after, after],
    )
    return int(cursor.rowcount)
