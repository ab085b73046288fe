"""A whole import: files in; what became of each out, while articles and ledger are written. One writer, many workers.

    files → records, rows, saved pages → batches → workers → settled in their order → committed with their place

What is committed says how far each file has got, in the same transaction: whoever is killed goes on there.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from archive.afterwards import MOST_AT_ONCE, catch_up
from archive.errors import NoArchive
from archive.imports import Import, Repeat
from archive.incoming.answers import Passed
from archive.times import utc_now
from archive.types import Outcome
from archive.writer import ArchiveWriter
from crawler.intake.counts import Counts
from crawler.intake.files import Unusable, find_files, open_files
from crawler.intake.reading import Item, Problem, Unreadable, digest_of_saved, read_file
from crawler.intake.repeats import left_over, see_again
from crawler.intake.saved import printable
from crawler.intake.settle import Settled, Settler
from crawler.intake.tasks import (
    Batch,
    Done,
    Left,
    PayloadTask,
    RecordTask,
    RowTask,
    SavedTask,
    given_up,
    parts_of,
    work,
)
from crawler.intake.wish import Format, Owners, Wish
from crawler.machines.lanes import Lanes
from crawler.machines.machines import Machines, this_machine
from crawler.sources import FILE, load_config
from pipelines import EXTRACTOR

#: Tasks of one batch at most, and their bytes; the first batches have one, so that the first results come soon and
#: what the first pages repeat is learnt early. Items of one batch that need no worker.
_MOST, _BYTES, _SINGLE, _ITEMS = 8, 2 * 1024 * 1024, 16, 500
#: Batches after which a worker is replaced.
_RECYCLE_AFTER = 120
#: Mistakes of one file that are told one by one.
_TOLD = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of a saved page, of a file, or of a row that is wrong."""

    file: str
    outcome: Outcome | None = None
    id: str | None = None
    title: str | None = None
    #: Why it gave no record, or not all that it has; None: all is well.
    problem: str | None = None
    #: Of a file with many records; None: it is a page, or a row.
    counts: Counts | None = None
    #: Said instead of numbers that are not there.
    note: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        if self.counts is not None:
            return {"file": self.file, **self.counts.as_dict(), "problem": self.problem}
        names = ("file", "outcome", "id", "title", "problem")
        return {name: getattr(self, name) for name in names}

    def line(self) -> str:
        """For a person."""
        if self.problem:
            told = f"; {self.counts.line()}" if self.counts is not None and self.counts.records else ""
            return f"{self.file}: {self.problem}{told}"
        if self.counts is not None:
            return f"{self.file}\t{self.note or self.counts.line()}"
        return f"{self.outcome}\t{self.id}\t{self.title}"


@dataclass(slots=True, kw_only=True)
class _File:
    """A file while it is taken in."""

    name: str
    #: Of one page; False: it has many records.
    single: bool = False
    #: None: how far it has got is not remembered.
    known: Import | None = None
    size: int = 0
    #: Of this run.
    counts: Counts = field(default_factory=Counts)
    #: Since what became of its records was last written down.
    fresh: Counter[str] = field(default_factory=Counter)
    place: str = ""
    problems: list[str] = field(default_factory=list)
    mistakes: int = 0
    #: True: an earlier run has taken all of it.
    before: bool = False
    #: True: the limit was reached within it.
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class _Part:
    """An item of a file, or its end."""

    file: _File
    item: Item | None


def processes(workers: int) -> Machines:
    """Processes of this machine; 0: one a core."""
    return this_machine(workers, preload="crawler.intake.tasks", recycle_after=_RECYCLE_AFTER)


