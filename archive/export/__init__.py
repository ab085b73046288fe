"""Query → files whose counts equal the count. A file is there when it is complete, or not at all."""

from __future__ import annotations

import fcntl
import glob
import os
import secrets
import shutil
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
    check_new_file(target)
    return target


def check_new_file(target: Path) -> None:
    """Raise ArchiveError unless a file can be made there; one of that name would be replaced."""
    try:
        if not target.parent.is_dir():
            raise ArchiveError(f"{shown(target)}: there is no folder {target.parent}; make it first")
        if target.is_dir():
            raise ArchiveError(f"{shown(target)} is a folder; name a file")
    except OSError as error:  # a name too long, a folder that nobody may look into
        raise ArchiveError(f"{shown(target)} cannot be written: {error.strerror or error}") from error


@contextmanager
def whole_file(target: Path) -> Iterator[BinaryIO]:
    """A file to write that appears under its name when the block ends well, and leaves no trace otherwise.

    Raises ArchiveError if the place cannot be written to.
    """
    part = part_of(target)
    try:
        clear_parts(target)
        with part.open("xb") as file, locked(part):
            yield file
            file.flush()
            os.fsync(file.fileno())
            part.replace(target)
    except OSError as error:
        raise ArchiveError(f"{shown(target)} cannot be written: {error.strerror or error}") from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def part_of(target: Path) -> Path:
    """A hidden name beside the target for what is not complete yet."""
    # Cut so that a target whose name is just short enough has a part whose name is, too.
    return target.with_name(f"{_stem(target)}{secrets.token_hex(4)}.part")


def clear_parts(target: Path) -> None:
    """Remove what a kill has left of earlier attempts at the target; those still under way hold a lock."""
    for left in target.parent.glob(f"{glob.escape(_stem(target))}????????.part"):
        with suppress(OSError), locked(left):
            if left.is_dir():
                shutil.rmtree(left)
            else:
                left.unlink()


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock that says that a file or folder is being made. Raises BlockingIOError if another process does."""
    handle = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)


def _stem(target: Path) -> str:
    return f".{target.name[:40]}."


def shown(target: Path) -> str:
    """The path in a message: cut where it would fill the screen."""
    text = str(target)
    return text if len(text) <= 200 else f"{text[:100]}…{text[-60:]}"
