"""Texts in the order of the disk in; tasks of some dozen captures of one WARC file, each with its texts, out."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from archive.generations.texts import Text
from archive.types import Template
from crawler.again.task import Piece, Task

#: Captures in a task: a second of cleaning, so that what a killed worker loses is little, and so is what is sent.
_CAPTURES = 25


class Batches:
    """Makes the tasks, and remembers of which texts each is made."""

    def __init__(
        self,
        folder: Path,
        *,
        templates: Mapping[str, Template | None],
        zones: Mapping[str, str | None],
        seconds: float,
        size: int = _CAPTURES,
    ) -> None:
        self._folder = str(folder.resolve())
        self._templates = templates
        self._zones = zones
        self._seconds = seconds
        self._size = max(1, min(size, _CAPTURES))
        self._made: deque[list[Text]] = deque()

    def tasks(self, texts: Iterable[Text]) -> Iterator[Task]:
        """The tasks, in order."""
        batch: list[Text] = []
        for text in texts:
            if batch and (len(batch) >= self._size or text.warc_file_id != batch[0].warc_file_id):
                yield self._task(batch)
                batch = []
            batch.append(text)
        if batch:
            yield self._task(batch)

    def take(self) -> list[Text]:
        """The texts of the oldest task that they were not taken of yet."""
        return self._made.popleft()

    def _task(self, batch: list[Text]) -> Task:
        self._made.append(batch)
        templates = {source: self._templates.get(source) for source in {text.source for text in batch}}
        return Task(
            folder=self._folder,
            pieces=tuple(self._piece(text) for text in batch),
            templates={source: template for source, template in templates.items() if template is not None},
            seconds=self._seconds,
        )

    def _piece(self, text: Text) -> Piece:
        return Piece(
            capture=text.capture,
            content_type=text.content_type,
            imported=text.imported,
            url=text.url,
            source=text.source,
            timezone=self._zones.get(text.source),
            hints=text.hints,
            whole=text.article_id is None,
        )
