"""Cleaning again, from what was asked to its end: tried, or applied as a generation; and taken back."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from archive.afterwards import MOST_AT_ONCE, catch_up
from archive.errors import DRIVER_ERRORS, CannotWrite, NoArchive, NotFound
from archive.generations.choose import fill_queue, make_queue, sources_of
from archive.generations.store import Generation, GenerationStore, Undone, generations_of
from archive.generations.tally import Tally
from archive.generations.texts import Text, iter_queue
from archive.generations.wanted import Wanted
from archive.learnt import template_from
from archive.opening import open_to_read
from archive.sqlite import Database
from archive.times import utc_now
from archive.types import Template
from archive.writer import ArchiveWriter
from crawler.again.batches import Batches
from crawler.again.judge import Earnest, Trial
from crawler.again.options import Asked, Reextraction
from crawler.again.task import Cleaned, NotShared, Task, clean_again, given_up, parts_of
from crawler.backfill.makeway import REEXTRACT, refuse_by_night, wanted_by_night
from crawler.errors import ConfigError, CrawlerError
from crawler.machines.lanes import Lanes
from crawler.machines.machines import Machines, this_machine
from crawler.sources import FILE, Source, load_config
from pipelines import EXTRACTOR

#: Seconds between two commits: what a kill costs.
_COMMIT_S = 2.0
#: Tasks after which a process is replaced: some hundred pages.
_RECYCLE_AFTER = 20

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """What both the trial and the real thing need."""

    asked: Asked
    sources: dict[str, Source]
    templates: dict[str, Template | None]
    machines: Machines
    progress: Progress


def try_again(asked: Asked, progress: Progress) -> Reextraction:
    """Clean all that is wanted and compare; nothing is written, and a crawl may go on meanwhile.

    Raises BadQuery, ConfigError, NoArchive, or CrawlerError for a cluster that cannot do it.
    """
    db = _open(asked.folder)
    try:
        db.execute("pragma query_only = off")  # for temporary tables; the file itself is open read-only
        make_queue(db)
        with _job(asked, db, progress) as job:
            listed = fill_queue(db, 0, asked.wanted, extractor=EXTRACTOR, templates=_digests(job.templates))
            trial, ended_by = Trial(db, Tally(), job.sources), None
            try:
                for texts, results in _clean(job, db, 0, listed.captures):
                    for text, cleaned in zip(texts, results, strict=True):
                        trial.take(text, cleaned)
            except KeyboardInterrupt:
                ended_by = "interrupted"
            return Reextraction(
                generation=None,
                tally=trial.tally,
                captures=listed.captures,
                without_capture=listed.without_capture,
                extractor=EXTRACTOR,
                ended_by=ended_by,
            )
    finally:
        db.close()


def reextract(asked: Asked, progress: Progress) -> Reextraction:
    """Clean all that is wanted, and apply it as a generation; what was begun and not finished goes on.

    Raises as ``try_again``, and Locked while somebody writes or a night goes on, CannotWrite.
    """
    _open(asked.folder).close()  # says what is wrong with it, before one is made
    refuse_by_night(asked.folder, "cleaning again")
    try:
        with ArchiveWriter(asked.folder, purpose=REEXTRACT) as writer, _job(asked, writer.db, progress) as job:
            outcome = _apply(writer, job)
            if outcome.ended_by is None:
                catch_up(writer, most=MOST_AT_ONCE)
            return outcome
    except DRIVER_ERRORS as error:
        raise CannotWrite(
            f"{asked.folder} cannot be written: {error}; what was done is kept, and the same command goes on from there"
        ) from error


def undo(folder: Path, number: int | None) -> list[Undone]:
    """Put back what the last generation replaced, or all from the last back to ``number``.

    Raises NotFound where there is none, Locked, NoArchive, CannotWrite.
    """
    _open(folder).close()
    try:
        with ArchiveWriter(folder, purpose=REEXTRACT) as writer:
            store = GenerationStore(writer.db)
            undone = [store.undo(each.id, utc_now()) for each in _to_undo(store.all(), number)]
            writer.commit()
            catch_up(writer, most=MOST_AT_ONCE)
            return undone
    except DRIVER_ERRORS as error:
        raise CannotWrite(f"{folder} cannot be written: {error}; nothing was put back") from error


def generations(folder: Path) -> list[Generation]:
    """Every generation of an archive, oldest first. Raises NoArchive, NotAnArchive."""
    db = _open(folder)
    try:
        return list(generations_of(db))
    finally:
        db.close()


def _to_undo(every: list[Generation], number: int | None) -> list[Generation]:
    standing = [each for each in reversed(every) if each.undone_at is None]
    if not standing:
        raise NotFound("there is no generation to take back; nightdesk reextract --list shows them all")
    if number is None:
        return standing[:1]
    if number not in {each.id for each in standing}:
        raise NotFound(
            f"there is no generation {number} to take back; those that stand: "
            + ", ".join(str(each.id) for each in standing)
        )
    return [each for each in standing if each.id >= number]


def _open(folder: Path) -> Database:
    if not (folder / "archive.db").is_file():
        raise NoArchive(f"there is no archive in {folder}; make one with: nightdesk init {folder}")
    return open_to_read(folder / "archive.db")


@contextmanager
def _job(asked: Asked, db: Database, progress: Progress) -> Iterator[_Job]:
    declared = load_config(asked.folder).sources if (asked.folder / FILE).exists() else ()
    with _machines(asked) as machines:
        yield _Job(
            asked=asked,
            sources={source.name: source for source in declared},
            templates={name: template_from(db, name) for name in sources_of(db)},
            machines=machines,
            progress=progress,
        )


def _machines(asked: Asked) -> Machines:
    if asked.dask is not None:
        from crawler.machines.cluster import cluster  # an extra

        return cluster(asked.dask)
    return this_machine(asked.workers, preload="crawler.again.task", recycle_after=_RECYCLE_AFTER)


def _digests(templates: dict[str, Template | None]) -> dict[str, str | None]:
    return {source: template.digest if template else None for source, template in templates.items()}


def _clean(job: _Job, db: Database, generation: int, captures: int) -> Iterator[tuple[list[Text], list[Cleaned]]]:
    """Texts with what cleaning made of each, in the order of the disk."""
    batches = Batches(
        job.asked.folder,
        templates=job.templates,
        zones={source.name: source.timezone for source in job.sources.values()},
        seconds=job.asked.seconds,
        size=captures // (3 * job.machines.width),
    )
    done = 0
    lanes: Lanes[Task, Cleaned] = Lanes(job.machines, clean_again, split=parts_of, given_up=given_up)
    with lanes:
        for results in _as_ours(lanes, batches.tasks(iter_queue(db, generation)), job):
            texts = batches.take()
            yield texts, results
            done += len(texts)
            job.progress(done, captures)


def _as_ours(lanes: Lanes[Task, Cleaned], tasks: Iterator[Task], job: _Job) -> Iterator[list[Cleaned]]:
    """The results, as long as they are of our own version and from our own files."""
    try:
        for _, results in lanes.in_order(tasks):
            others = {cleaned.extractor for cleaned in results} - {EXTRACTOR}
            if others:
                raise CrawlerError(
                    f"a worker of {job.machines.name} has {', '.join(sorted(others))}, this machine {EXTRACTOR};"
                    " install the same on all, or the records will differ by chance"
                )
            yield results
    except NotShared as error:
        raise CrawlerError(
            f"a worker of {job.machines.name} does not see the archive at {error};"
            " all machines must have its folder under that path"
        ) from None


def _apply(writer: ArchiveWriter, job: _Job) -> Reextraction:
    store, wanted, now = GenerationStore(writer.db), job.asked.wanted, utc_now()
    begun = store.unfinished()
    if begun is None:
        number = store.begin(wanted, EXTRACTOR, now)
        listed = fill_queue(writer.db, number, wanted, extractor=EXTRACTOR, templates=_digests(job.templates))
        captures, without, tally = listed.captures, listed.without_capture, Tally()
        tally.counts["without capture"] = without
    else:
        _same_words(begun, wanted)
        store.go_on(begun.id, EXTRACTOR)
        number, captures, tally = begun.id, begun.left, begun.tally
        without = tally.counts["without capture"]
    run = writer.ledger.start_run("reextract", {"asked": wanted.as_typed()}, now) if wanted.pages else None
    store.save(number, tally)
    writer.commit()
    earnest = Earnest(writer, tally, job.sources, generation=number, run=run)
    ended_by = _apply_all(writer, job, earnest, number, captures)
    tally = earnest.tally
    changed = any(tally.counts[name] for name in ("changed", "made by", "settled"))
    if ended_by is None:
        store.finish(number, utc_now(), changed=changed)
    if run is not None:
        writer.ledger.finish_run(run, "interrupted" if ended_by else "finished", utc_now())
    writer.commit()
    return Reextraction(
        generation=number if changed or ended_by else None,
        tally=tally,
        captures=captures,
        without_capture=without,
        extractor=EXTRACTOR,
        ended_by=ended_by,
    )


def _same_words(begun: Generation, wanted: Wanted) -> None:
    if begun.wanted != wanted:
        raise ConfigError(
            f"generation {begun.id} is not finished ({begun.left:,} captures are left); finish it first with:"
            f" nightdesk reextract {begun.wanted.as_typed()}\nor take back what it has done with:"
            " nightdesk reextract --rollback"
        )


def _apply_all(writer: ArchiveWriter, job: _Job, earnest: Earnest, generation: int, captures: int) -> str | None:
    """Clean and write, with a commit now and then → why it ended early; None: it did not."""
    store, committed = GenerationStore(writer.db), time.monotonic()

    def commit() -> None:
        store.save(generation, earnest.tally)
        writer.commit()

    try:
        for texts, results in _clean(job, writer.db, generation, captures):
            for text, cleaned in zip(texts, results, strict=True):
                earnest.take(text, cleaned)
            store.done(generation, texts)
            if time.monotonic() - committed >= _COMMIT_S:
                commit()
                committed = time.monotonic()
                if wanted_by_night(writer.folder):
                    return "night"
    except KeyboardInterrupt:
        # Struck within a batch: it is taken back whole, and cleaned again by the next.
        writer.db.rollback()
        writer.begin()
        earnest.tally = store.tally_of(generation)
        return "interrupted"
    commit()
    return None
