"""A night divided: a run in the archive, a part for each group of sources, crawled where there is room, joined again.

The archive itself is written here alone. A part that was left behind, because whoever divided the night died, is joined
by the next night before it begins: what was fetched is not fetched again.
"""

from __future__ import annotations

import json
import math
import shutil
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from types import FrameType
from uuid import uuid4

from archive.afterwards import MOST_AT_ONCE, catch_up
from archive.care.merge import merge_into
from archive.clock import mend_clock
from archive.errors import DRIVER_ERRORS, CannotWrite, Locked
from archive.parts import adopt, make_part
from archive.times import utc_now
from archive.writer import ArchiveWriter, WarcInfo
from crawler.errors import CrawlerError
from crawler.machines.lanes import Lanes
from crawler.machines.machines import Machines
from crawler.night.crawl import CrawlOptions, CrawlResult
from crawler.shares.groups import Group, groups_of
from crawler.shares.lease import LEASES, PARTS, Lease
from crawler.shares.share import Done, Share, crawl_share, given_up, itself
from crawler.sources import FILE, Source, load_config, part_paused, pick

#: What a part's folder says of itself; without it the part was never handed out.
_TOLD = "part.json"
_STOP = "stop"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Left:
    """A part that an earlier night left behind."""

    folder: Path
    #: ``uid`` of its night's run.
    uid: str
    sources: tuple[str, ...]
    sites: tuple[str, ...]


def crawl_divided(options: CrawlOptions, machines: Machines) -> CrawlResult:
    """A night's crawl on several machines. Raises ConfigError, Locked, NotAnArchive, CannotWrite, CrawlerError.

    The archive is held all the while: nobody else begins to ask its sources.
    """
    folder = options.folder.resolve()
    config = load_config(folder)
    sources, left_out = part_paused(pick(config, options.sources), datetime.now().astimezone().date())
    try:
        with ArchiveWriter(folder, purpose=options.purpose, info=WarcInfo(agent="", operator=config.contact)) as writer:
            return _crawl(writer, replace(options, folder=folder), sources, left_out, machines)
    except DRIVER_ERRORS as error:
        raise CannotWrite(
            f"{folder} cannot be written: {error}; parts that are left are joined by the next night"
        ) from error


def _crawl(
    writer: ArchiveWriter,
    options: CrawlOptions,
    sources: Sequence[Source],
    left_out: tuple[Source, ...],
    machines: Machines,
) -> CrawlResult:
    busy = take_back(writer)
    groups = [group for group in groups_of(sources) if not group.sites & busy]
    run, uid, mended = _start(writer, options, sources, left_out)
    ended = _Night(writer=writer, run=run, uid=uid, options=options, groups=groups).crawl(machines)
    problems = [f"{group.name}: {done.problem}" for group, done in ended if done.problem]
    problems += [f"{site}: it is still being crawled for an earlier night" for site in sorted(busy)]
    interrupted = bool(problems) or len(ended) < len(groups) or any(done.interrupted for _, done in ended)
    writer.ledger.finish_run(run, "interrupted" if interrupted else "finished", utc_now())
    writer.commit()
    if problems:
        raise CrawlerError("the night is not complete; the next one goes on from here\n" + "\n".join(problems))
    if not interrupted:
        catch_up(writer, most=MOST_AT_ONCE)
    return CrawlResult(
        run=run,
        interrupted=interrupted,
        documents=(),
        plan=(),
        samples=(),
        left_out=left_out,
        log=None,
        mended=mended + sum(done.mended for _, done in ended),
    )


def finish_earlier(folder: Path) -> None:
    """Before a night that is not divided: join what a divided one left behind.

    Raises Locked, naming the sites, while somebody still crawls a part.
    """
    if any(_left_behind(folder)):
        with ArchiveWriter(folder, purpose="nightly") as writer:
            busy = take_back(writer)
        if busy:
            raise Locked(f"{', '.join(sorted(busy))}: still being crawled by another machine for an earlier night")


def take_back(writer: ArchiveWriter) -> frozenset[str]:
    """Join the parts that earlier nights left behind → the sites of those that somebody still crawls."""
    busy: set[str] = set()
    for left in _left_behind(writer.folder):
        try:
            with Lease(writer.folder, left.sites, uuid4().hex):
                _join(writer, left.folder, left.sources, left.uid)
        except Locked:
            busy |= set(left.sites)
    return frozenset(busy)


def _left_behind(folder: Path) -> Iterator[_Left]:
    for part in sorted((folder / PARTS).glob("*/*")):
        if part.parent.name == LEASES or not part.is_dir():
            continue
        try:
            told = json.loads((part / _TOLD).read_text(encoding="utf-8"))
        except FileNotFoundError:
            shutil.rmtree(part)  # it was never handed out
            continue
        yield _Left(folder=part, uid=told["run"], sources=tuple(told["sources"]), sites=tuple(told["sites"]))


