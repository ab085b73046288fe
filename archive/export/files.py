"""Pieces → a file or a folder that is there when it is complete, or not at all; packed, counted and with its digest."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from archive.errors import ArchiveError
from archive.export import clear_parts, locked, part_of, shown

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer

#: gzip's own default; at 9 it takes twice as long for 1 % less.
_GZIP_LEVEL = 6
_ZSTD_LEVEL = 6


class Counted(io.RawIOBase):
    """A binary file that knows how much was written to it and the SHA-256 of that. Closing it leaves the other open."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__()
        self._file = file
        self._digest = hashlib.sha256()
        #: Written so far.
        self.bytes = 0

    def writable(self) -> bool:
        """It is for writing."""
        return True

    def write(self, data: Buffer, /) -> int:
        """Write all of it."""
        size = memoryview(data).nbytes
        self._digest.update(data)
        self.bytes += size
        self._file.write(data)
        return size

    @property
    def sha256(self) -> str:
        """Hex digest of what was written."""
        return self._digest.hexdigest()


@contextmanager
def packed(file: Counted, packing: str) -> Iterator[BinaryIO]:
    """A file to write that is packed into another: ``.gz``, ``.zst`` or nothing. The same bytes each time."""
    if packing == ".gz":
        import gzip

        # No name and no time in the header: they would differ from one time to the next.
        with gzip.GzipFile("", "wb", _GZIP_LEVEL, file, mtime=0) as zipped:
            yield cast("BinaryIO", zipped)
    elif packing == ".zst":
        with zstd().ZstdFile(file, "w", level=_ZSTD_LEVEL) as zipped:
            yield zipped
    else:
        yield cast("BinaryIO", file)


def open_packed(path: Path) -> BinaryIO:
    """Open a file to read what is packed in it, told by its ending. Raises OSError."""
    if path.suffix.lower() == ".gz":
        import gzip

        return cast("BinaryIO", gzip.open(path, "rb"))
    if path.suffix.lower() == ".zst":
        return cast("BinaryIO", zstd().open(path, "rb"))
    return path.open("rb")


def zstd() -> Any:
    """The module for Zstandard: Python's own from 3.14 on."""
    if sys.version_info >= (3, 14):
        from compression import zstd as module
    else:
        from backports import zstd as module
    return module


@contextmanager
def whole_folder(target: Path) -> Iterator[Path]:
    """A folder to fill that appears under its name when the block ends well, and leaves no trace otherwise.

    Raises ArchiveError if there is something of that name already, or the place cannot be written to.
    """
    part = part_of(target)
    try:
        check_new_folder(target)
        clear_parts(target)
        part.mkdir()
        try:
            with locked(part):
                yield part
                _sync(part)
            if target.is_dir():
                target.rmdir()  # empty: checked
            part.rename(target)
            _sync_one(target.parent)
        finally:
            if part.exists():
                shutil.rmtree(part, ignore_errors=True)
    except OSError as error:
        raise ArchiveError(f"{shown(target)} cannot be written: {error.strerror or error}") from error


def check_new_folder(target: Path) -> None:
    """Raise ArchiveError unless a new folder can be made there; an empty one is as good as none."""
    try:
        if not target.absolute().parent.is_dir():
            raise ArchiveError(f"{shown(target)}: there is no folder {target.absolute().parent}; make it first")
        if target.exists() and (not target.is_dir() or any(target.iterdir())):
            raise ArchiveError(f"{shown(target)} is there already; name a new folder, nothing is written over")
    except OSError as error:
        raise ArchiveError(f"{shown(target)} cannot be written: {error.strerror or error}") from error


def _sync(folder: Path) -> None:
    """Have everything in the folder on the disk."""
    for path in folder.rglob("*"):
        _sync_one(path)
    _sync_one(folder)


def _sync_one(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def digest_of(path: Path, *, unpacked: bool = False) -> str:
    """SHA-256 of a file, in hex; of what is packed in it if ``unpacked``. Raises OSError."""
    digest = hashlib.sha256()
    with open_packed(path) if unpacked else path.open("rb") as file:
        while data := file.read(1 << 20):
            digest.update(data)
    return digest.hexdigest()
