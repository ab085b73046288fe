"""Query → files whose counts equal the count. A file is there when it is complete, or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from archive.errors import ArchiveError


def check_target(path: str | os.PathLike[str], suffixes: Sequence[str]) -> Path:
    """The path, if an export of one of these kinds can be made there. Raises ArchiveError."""
    target = Path(path)
    try:
        return _checked(target, suffixes)
    except OSError as error:  # a name too long, a folder that nobody may look into
        raise ArchiveError(f"{_shown(target)} cannot be written: {error.strerror or error}") from error


def _checked(target: Path, suffixes: Sequence[str]) -> Path:
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
    # The name is cut so that a target whose name is just short enough has a part whose name is, too.
    part = target.with_name(f".{target.name[:40]}.{secrets.token_hex(4)}.part")
    try:
        with part.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    except OSError as error:
        raise ArchiveError(f"{_shown(target)} cannot be written: {error.strerror or error}") from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _shown(target: Path) -> str:
    """The path in a message: cut where it would fill the screen."""
    text = str(target)
    return text if len(text) <= 200 else f"{text[:100]}…{text[-60:]}"
