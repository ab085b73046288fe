"""Query → files whose counts equal the count. A file is there when it is complete, or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from archive.errors import ArchiveError


def check_target(path: str | os.PathLike[str], suffixes: Sequence[str]) -> Path:
    """The path, if an export of one of these kinds can be made there. Raises ArchiveError."""
    target = Path(path)
    if target.suffix.lower() not in suffixes:
        raise ArchiveError(f"{target}: cannot export to this kind of file; name one that ends in {', '.join(suffixes)}")
    if not target.parent.is_dir():
        raise ArchiveError(f"{target}: there is no folder {target.parent}; make it first")
    if target.is_dir():
        raise ArchiveError(f"{target} is a folder; name a file")
    return target


@contextmanager
def whole_file(target: Path) -> Iterator[BinaryIO]:
    """A file to write that appears under its name when the block ends well, and leaves no trace otherwise.

    Raises ArchiveError if the place cannot be written to.
    """
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    except OSError as error:
        raise ArchiveError(f"{target} cannot be written: {error.strerror or error}") from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
