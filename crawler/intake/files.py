"""The command line's FILE… in; the files out, one by one, with what each is. Folders are gone through, globs opened."""

from __future__ import annotations

import glob
import os
import stat
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BufferedIOBase, BytesIO
from pathlib import Path
from typing import BinaryIO, cast

from archive.imports import digest_of_file
from archive.incoming.plain import Damaged, Plain
from archive.times import utc_now
from crawler.intake.saved import modified_at, printable
from crawler.intake.wish import Format

#: Standard input, on the command line.
STDIN = Path("-")
_PACKED = (".gz", ".zst")
_TABLES = {".csv": Format.CSV, ".tsv": Format.CSV, ".json": Format.JSON, ".jsonl": Format.JSON, ".ndjson": Format.JSON}
#: What is looked at inside folders; a file that is named is looked at whatever its name.
_KNOWN = frozenset({*_TABLES, ".warc", ".wacz", ".html", ".htm", ".xhtml", ".txt"})
_HEAD = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class InFile:
    """A file that can be read."""

    #: Fit to be stored and printed.
    name: str
    #: As it is told in origins: its last part, and what it is called inside a WACZ.
    label: str
    format: Format
    #: Where a saved page lies; None: standard input.
    path: Path | None
    open: Callable[[], BinaryIO]
    #: Bytes; None: not known.
    size: int | None
    saved_at: datetime
    #: None: it cannot be told whether it was here before.
    digest: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unusable:
    """A file that cannot be taken in, and why."""

    path: Path
    why: str


def find_files(arguments: Iterable[Path]) -> Iterator[Path]:
    """The files that arguments stand for, in order; in folders those that may be news, by name."""
    for argument in arguments:
        if argument == STDIN:
            yield argument
        elif argument.is_dir():
            yield from _inside(argument)
        elif not argument.exists() and any(sign in str(argument) for sign in "*?["):
            found = sorted(glob.glob(str(argument), recursive=True))  # noqa: PTH207 (its pattern may be absolute)
            yield from find_files(map(Path, found)) if found else iter([argument])
        else:
            yield argument


def _inside(folder: Path) -> Iterator[Path]:
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        path = Path(entry.path)
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _inside(path)
        elif entry.is_file() and _suffix(path.name) in _KNOWN:
            yield path


def _suffix(name: str) -> str:
    """The suffix that says what a file is, under that of its packing."""
    lower = name.lower()
    for packed in _PACKED:
        lower = lower.removesuffix(packed)
    return Path(lower).suffix


def open_files(path: Path, told: Format | None) -> Iterator[InFile | Unusable]:
    """What a path is: a file, or the WARC files inside a WACZ. ``told``: what the operator says that it is."""
    if path == STDIN:
        yield _stdin(told)
        return
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode) and not stat.S_ISDIR(status.st_mode):
            yield Unusable(path=path, why="is no regular file")  # reading a pipe or a device may never end
            return
        with path.open("rb") as file:
            head, inside = look_inside(file)
    except OSError as error:
        yield Unusable(path=path, why=f"cannot be read: {error.strerror}")
        return
    format_ = told or format_of(path.name, head, inside)
    if format_ is Format.WACZ:
        yield from _in_wacz(path, status)
        return
    yield InFile(
        name=printable(path),
        label=printable(path.name),
        format=format_,
        path=path,
        open=lambda: path.open("rb"),
        size=status.st_size,
        saved_at=modified_at(status),
        digest=None if format_ is Format.SAVED else digest_of_file(path),
    )


def look_inside(file: BinaryIO) -> tuple[bytes, bytes]:
    """The first bytes of a file, and the first of what is packed in it."""
    head = file.read(_HEAD)
    file.seek(0)
    try:
        return head, Plain(file).peek(_HEAD)
    except Damaged:
        return head, b""


def format_of(name: str, head: bytes, inside: bytes) -> Format:
    """What a file is, by its first bytes and its name."""
    if inside.startswith(b"WARC/") or _suffix(name) == ".warc":
        return Format.WARC
    if name.lower().endswith(".wacz") and head.startswith(b"PK"):
        return Format.WACZ
    return _TABLES.get(_suffix(name), Format.SAVED)


def _in_wacz(path: Path, status: os.stat_result) -> Iterator[InFile | Unusable]:
    """The WARC files in a WACZ (a ZIP file with ``archive/``)."""
    try:
        package = zipfile.ZipFile(path)
        members = sorted(
            (info for info in package.infolist() if ".warc" in info.filename and info.filename.startswith("archive/")),
            key=lambda info: info.filename,
        )
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError) as error:
        yield Unusable(path=path, why=f"is no ZIP file that can be read ({error})")
        return
    with package:
        if not members:
            yield Unusable(path=path, why="holds no WARC file under archive/, as a WACZ should")
        digest = digest_of_file(path)
        for info in members:
            inner = printable(info.filename)
            yield InFile(
                name=f"{printable(path)}/{inner}",
                label=f"{printable(path.name)}/{inner}",
                format=Format.WARC,
                path=path,
                open=lambda info=info: cast("BinaryIO", package.open(info)),  # type: ignore[misc]
                size=info.file_size,
                saved_at=modified_at(status),
                digest=f"{digest}/{inner}",
            )


def _stdin(told: Format | None) -> InFile | Unusable:
    stream = Rewound(cast("BufferedIOBase", sys.stdin.buffer))
    head = stream.head(_HEAD)
    inside = Plain(BytesIO(head)).peek(_HEAD)
    format_ = told or format_of("-", head, inside)
    if format_ is Format.WACZ or head.startswith(b"PK\x03\x04"):
        return Unusable(path=STDIN, why="a WACZ cannot be read from standard input; give its file")
    if format_ is Format.SAVED and told is None and inside.lstrip()[:1] in (b"{", b"["):
        format_ = Format.JSON
    return InFile(
        name="-",
        label="-",
        format=format_,
        path=None,
        open=lambda: cast("BinaryIO", stream),
        size=None,
        saved_at=utc_now(),
        digest=None,
    )


class Rewound:
    """A stream that cannot seek, whose first bytes were looked at."""

    def __init__(self, stream: BufferedIOBase) -> None:
        self._stream = stream
        self._head = b""

    def head(self, size: int) -> bytes:
        """The first bytes, which stay to be read."""
        while len(self._head) < size:
            part = self._stream.read1(size - len(self._head))
            if not part:
                break
            self._head += part
        return self._head

    def read(self, size: int = -1) -> bytes:
        """Some bytes; none at the end."""
        if self._head:
            found, self._head = (self._head, b"") if size < 0 else (self._head[:size], self._head[size:])
            return found
        return self._stream.read(size)
