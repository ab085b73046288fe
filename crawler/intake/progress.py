"""An import's live line on a terminal's standard error: how far, how fast, how long still."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.intake.files import STDIN, find_files

if TYPE_CHECKING:
    from collections.abc import Callable

    from crawler.intake.run import Intake


@contextmanager
def progress_of(paths: Iterable[Path]) -> Iterator[Callable[[Intake], None] | None]:
    """What an import calls when it has got further; None where nobody would see it."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        BarColumn(),
        DownloadColumn(),
        TextColumn("{task.fields[pages]:,} pages"),
        TextColumn("{task.fields[rate]:.0f}/s"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=sizes_of(paths), pages=0, rate=0.0)

        def told(intake: Intake) -> None:
            elapsed = bar.tasks[0].elapsed or 1
            pages = intake.counts.pages
            bar.update(task, completed=intake.bytes_read, pages=pages, rate=pages / elapsed)

        yield told


def sizes_of(paths: Iterable[Path]) -> int | None:
    """Bytes of all files; None: it cannot be told."""
    total = 0
    for path in find_files(paths):
        if path == STDIN:
            return None
        try:
            total += path.stat().st_size
        except OSError:
            continue
    return total
