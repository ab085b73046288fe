#!/usr/bin/env python3
"""Imports, re-extractions, takedowns, merges, backups, packing, roll-overs: each killed by SIGKILL at random instants.

    bench/care_kills.py --kills 120 --seed 7

Each work is begun on a copy of the same archive, killed, begun again …, until it comes to its end before it is killed,
or was killed often enough; then the next. Told of all of them, all of it to be none:

    lost      what the same work without kills leaves, and this one has not, or has otherwise
    twice     articles, URLs or, where files roll over, captures that are there more than once
    unclean   what `verify` finds after a kill and a restart, and at the end
    left      words of a page that was taken down, anywhere in the archive; backups that were whole before and are not

Instants are drawn over the time for which the work holds its lock, Python's start left out.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORKS = ("import", "reextract", "takedown", "merge", "backup", "compact", "roll-over")
_NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
_DOOMED = "http://gazette.example/news/3"
_SECRET = "Xylographers"
_ROLL_OVER = 6_000
_CAPTURES = 60
#: Kills of one work before it is let end.
_EACH = 4


@dataclass(slots=True, kw_only=True)
class Losses:
    """What the kills cost."""

    kills: int = 0
    #: Works that came to their end, by name, and kills by work.
    ended: dict[str, int] = field(default_factory=dict)
    killed: dict[str, int] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    unclean: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    @property
    def none(self) -> bool:
        """True: the kills cost nothing."""
        return not (self.lost or self.twice or self.unclean or self.left)


# ── the works, as they run in a process of their own ─────────────────────────────────────────────────


def work(name: str, place: Path) -> None:
    """Do one of the works on ``place/archive``."""
    _WORKS[name](place)


def _import(place: Path) -> None:
    from crawler.cli import nightdesk

    pages = sorted(map(str, (place / "pages").glob("*.html")))
    nightdesk(["import", *pages, "--source", "gazette", "-a", str(place / "archive")])


def _reextract(place: Path) -> None:
    from crawler.cli import nightdesk

    nightdesk(["reextract", "--workers", "1", "-a", str(place / "archive")])


def _takedown(place: Path) -> None:
    from archive.care.takedown import take_down
    from archive.care.tombstones import tombstone_number
    from archive.writer import ArchiveWriter

    with ArchiveWriter(place / "archive", purpose="takedown") as writer:
        if tombstone_number(writer.db, _DOOMED) is None:
            take_down(writer, _DOOMED, reason="r", who="bench", now=_NOW, lists_too=True)


def _merge(place: Path) -> None:
    from archive.afterwards import catch_up
    from archive.care.merge import merge_into
    from archive.writer import ArchiveWriter

    with ArchiveWriter(place / "archive", purpose="merge") as writer:
        merge_into(writer, place / "other")
        catch_up(writer)


def _backup(place: Path) -> None:
    from archive.care.backup import back_up

    back_up(place / "archive", place / "backup")


def _compact(place: Path) -> None:
    from archive.care.compact import compact
    from archive.writer import ArchiveWriter

    with ArchiveWriter(place / "archive", purpose="compact") as writer:
        compact(writer)


def _roll_over(place: Path) -> None:
    """Keep answers in small WARC files, some between two commits, going on with the first that is not kept."""
    from archive.writer import ArchiveWriter

    with ArchiveWriter(place / "archive", purpose="roll-over", roll_over=_ROLL_OVER) as writer:
        run = writer.ledger.start_run("crawl", {}, _NOW)
        kept = {url for (url,) in writer.db.execute("select url from captures where url like '%/answer/%'")}
        for n in range(_CAPTURES):
            if f"http://gazette.example/answer/{n}" not in kept:
                writer.keep(_answer(n), run=run, url_id=None)
                if n % 4 == 0:
                    writer.commit()
        writer.ledger.finish_run(run, "finished", _NOW + timedelta(minutes=1))


def _answer(n: int) -> object:
    from archive.captures import Exchange

    return Exchange(
        url=f"http://gazette.example/answer/{n}",
        asked=f"http://gazette.example/answer/{n}",
        source="gazette",
        fetched_at=_NOW + timedelta(seconds=n),
        status=200,
        body=random.Random(n).randbytes(700),
    )


_WORKS: dict[str, Callable[[Path], None]] = {
    "import": _import,
    "reextract": _reextract,
    "takedown": _takedown,
    "merge": _merge,
    "backup": _backup,
    "compact": _compact,
    "roll-over": _roll_over,
}


# ── killing them ─────────────────────────────────────────────────────────────────────────────────────


def kill_works(kills: int, *, seed: int, works: Sequence[str] = WORKS, each: int = _EACH) -> Losses:
    """Begin, kill, begin again; then judge what is there against the same work without kills."""
    dice, losses = random.Random(seed), Losses()
    with tempfile.TemporaryDirectory() as folder:
        base = _make(Path(folder) / "base")
        whole: dict[str, tuple[Path, float]] = {}
        round_ = 0
        while losses.kills < kills:
            name = works[round_ % len(works)]
            round_ += 1
            if name not in whole:
                whole[name] = _without_kills(base, Path(folder) / f"whole-{name}", name)
            undisturbed, seconds = whole[name]
            place = _copied(base, Path(folder) / f"killed-{round_}")
            instants = [dice.uniform(0, seconds) for _ in range(min(each, kills - losses.kills))]
            _disturb(losses, name, place, instants)
            _judge(losses, name, undisturbed, place)
            losses.ended[name] = losses.ended.get(name, 0) + 1
            shutil.rmtree(place)
    return losses


def _make(place: Path) -> Path:
    """Two archives of some pages, and further pages to import."""
    from archive.writer import ArchiveWriter

    for name, numbers in (("archive", range(24)), ("other", range(16, 40))):
        with ArchiveWriter(place / name, purpose="bench") as writer:
            writer.ledger.add_source("gazette", home="http://gazette.example/", title=None, now=_NOW)
            run = writer.ledger.start_run("crawl", {"of": name}, _NOW)
            for n in numbers:
                _store(writer, run, n)
            writer.ledger.finish_run(run, "finished", _NOW + timedelta(minutes=1))
    (place / "pages").mkdir()
    for n in range(50, 56):
        paragraphs = "".join(f"<p>{_sentence(n, m)}</p>" for m in range(12))
        (place / "pages" / f"{n}.html").write_text(
            f'<html><head><link rel="canonical" href="http://gazette.example/news/{n}"><title>Headline {n}</title>'
            f"</head><body><article><h1>Headline {n}</h1>{paragraphs}</article></body></html>",
            encoding="utf-8",
        )
    return place


def _sentence(n: int, m: int) -> str:
    return f"On day {n} the keeper of tower {m} said that {n * m + 7} ferries had crossed the sound in the rain."


def _store(writer: object, run: int, n: int) -> None:
    from archive.captures import Exchange
    from archive.ledger import Verdict
    from archive.types import Article, Hint, Kind, Link, State, Via
    from archive.writer import ArchiveWriter

    assert isinstance(writer, ArchiveWriter)
    url, title = f"http://gazette.example/news/{n}", f"Headline {n}"
    body = "\n\n".join(_sentence(n, m) for m in range(12)) + (f" {_SECRET} quarrelled." if url == _DOOMED else "")
    hint = Hint(via=Via.FEED, where="http://gazette.example/feed.xml", title=title)
    writer.ledger.discover([Link(url=url, kind=Kind.PAGE, hint=hint)], source="gazette", run=run, now=_NOW)
    entry = writer.ledger.entry(url)
    assert entry is not None
    answer = Exchange(
        url=url, asked=url, source="gazette", fetched_at=_NOW, status=200, body=f"<h1>{title}</h1>{body}".encode()
    )
    capture = writer.keep(answer, run=run, url_id=entry.id)
    article = Article(url=url, canonical_url=url, title=title, body=body, published_at=_NOW, extractor="bench")
    stored = writer.articles.store(article, source="gazette", seen_at=_NOW, capture_id=capture, url_id=entry.id)
    verdict = Verdict(
        state=State.KEPT,
        outcome=stored.outcome,
        article_id=stored.article_id,
        capture_id=capture,
        full_answer=True,
    )
    writer.ledger.settle(entry, verdict, run=run, now=_NOW)


def _copied(base: Path, place: Path) -> Path:
    shutil.copytree(base, place)
    return place


def _start(name: str, place: Path) -> subprocess.Popen[bytes]:
    """A work that holds its lock."""
    process = subprocess.Popen(
        [sys.executable, __file__, "--work", name, place],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    lock = place / ("backup/backup.lock" if name == "backup" else "archive/archive.lock")
    while process.poll() is None:
        with suppress(OSError, ValueError):
            if json.loads(lock.read_text())["pid"] == process.pid:
                break
        time.sleep(0.001)
    return process


def _without_kills(base: Path, place: Path, name: str) -> tuple[Path, float]:
    _copied(base, place)
    return place, _to_the_end(name, place)


def _to_the_end(name: str, place: Path) -> float:
    """The seconds for which the work held its lock."""
    process = _start(name, place)
    start = time.monotonic()
    _, said = process.communicate()
    if process.returncode:
        raise SystemExit(f"{name} ended with status {process.returncode}: {said.decode()}")
    return time.monotonic() - start


def _disturb(losses: Losses, name: str, place: Path, instants: Sequence[float]) -> None:
    """Kill the work after so many seconds, again and again, until it ends before it is killed; or let it end."""
    for after in instants:
        process = _start(name, place)
        try:
            process.communicate(timeout=after)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.communicate()
        else:
            if process.returncode:
                losses.lost.append(f"{name}: ended with status {process.returncode} after a kill")
            return
        losses.kills += 1
        losses.killed[name] = losses.killed.get(name, 0) + 1
        if name == "backup":
            _judge_backup(losses, place)
        elif name != "merge":  # files that came in for it have no rows until it is begun again
            _restart(losses, name, place)
    _to_the_end(name, place)


def _restart(losses: Losses, name: str, place: Path) -> None:
    from archive.writer import ArchiveWriter

    ArchiveWriter(place / "archive", purpose="bench").close()
    _verify(losses, f"{name}, after a kill", place / "archive")


def _verify(losses: Losses, when: str, folder: Path) -> None:
    from archive.care.verify import verify

    losses.unclean += [f"{when}: {damage.where}: {damage.what}" for damage in verify(folder)]


def _judge_backup(losses: Losses, place: Path) -> None:
    from archive.care.manifest import NAME, read_manifest, wrong_files

    if (place / "backup" / NAME).exists():
        losses.left += list(wrong_files(place / "backup", read_manifest(place / "backup")))


def _judge(losses: Losses, name: str, whole: Path, killed: Path) -> None:
    from archive.care.backup import restore

    if name == "backup":
        _judge_backup(losses, killed)
        restore(killed / "backup", killed / "restored")
        _verify(losses, "restored", killed / "restored")
        _compare(losses, name, whole / "archive", killed / "restored")
        return
    _restart(losses, name, killed)
    _compare(losses, name, whole / "archive", killed / "archive")
    if name == "takedown":
        losses.left += [str(path) for path in (killed / "archive").rglob("*") if _quotes(path)]


def _quotes(path: Path) -> bool:
    import gzip

    if not path.is_file():
        return False
    data = path.read_bytes()
    said = gzip.decompress(data) if path.name.endswith(".gz") else data
    return any(word in said for word in (_SECRET.encode(), _SECRET.lower().encode()))


_CONTENT = {
    "articles": "select id, title, body, revision from articles",
    "URLs": "select url, kind, state, reason from urls where url like 'http%'",
    "answers": "select distinct url, payload_digest from captures where url like 'http%'",
    "tombstones": "select scope, name, reason from tombstones",
}
_TWICE = {
    "article": "select url from articles group by url having count(*) > 1",
    "capture": "select url from captures where url like '%/answer/%' group by url having count(*) > 1",
    "event": "select u.url || ' ' || e.event || ' ' || e.at from url_events e join urls u on u.id = e.url_id"
    " where u.url like 'http%' and e.event = 'new' group by u.url having count(*) > 1"
    " and count(distinct e.run_id) < count(*)",
}


def _compare(losses: Losses, name: str, whole: Path, killed: Path) -> None:
    for what, sql in _CONTENT.items():
        differ = set(_query(whole, sql)) ^ set(_query(killed, sql))
        losses.lost += [f"{name}, {what}: {str(row)[:200]}" for row in sorted(differ, key=str)]
    for what, sql in _TWICE.items():
        losses.twice += [f"{name}, {what}: {row[0]}" for row in _query(killed, sql)]


def _query(folder: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(folder / "archive.db")) as db:
        return db.execute(sql).fetchall()


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--kills", type=int, default=120)
    options.add_argument("--seed", type=int, default=int(time.time()), help="the instants' dice (default: the clock)")
    options.add_argument("--of", nargs="*", choices=WORKS, default=WORKS, help="which works (default: all)")
    options.add_argument("--json", action="store_true")
    options.add_argument("--work", nargs=2, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.work:
        work(chosen.work[0], Path(chosen.work[1]))
        return 0
    losses = kill_works(chosen.kills, seed=chosen.seed, works=chosen.of)
    if chosen.json:
        print(json.dumps(asdict(losses) | {"seed": chosen.seed}))
    else:
        by = ", ".join(f"{name} {losses.killed.get(name, 0)}" for name in losses.ended)
        print(f"seed {chosen.seed}: {losses.kills} kills ({by}), {sum(losses.ended.values())} works ended")
        for name in ("lost", "twice", "unclean", "left"):
            found = getattr(losses, name)
            print(f"{name:<8} {len(found) or 'none'}" + "".join(f"\n    {one}" for one in found[:20]))
    return 0 if losses.none else 1


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
