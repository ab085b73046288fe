"""WARC files that lie elsewhere: in object storage, by a URL that fsspec understands (s3://, gs://, sftp://, file://).

A closed file never changes, so it can be moved out of the archive's folder. In its place stays ``NAME.moved``, a line
of JSON that says where it is, how long, and its SHA-256. Whoever reads captures opens files by ``open_warc`` or
``read_range``, which follow it; a single record is asked for by its range. The note is written before the first byte
is sent, and the local file removed after the copy was read back: a kill in between leaves the local file, which counts.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from archive.errors import ArchiveError

_SUFFIX = ".moved"
_BLOCK = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """Where a file lies that is no longer in its place."""

    url: str
    size: int
    sha256: str


def moved_to(path: Path) -> Moved | None:
    """Where a file was moved to; None: nowhere. Raises OSError if that cannot be read."""
    try:
        return Moved(**json.loads(note_of(path).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError) as error:
        raise OSError(errno.EIO, f"it does not say where the file is: {error}", str(note_of(path))) from error


def size_of(path: Path) -> int:
    """The bytes of a file, wherever it lies, as far as this machine knows. Raises OSError where there is none."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        moved = moved_to(path)
        if moved is None:
            raise
        return moved.size


def open_warc(path: Path) -> BinaryIO:
    """A file to read, wherever it lies. Raises OSError."""
    try:
        return path.open("rb")
    except FileNotFoundError:
        moved = moved_to(path)
        if moved is None:
            raise
    with _store_errors(moved.url):
        return cast("BinaryIO", _fsspec().open(moved.url, "rb").open())


def read_range(path: Path, offset: int, length: int) -> bytes:
    """Bytes of a file, wherever it lies; fewer where it ends. Raises OSError."""
    try:
        with path.open("rb") as file:
            file.seek(offset)
            return file.read(length)
    except FileNotFoundError:
        moved = moved_to(path)
        if moved is None:
            raise
    with _store_errors(moved.url):
        store, name = _fsspec().core.url_to_fs(moved.url)
        return bytes(store.cat_file(name, start=offset, end=offset + length))


@contextmanager
def at_hand(path: Path) -> Iterator[Path]:
    """A file on this machine: itself, or while the block lasts a copy of what lies elsewhere. Raises OSError."""
    if path.exists() or moved_to(path) is None:
        yield path
        return
    with open_warc(path) as there, tempfile.NamedTemporaryFile(suffix=path.name) as copy:
        shutil.copyfileobj(there, copy, _BLOCK)
        copy.flush()
        yield Path(copy.name)


def move_out(path: Path, url: str) -> Moved:
    """Move a closed file to a URL; where it lies then. Raises OSError, ArchiveError; then it is still in its place."""
    sha256, size = _digest(path.open("rb"))
    moved = Moved(url=url, size=size, sha256=sha256)
    with _store_errors(url):
        store, name = _fsspec().core.url_to_fs(url)
    _write_note(path, moved)
    try:
        with _store_errors(url):
            store.makedirs(store._parent(name), exist_ok=True)
            store.put_file(str(path), name)
            there = _digest(cast("BinaryIO", store.open(name, "rb")))
        if there != (sha256, size):
            raise ArchiveError(f"{url}: what arrived is not what was sent; {path.name} stays where it is")
    except BaseException:
        with suppress(Exception):  # where it cannot be said that nothing is there, the note stays, too
            _remove(store, name)
            note_of(path).unlink()
        raise
    path.unlink()
    return moved


def _write_note(path: Path, moved: Moved) -> None:
    part = note_of(path).with_suffix(".part")
    with part.open("w", encoding="utf-8") as note:
        note.write(json.dumps(asdict(moved)) + "\n")
        note.flush()
        os.fsync(note.fileno())
    part.replace(note_of(path))


def _remove(store: Any, name: str) -> None:
    if store.exists(name):
        store.rm_file(name)


def bring_back(path: Path) -> bool:
    """Bring a file back into its place and remove the copy elsewhere; False: it was not moved.

    Raises OSError; ArchiveError if the copy is not what was sent.
    """
    moved = moved_to(path)
    if moved is None:
        return False
    with _store_errors(moved.url):
        store, name = _fsspec().core.url_to_fs(moved.url)
        if not path.exists():
            part = path.with_name(f"{path.name}.part")
            store.get_file(name, str(part))
            if _digest(part.open("rb")) != (moved.sha256, moved.size):
                part.unlink()
                raise ArchiveError(f"{moved.url} is not what was sent there: bring {path.name} back from a backup")
            with part.open("rb") as file:
                os.fsync(file.fileno())
            part.replace(path)
        _remove(store, name)
    note_of(path).unlink()
    return True


def note_of(path: Path) -> Path:
    """Where it is written that a file was moved, and where to."""
    return path.with_name(path.name + _SUFFIX)


def _digest(file: BinaryIO) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with file:
        while block := file.read(_BLOCK):
            digest.update(block)
            size += len(block)
    return digest.hexdigest(), size


def _fsspec() -> Any:
    try:
        import fsspec
    except ImportError as error:
        raise OSError(errno.ENOSYS, "files elsewhere need the extra: pip install 'nightdesk[store]'") from error
    return fsspec


@contextmanager
def _store_errors(url: str) -> Iterator[None]:
    """Whatever a store's library raises as an OSError that names the URL."""
    try:
        yield
    except (OSError, ArchiveError) as error:
        if isinstance(error, ArchiveError) or error.filename:
            raise
        raise OSError(error.errno or errno.EIO, error.strerror or str(error) or type(error).__name__, url) from error
    except Exception as error:  # each store has errors of its own
        raise OSError(errno.EIO, f"{type(error).__name__}: {error}", url) from error
