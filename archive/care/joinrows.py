"""Tables of the attached database ``part`` into ours, each by a rule that does not ask which archive came first.

Ids of the two differ, so the tables ``temp.map_…`` lead from theirs to ours. Whatever is there already stays.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from archive.care.tombstones import TAKEN_DOWN
from archive.ledger import IMPORT_HOME

if TYPE_CHECKING:
    from sqlite_utils import Database

_HINTS_KEPT = 6
#: Columns of a URL that its state is made of: they go together.
_STATE = (
    "kind", "state", "reason", "detail", "state_at", "due_at", "due_because", "attempts", "etag", "last_modified",
    "body_digest", "is_index",
)  # fmt: skip
#: Outcomes that say nothing of a page but that its turn did not come.
_LITTLE = "('waiting', 'known')"


def take_sources(db: Database) -> None:
    """A source that both have is called what it was called first."""
    db.execute(
        f"""
        insert into main.sources (id, title, home, first_seen_at, steady)
        select id, title, home, first_seen_at, steady from part.sources where true
        on conflict (id) do update set title = excluded.title, home = excluded.home
        where (excluded.home = '{IMPORT_HOME}', excluded.first_seen_at, excluded.home, coalesce(excluded.title, ''))
            < (home = '{IMPORT_HOME}', first_seen_at, home, coalesce(title, ''))
        """  # noqa: S608 (our own words)
    )
    db.execute(
        "update main.sources set first_seen_at = min(main.sources.first_seen_at, p.first_seen_at),"
        " steady = min(main.sources.steady, p.steady) from part.sources p where p.id = main.sources.id"
    )


def take_urls(db: Database) -> int:
    """Every URL once, in the state that it came into last → how many are new. Fills ``temp.map_url``."""
    before = db.execute("select coalesce(max(id), 0) from main.urls").fetchone()[0]
    names = (
        "url, source, kind, state, reason, detail, state_at, first_seen_at, last_seen_at, listed_at, fetched_at,"
        " due_at, due_because, attempts, etag, last_modified, article_id, hints, body_digest, yielded_at, is_index"
    )
    db.execute(
        f"insert into main.urls ({names}) select {names} from part.urls p"  # noqa: S608 (our own words)
        " where not exists (select 1 from main.urls where url = p.url) order by id"
    )
    db.execute("create temp table map_url (theirs integer primary key, ours integer not null)")
    db.execute("insert into map_url select p.id, m.id from part.urls p join main.urls m using (url)")
    # A URL whose state is theirs now takes their capture as well.
    db.execute("create temp table taken_url (theirs integer primary key)")
    db.execute("insert into taken_url select theirs from map_url where ours > ?", [before])
    cells = [name.strip() for name in names.split(",")]
    differs = " or ".join(f"m.{name} is not p.{name}" for name in cells)
    pairs = db.execute(
        f"select m.id, p.id from map_url join main.urls m on m.id = ours join part.urls p on p.id = theirs"  # noqa: S608
        f" where ours <= ? and ({differs})",
        [before],
    ).fetchall()
    for ours, theirs in pairs:
        _join_url(db, ours, theirs)
    return int(db.execute("select count(*) from map_url where ours > ?", [before]).fetchone()[0])


def _join_url(db: Database, ours: int, theirs: int) -> None:
    mine = _row(db, "main", ours)
    other = _row(db, "part", theirs)
    later = max(mine, other, key=_standing)
    if later is other and _standing(mine) != _standing(other):
        db.execute("insert into taken_url values (?)", [theirs])
    row = {name: later[name] for name in _STATE}
    row["article_id"] = later["article_id"] or mine["article_id"] or other["article_id"]
    owners = {(each["home"] == IMPORT_HOME, each["first_seen_at"], each["source"]) for each in (mine, other)}
    row["source"] = min(owners)[2]
    row["first_seen_at"] = min(mine["first_seen_at"], other["first_seen_at"])
    for name in ("last_seen_at", "listed_at", "fetched_at", "yielded_at"):
        row[name] = max(mine[name] or "", other[name] or "") or None
    row["hints"] = "[]" if later["reason"] == TAKEN_DOWN else _hints(mine["hints"], other["hints"])
    if {name: mine[name] for name in row} != row:
        sets = ", ".join(f"{name} = :{name}" for name in row)
        db.execute(f"update main.urls set {sets} where id = :id", row | {"id": ours})  # noqa: S608


def _row(db: Database, schema: str, id_: int) -> Mapping[str, Any]:
    sql = f"select u.*, s.home from {schema}.urls u join {schema}.sources s on s.id = u.source where u.id = ?"  # noqa: S608
    return next(iter(db.query(sql, [id_])))


def _standing(row: Mapping[str, Any]) -> tuple[bool, bool, bool, str, str]:
    """The higher stands: taken down before all, then a raw page that waits to be cleaned, then what came last."""
    rest = json.dumps([row[name] for name in _STATE])
    return row["reason"] == TAKEN_DOWN, row["state"] == "captured", row["state"] != "found", row["state_at"], rest


def _hints(ours: str, theirs: str) -> str:
    if ours == theirs:
        return ours
    every = {json.dumps(hint, sort_keys=True, ensure_ascii=False) for hint in json.loads(ours) + json.loads(theirs)}
    return f"[{', '.join(sorted(every)[:_HINTS_KEPT])}]"


def take_captures(db: Database) -> int:
    """Every capture once, by its place → how many are new. Fills ``temp.map_capture``."""
    names = (
        "source, url, fetched_at, status, content_type, offset, length, payload_size, payload_digest, origin,"
        " damaged_at, record_id"
    )
    before = db.execute("select coalesce(max(id), 0) from main.captures").fetchone()[0]
    db.execute(
        f"""
        insert into main.captures (run_id, url_id, warc_file_id, {names})
        select r.ours, u.ours, f.ours, {names} from part.captures p
        join map_run r on r.theirs = p.run_id join map_file f on f.theirs = p.warc_file_id
        left join map_url u on u.theirs = p.url_id
        where not exists (select 1 from main.captures c where c.warc_file_id = f.ours and c.offset = p.offset)
        order by p.id
        """  # noqa: S608 (our own words)
    )
    db.execute("create temp table map_capture (theirs integer primary key, ours integer not null)")
    db.execute(
        "insert into map_capture select p.id, c.id from part.captures p join map_file f on f.theirs = p.warc_file_id"
        " join main.captures c on c.warc_file_id = f.ours and c.offset = p.offset"
    )
    for column in ("made_from", "payload_id"):
        db.execute(
            f"update main.captures set {column} = b.ours from part.captures p join map_capture a on a.theirs = p.id"  # noqa: S608
            f" join map_capture b on b.theirs = p.{column} where main.captures.id = a.ours and a.ours > ?",
            [before],
        )
    db.execute(
        "update main.urls set capture_id = c.ours from taken_url t join part.urls p on p.id = t.theirs"
        " join map_url u on u.theirs = p.id join map_capture c on c.theirs = p.capture_id where main.urls.id = u.ours"
    )
    return int(db.execute("select count(*) from main.captures where id > ?", [before]).fetchone()[0])


def take_stories_of_urls(db: Database) -> None:
    """Where URLs were seen, what runs made of them, what happened to them."""
    db.execute(
        """
        insert into main.sightings (url_id, where_url, via, first_run, last_run)
        select u.ours, where_url, via, a.ours, b.ours from part.sightings p join map_url u on u.theirs = url_id
        join map_run a on a.theirs = first_run join map_run b on b.theirs = last_run
        where true
        on conflict (url_id, where_url) do update set first_run = min(first_run, excluded.first_run),
            last_run = max(last_run, excluded.last_run),
            via = iif((excluded.last_run, excluded.via) > (last_run, via), excluded.via, via)
        """
    )
    db.execute(
        f"""
        insert into main.run_urls (run_id, url_id, source, outcome, reason)
        select r.ours, u.ours, source, outcome, reason from part.run_urls p
        join map_run r on r.theirs = run_id join map_url u on u.theirs = url_id
        where true
        on conflict (run_id, url_id) do update set outcome = excluded.outcome, reason = excluded.reason
        where (excluded.outcome not in {_LITTLE}, excluded.outcome, coalesce(excluded.reason, ''))
            > (outcome not in {_LITTLE}, outcome, coalesce(reason, ''))
        """  # noqa: S608 (our own words)
    )
    db.execute(
        """
        insert into main.url_events (url_id, run_id, at, event, reason, detail, capture_id)
        select u.ours, r.ours, p.at, p.event, p.reason, p.detail, c.ours from part.url_events p
        join map_url u on u.theirs = p.url_id join map_run r on r.theirs = p.run_id
        left join map_capture c on c.theirs = p.capture_id
        where not exists (select 1 from main.url_events e where e.url_id = u.ours and e.run_id = r.ours
            and e.at = p.at and e.event = p.event and e.reason is p.reason and e.detail is p.detail
            and e.capture_id is c.ours)
        order by p.id
        """
    )


def take_the_rest(db: Database) -> None:
    """Rights and grounds, hosts and site files, nights, templates, backfills."""
    for sql in _REST:
        db.execute(sql)
    _take_templates(db)


_HOST = "host, latency_s, slowdown, failures, refusals, pauses, nights, wait_until, reason, changed_at"
_REST = (
    "insert or ignore into main.rights (capture_id, signal, value) select c.ours, signal, value from part.rights p"
    " join map_capture c on c.theirs = p.capture_id where c.ours not in (select c.id from main.captures c"
    " join main.erasures e on e.warc_file_id = c.warc_file_id and e.offset = c.offset)",
    "insert into main.bases (source, since, basis) select source, since, basis from part.bases where true"
    " on conflict (source, since) do update set basis = max(coalesce(basis, ''), coalesce(excluded.basis, ''))"
    " where basis is not excluded.basis",
    f"insert into main.hosts ({_HOST}) select {_HOST} from part.hosts where true"  # noqa: S608 (our own words)
    " on conflict (host) do update set latency_s = excluded.latency_s, slowdown = excluded.slowdown,"
    " failures = excluded.failures, refusals = excluded.refusals, pauses = excluded.pauses, nights = excluded.nights,"
    " wait_until = excluded.wait_until, reason = excluded.reason, changed_at = excluded.changed_at"
    " where excluded.changed_at > changed_at",
    "insert into main.site_files (url, asked_at, status, read_at, body, capture_id)"
    " select url, asked_at, status, read_at, body, c.ours from part.site_files p"
    " left join map_capture c on c.theirs = p.capture_id where true on conflict (url) do update set"
    " asked_at = excluded.asked_at, status = excluded.status, read_at = excluded.read_at, body = excluded.body,"
    " capture_id = excluded.capture_id where excluded.asked_at > asked_at",
    "insert or ignore into main.nights (run_id, judged_at) select r.ours, judged_at from part.nights p"
    " join map_run r on r.theirs = p.run_id",
    "insert or ignore into main.source_nights (run_id, source, figures, verdict, evidence)"
    " select r.ours, source, figures, verdict, evidence from part.source_nights p"
    " join map_run r on r.theirs = p.run_id",
    # A backfill that both have goes on as it stands in ours.
    "create temp table new_backfill as select p.id as theirs, row_number() over (order by p.id)"
    " + (select coalesce(max(id), 0) from main.backfills) as ours from part.backfills p"
    " where not exists (select 1 from main.backfills m where m.wish = p.wish and m.started_at = p.started_at)",
    "insert into main.backfills (id, wish, started_at, finished_at) select ours, wish, started_at, finished_at"
    " from part.backfills join new_backfill on theirs = id",
    "insert into main.backfill_steps (backfill_id, way, place, newest, listed_by, continues, guessed, offset, tries,"
    " done) select ours, way, place, newest, listed_by, continues, guessed, offset, tries, done"
    " from part.backfill_steps join new_backfill on theirs = backfill_id order by id",
    "insert into main.backfill_pages (backfill_id, url_id, newest, copy, tries) select b.ours, u.ours, newest, copy,"
    " tries from part.backfill_pages p join new_backfill b on b.theirs = backfill_id"
    " join map_url u on u.theirs = url_id",
)


def _take_templates(db: Database) -> None:
    """Of each source the template that was learnt from more articles, with all that either operator decided."""
    more = [
        source
        for (source,) in db.execute(
            "select p.source from part.template_sources p left join main.template_sources m using (source)"
            " where m.source is null or p.articles > m.articles"
        ).fetchall()
    ]
    for source in more:
        for table in ("template_sources", "template_recent"):
            db.execute(f"delete from main.{table} where source = ?", [source])  # noqa: S608 (our own words)
            db.execute(f"insert into main.{table} select * from part.{table} where source = ?", [source])  # noqa: S608
        db.execute("delete from main.template_lines where source = ? and hand is null", [source])
        db.execute(
            "insert or ignore into main.template_lines select * from part.template_lines where source = ?", [source]
        )
    db.execute(
        "insert into main.template_lines select * from part.template_lines where hand is not null"
        " on conflict (source, fingerprint) do update set hand = excluded.hand, hand_at = excluded.hand_at"
        " where hand_at is null or excluded.hand_at > hand_at"
    )