class Intake:
    """An import. ``machines``: who cleans; None: this machine, a process a core. ``limit``: pages to take at most.

    Raises NoArchive.
    """

    def __init__(
        self,
        folder: Path,
        wish: Wish,
        *,
        limit: int | None = None,
        machines: Machines | None = None,
        dry_run: bool = False,
        told: Callable[[Intake], None] | None = None,
    ) -> None:
        if not (folder / "archive.db").exists() and not (folder / FILE).exists():
            raise NoArchive(f"there is no archive in {folder}; make one with: nightdesk init {folder}")
        config = load_config(folder) if (folder / FILE).exists() else None
        self._folder = folder
        self._owners = Owners(wish=wish, declared=config.sources if config else ())
        self._dry_run = dry_run
        self._machines = machines or processes(config.workers if config else 0)
        self._left = limit
        self._told = told
        self._batches = 0
        #: Of the whole run.
        self.counts = Counts()
        #: Bytes of files that are settled.
        self.bytes_read = 0
        self._bytes_before = 0

    def run(self, paths: Iterable[Path]) -> Generator[Taken, None, None]:
        """Take files in; each is committed before it is told of. Stopped half-way, the run is ``interrupted``.

        Raises Locked, NotAnArchive.
        """
        paths = list(paths)
        with ArchiveWriter(self._folder, purpose="import", dry_run=self._dry_run) as writer:
            arguments = {"files": [printable(path) for path in paths], **self._owners.wish.as_dict()}
            run = writer.ledger.start_run("import", arguments, utc_now())
            writer.commit()
            settler = Settler(writer, run, self._owners)
            try:
                yield from self._take(writer, settler, self._parts(writer, paths))
                if self._left != 0:
                    yield from self._take(writer, settler, self._repeats(writer))
            except (KeyboardInterrupt, GeneratorExit):
                writer.roll_back()
                writer.ledger.finish_run(run, "interrupted", utc_now())
                writer.commit()
                raise
            writer.ledger.finish_run(run, "finished", utc_now())
            if not self._dry_run:
                catch_up(writer, most=MOST_AT_ONCE)

    # ---- what there is to do ------------------------------------------------------------------------------

    def _parts(self, writer: ArchiveWriter, paths: Iterable[Path]) -> Iterator[_Part]:
        """All items of all files, in order, until the limit is reached."""
        for path in find_files(paths):
            for found in open_files(path, self._owners.wish.format):
                if isinstance(found, Unusable):
                    file = _File(name=printable(found.path), single=True, problems=[found.why])
                    yield _Part(file, None)
                    continue
                file = _File(name=found.name, single=found.format is Format.SAVED, size=found.size or 0)
                if found.digest is not None:
                    file.known = self._open(writer, found.digest, found.name)
                    if file.known.done:
                        file.before = True
                        yield _Part(file, None)
                        continue
                items = read_file(found, self._owners, writer.imports, file.known)
                yield from self._items(writer, file, items)
                if self._left == 0:
                    return

    def _items(self, writer: ArchiveWriter, file: _File, items: Iterator[Item]) -> Iterator[_Part]:
        try:
            for item in items:
                if isinstance(item.what, SavedTask):
                    saved = item.what.saved
                    file.known = self._open(writer, digest_of_saved(saved), file.name, extractor=EXTRACTOR)
                    again = _again(writer, file.known)
                    if again is not None:
                        yield _Part(file, replace(item, what=again))
                        continue
                yield _Part(file, item)
                if self._left is not None and isinstance(item.what, RecordTask | RowTask | SavedTask):
                    self._left -= 1
                    if self._left == 0:
                        file.stopped = True
                        break
        except Unreadable as error:
            file.problems.append(str(error))
        yield _Part(file, None)

    def _open(self, writer: ArchiveWriter, digest: str, name: str, **more: str) -> Import:
        return writer.imports.open(digest, {**self._owners.wish.as_dict(), **more}, name, utc_now())

    def _repeats(self, writer: ArchiveWriter) -> Iterator[_Part]:
        """Repeats of earlier files, and of this run's, whose payload may have come by now."""
        file = _File(name="repeats of pages")
        for what in left_over(writer, self._folder):
            yield _Part(file, Item(what=what, place="", offset=0))

    def _batched(self, writer: ArchiveWriter, parts: Iterable[_Part], under_way: deque[list[_Part]]) -> Iterator[Batch]:
        """What goes to the workers; ``under_way`` gets what each batch was made of, in their order."""
        waiting: list[_Part] = []
        tasks = size = 0
        for part in parts:
            waiting.append(part)
            if part.item is not None and (weight := _weight(part.item)):
                tasks, size = tasks + 1, size + weight
            most = 1 if self._batches < _SINGLE else _MOST
            if tasks >= most or size >= _BYTES or len(waiting) >= _ITEMS:
                under_way.append(waiting)
                yield self._batch(writer, waiting)
                waiting, tasks, size = [], 0, 0
        under_way.append(waiting)
        yield self._batch(writer, waiting)

    def _batch(self, writer: ArchiveWriter, parts: list[_Part]) -> Batch:
        self._batches += 1
        tasks = tuple(part.item.what for part in parts if part.item is not None and _weight(part.item))
        names = {name for task in tasks if (name := self._source_of(task)) is not None}
        templates = {name: template for name in names if (template := writer.templates.current(name)) is not None}
        return Batch(tasks=tasks, owners=self._owners, templates=templates, seconds=30.0)  # type: ignore[arg-type]

    def _source_of(self, task: object) -> str | None:
        """Whose template a task wants."""
        if isinstance(task, RecordTask):
            return self._owners.of(task.url)
        if isinstance(task, SavedTask):
            return self._owners.of_saved(task.saved.url)
        return task.source if isinstance(task, PayloadTask) else None

    # ---- what became of it --------------------------------------------------------------------------------

    def _take(self, writer: ArchiveWriter, settler: Settler, parts: Iterable[_Part]) -> Iterator[Taken]:
        under_way: deque[list[_Part]] = deque()
        with Lanes(self._machines, work, split=parts_of, given_up=given_up) as lanes:
            for _, results in lanes.in_order(self._batched(writer, parts, under_way)):
                batch = under_way.popleft()
                became = iter(results)
                told: list[Taken] = []
                for part in batch:
                    told += self._settle(writer, settler, part, became)
                self._write_down(writer, batch)
                writer.commit()
                if self._told is not None:
                    self._told(self)
                yield from told

    def _settle(
        self, writer: ArchiveWriter, settler: Settler, part: _Part, became: Iterator[Done | Left]
    ) -> Iterator[Taken]:
        file, item = part.file, part.item
        if item is None:
            yield from self._end(writer, file)
            return
        file.place, self.bytes_read = item.place, self._bytes_before + item.offset
        what = item.what
        if isinstance(what, Problem):
            file.problems.append(what.what)
        elif isinstance(what, Left):
            self._count(file, what.why)
        elif isinstance(what, Settled):
            self._count(file, what)
            file.place = file.known.place if file.known else ""
            yield _taken(file.name, what)
        elif isinstance(what, Repeat):
            settled = see_again(writer, settler, what)
            if settled is not None:
                self._count(file, settled)
        else:
            yield from self._settle_task(settler, file, next(became))

    def _settle_task(self, settler: Settler, file: _File, done: Done | Left) -> Iterator[Taken]:
        if isinstance(done, Left):
            self._count(file, done.why)
            return
        settled = settler.settle(done, from_past=not file.single)
        self._count(file, settled)
        file.counts.misfits += done.misfit
        self.counts.misfits += done.misfit
        if isinstance(settled, Passed):
            return
        if file.single:
            file.place = done.address
            yield _taken(done.place, settled)
        elif done.mistake:
            file.mistakes += 1
            if file.mistakes <= _TOLD:
                yield _taken(done.place, settled)

    def _count(self, file: _File, became: Settled | Passed) -> None:
        file.fresh[file.counts.add(became)] += 1
        self.counts.add(became)

    def _end(self, writer: ArchiveWriter, file: _File) -> Iterator[Taken]:
        self._bytes_before += file.size
        self.bytes_read = self._bytes_before
        if file.before and file.known is not None:
            problem = file.known.problem and f"taken in before; {file.known.problem}"
            yield Taken(file=file.name, problem=problem, counts=file.counts, note="taken in before: nothing to do")
            return
        if file.mistakes > _TOLD:
            file.problems.append(f"{file.mistakes - _TOLD} more rows are wrong")
        problem = "; ".join(file.problems) or None
        if file.known is not None:
            self._write_down_one(writer, file)
            if not file.stopped and not (file.single and problem):
                writer.imports.finish(file.known.id, utc_now(), problem)
        if problem or not file.single:
            counts = None if file.single else file.counts
            yield Taken(file=file.name, problem=problem, counts=counts)

    def _write_down(self, writer: ArchiveWriter, parts: list[_Part]) -> None:
        for file in {id(part.file): part.file for part in parts}.values():
            self._write_down_one(writer, file)

    def _write_down_one(self, writer: ArchiveWriter, file: _File) -> None:
        """How far a file has got, with what became of its records."""
        if file.known is not None and (file.fresh or file.place):
            writer.imports.move(file.known.id, file.place, file.fresh)
            file.fresh = Counter()


def _weight(item: Item) -> int:
    """Bytes that a task brings to a worker; 0: it is none."""
    what = item.what
    if isinstance(what, RecordTask):
        return len(what.record.block) + 1
    if isinstance(what, RowTask):
        return len(what.raw) + 1
    if isinstance(what, SavedTask):
        return len(what.saved.body) + 1
    return len(what.payload) + 1 if isinstance(what, PayloadTask) else 0


def _taken(place: str, settled: Settled) -> Taken:
    if settled.outcome in (Outcome.REJECTED, Outcome.REFUSED):
        return Taken(file=place, outcome=settled.outcome, problem=f"{settled.reason}: {settled.detail}")
    return Taken(file=place, outcome=settled.outcome, id=settled.article_id, title=settled.title)


def _again(writer: ArchiveWriter, known: Import) -> Settled | None:
    """What a saved page came to that an earlier run has taken in; None: it did not, or gave no article."""
    entry = writer.ledger.entry(known.place) if known.done else None
    if entry is None or entry.article_id is None:
        return None
    row = writer.db.execute("select title from articles where id = ?", [entry.article_id]).fetchone()
    return Settled(outcome=Outcome.UNCHANGED, article_id=entry.article_id, title=row[0]) if row else None
