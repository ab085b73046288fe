"""What a backup holds, as ``manifest.json``: its files with size and SHA-256. Written last, and replaced at once."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from archive.care.joinfiles import sync_folder
from archive.errors import ArchiveError

NAME = "manifest.json"
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A file of a backup."""

    #: Bytes that belong to it; the file may be longer, after a backup that was cut off.
    size: int
    sha256: str
    #: When the archive's own file was changed last, in nanoseconds since 1970: what has not is not copied again.
    mtime_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A backup."""

    made_at: str
    software: str
    #: The file with the database.
    database: str
    #: Path in the archive's folder → file; the database under its own name.
    files: Mapping[str, Kept]


def read_manifest(folder: Path) -> Manifest:
    """Raises ArchiveError for what is no backup."""
    path = folder / NAME
    try:
        told = json.loads(path.read_bytes())
        files = {name: Kept(**kept) for name, kept in told.pop("files").items()}
        manifest = Manifest(**told, files=files)
    except FileNotFoundError:
        raise ArchiveError(f"{folder} is no backup: it has no {NAME}") from None
    except OSError as error:
        raise ArchiveError(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ArchiveError(f"{path} is no manifest of a backup: {error}") from error
    for name in [manifest.database, *files]:
        if Path(name).is_absolute() or ".." in Path(name).parts:
            raise ArchiveError(f"{path} names a file outside the backup: {name[:200]}")
    return manifest


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """In one step: before it, the earlier backup is whole; after it, this one."""
    part = folder / f"{NAME}.part"
    told = asdict(manifest)
    with part.open("w", encoding="utf-8") as file:
        json.dump(told, file, ensure_ascii=False, indent=1, sort_keys=True)
        file.flush()
        os.fsync(file.fileno())
    part.replace(folder / NAME)
    sync_folder(folder)


def digest_of(path: Path, size: int) -> str | None:
    """SHA-256 of a file's first ``size`` bytes; None where it is not there or shorter."""
    digest, left = hashlib.sha256(), size
    try:
        with path.open("rb") as file:
            while left and (block := file.read(min(left, _BLOCK))):
                digest.update(block)
                left -= len(block)
    except FileNotFoundError:
        return None
    return None if left else digest.hexdigest()


def wrong_files(folder: Path, manifest: Manifest) -> Iterator[str]:
    """The files of a backup that are not what they were, each with what is wrong, in words."""
    for name, kept in sorted(manifest.files.items()):
        place = folder / (manifest.database if name == "archive.db" else name)
        digest = digest_of(place, kept.size)
        if digest is None:
            yield f"{place}: {'it is shorter than it was' if place.exists() else 'it is not there'}"
        elif digest != kept.sha256:
            yield f"{place}: its bytes are not those that were copied: the digest differs"
