"""What a backfill asks for next: the pages of the newest list first, then the next list.

A list is read only when what the lists before it brought has been handed out: so a budget is spent on pages, newest
first, and an end at any moment leaves a past that is whole from today back to some day.
"""

from __future__ import annotations

from collections.abc import Callable

from archive.backfills import Step
from crawler.backfill.course import Course
from crawler.backfill.wish import is_remote
from crawler.desk import Desk
from crawler.frontier import _BATCH, _PER_SOURCE, Frontier
from pipelines.stages import Refine


class BackfillFrontier(Frontier):
    """A night's frontier with another queue: the course's pages and steps. ``read_file`` begins a step on this disk."""

    def __init__(
        self, desk: Desk, refine: Refine, course: Course, read_file: Callable[[Step], None], *, most_documents: int
    ) -> None:
        super().__init__(desk, refine, lambda _source: (), most_documents=most_documents)
        self._unopened.clear()
        self._course = course
        self._read_file = read_file
        self._name = course.source.name

    def file_opened(self) -> None:
        """A file on this disk is being gone through: counts as a document under way until ``document_done``."""
        self._reading[self._name] += 1

    def pages_captured(self) -> None:
        """Pages have come into the WARC on another way than the network: they wait to be cleaned."""
        self._captured_left = True
        self._changed.set()

    def _open_sources(self) -> None:
        name = self._name
        if self._reading or self._desk.over(name):
            return
        if not self._desk.dry_run:
            if not self._ready[name] and name in self._unread and self._active[name] < _PER_SOURCE:
                self._fill(name)
            if self._ready[name] or name in self._unread or name in self._unsaved:
                return
        step = self._course.next_step()
        if step is None:
            return
        if step.continues and (self._under_way or self._cleaning):
            return  # the days of what the part before it lists decide whether it is needed
        if step.way == "warc" and not is_remote(step.place):
            self._read_file(step)
            return
        errand = self._course.errand(step)
        self._documents_asked.discard(errand.entry.id)  # a large file is asked for in parts
        self.add_document(errand)

    def _more(self) -> bool:
        return super()._more() or (not self._desk.over(self._name) and self._course.next_step() is not None)

    def _fill(self, name: str) -> None:
        busy = {entry_id for entry_id, source in self._under_way.items() if source == name}
        batch = self._course.claim(_BATCH, busy)
        self._ready[name].extend(batch)
        if len(batch) < _BATCH:
            self._unread.discard(name)