def _start(
    writer: ArchiveWriter, options: CrawlOptions, sources: Sequence[Source], left_out: Sequence[Source]
) -> tuple[int, str, int]:
    """A new run → its number and uid, and how many URLs a clock that was ahead had put off."""
    now = utc_now()
    mended = mend_clock(writer.db, now)
    arguments = {"sources": list(options.sources), "limit": 0, "revisit": options.revisit}
    run = writer.ledger.start_run("crawl", arguments | {"paused": [source.name for source in left_out]}, now)
    for source in sources:
        writer.ledger.add_source(source.name, home=source.home, title=source.title, now=now)
        writer.rights.declare(source.name, source.basis, now)
    writer.commit()
    (uid,) = writer.db.execute("select uid from runs where id = ?", [run]).fetchone()
    return run, uid, mended


@dataclass(frozen=True, slots=True, kw_only=True)
class _Night:
    """A run that is divided."""

    writer: ArchiveWriter
    run: int
    #: By which the run is known in any copy of the archive.
    uid: str
    options: CrawlOptions
    groups: Sequence[Group]

    @property
    def parts(self) -> Path:
        """Where its parts are."""
        return self.writer.folder / PARTS / f"night-{self.run}"

    @property
    def stop(self) -> Path:
        """Once it is there, the night is to end in order."""
        return self.parts / _STOP

    def crawl(self, machines: Machines) -> list[tuple[Group, Done]]:
        """Hand out the shares, and join each part as soon as it is done."""
        self.parts.mkdir(parents=True, exist_ok=True)
        by_name = {group.name: group for group in self.groups}
        ended: list[tuple[Group, Done]] = []
        lanes: Lanes[Share, Done] = Lanes(machines, crawl_share, split=itself, given_up=given_up)
        with lanes, _asked_to_stop(self.stop):
            for share, (done,) in lanes.in_order(self._shares()):
                group = by_name[share.name]
                _join(self.writer, Path(share.part), group.sources, self.uid)
                ended.append((group, done))
        shutil.rmtree(self.parts, ignore_errors=True)
        return ended

    def _shares(self) -> Iterator[Share]:
        """The tasks, each with its part made ready."""
        for group in self.groups:
            if self.stop.exists():
                return
            part = self.parts / group.name
            make_part(self.writer.folder, part, group.sources, group.holds)
            shutil.copyfile(self.writer.folder / FILE, part / FILE)
            told = {"run": self.uid, "sources": group.sources, "sites": sorted(group.sites)}
            (part / _TOLD).write_text(json.dumps(told), encoding="utf-8")
            yield self._share(group, part)

    def _share(self, group: Group, part: Path) -> Share:
        deadline, budget, each = self.options.deadline, self.options.budget, self.options.source_budget
        return Share(
            folder=str(self.writer.folder),
            part=str(part),
            stop=str(self.stop),
            name=group.name,
            sources=group.sources,
            sites=tuple(sorted(group.sites)),
            deadline=deadline.isoformat() if deadline else None,
            requests=self._portion(group, budget.requests),
            bytes=self._portion(group, budget.bytes),
            source_requests=each.requests,
            source_bytes=each.bytes,
        )

    def _portion(self, group: Group, limit: int | None) -> int | None:
        """A group's part of what the night may cost: as large as its number of sources."""
        whole = sum(len(each.sources) for each in self.groups)
        return None if limit is None else max(1, math.ceil(limit * len(group.sources) / whole))


@contextmanager
def _asked_to_stop(stop: Path) -> Iterator[None]:
    """Within, Ctrl-C and SIGTERM ask all crawls, wherever they are, to end in order; a second one leaves them alone."""

    def heard(_number: int, _frame: FrameType | None) -> None:
        if stop.exists():
            raise KeyboardInterrupt
        stop.touch()

    before = {number: signal.signal(number, heard) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _join(writer: ArchiveWriter, part: Path, sources: Sequence[str], uid: str) -> None:
    """What a part brought into the archive, its log to the archive's; then it goes."""
    if (part / "archive.db").exists():
        (run,) = writer.db.execute("select max(id) from runs where uid = ?", [uid]).fetchone()
        merge_into(writer, part, run=run, link=True)
        adopt(writer, part, sources)
    for log in (part / "logs").glob("*.log"):
        (writer.folder / "logs").mkdir(exist_ok=True)
        shutil.move(log, writer.folder / "logs" / f"{log.stem}-{part.name}.log")
    shutil.rmtree(part)
