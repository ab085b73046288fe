"""A path and the name of a format → what kind of export goes there, and how it is packed."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from archive.errors import ArchiveError, BadQuery


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A way to write articles down."""

    name: str
    #: Endings of a file that mean this format; the first is the usual one.
    suffixes: tuple[str, ...]
    #: True: rows of columns, so that columns can be chosen.
    table: bool = False
    #: True: the publisher's words can be left out.
    wordless: bool = False
    #: True: one file an article, in a folder or a zip.
    files: bool = False
    #: True: .gz and .zst can be added to the ending.
    packable: bool = True
    media_type: str


_LIST = (
    Format(name="csv", suffixes=(".csv",), table=True, wordless=True, media_type="text/csv"),
    Format(name="jsonl", suffixes=(".jsonl", ".ndjson"), table=True, wordless=True, media_type="application/jsonl"),
    Format(
        name="parquet",
        suffixes=(".parquet",),
        table=True,
        wordless=True,
        packable=False,
        media_type="application/vnd.apache.parquet",
    ),
    Format(name="hf", suffixes=(".hf.jsonl",), media_type="application/jsonl"),
    Format(name="tei", suffixes=(".xml",), media_type="application/tei+xml"),
    Format(name="tei-files", suffixes=(".xml.zip",), files=True, packable=False, media_type="application/zip"),
    Format(name="markdown", suffixes=(".md.zip",), files=True, packable=False, media_type="application/zip"),
    Format(name="text", suffixes=(".txt.zip",), files=True, packable=False, media_type="application/zip"),
    Format(name="atom", suffixes=(".atom",), wordless=True, media_type="application/atom+xml"),
    Format(name="rss", suffixes=(".rss",), wordless=True, media_type="application/rss+xml"),
)
FORMATS: dict[str, Format] = {format_.name: format_ for format_ in _LIST}
PACKINGS = (".gz", ".zst")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an export goes, and in what shape."""

    path: Path
    format: Format
    #: ``.gz``, ``.zst`` or nothing.
    packing: str = ""

    @property
    def is_folder(self) -> bool:
        """True: one file an article, loose; else there is one file."""
        return self.format.files and self.path.suffix.lower() != ".zip"


def place_of(target: str | os.PathLike[str], format_: str | None = None) -> Place:
    """Where and how to write. Raises ArchiveError where the ending says nothing, or something else than the format."""
    path = Path(target)
    name, packing = _unpacked(path.name.lower())
    named = None if format_ is None else format_named(format_)
    ending = next((each for each in _by_length() if any(name.endswith(suffix) for suffix in each.suffixes)), None)
    if named is None:
        if ending is None:
            raise ArchiveError(
                f"{path}: this name does not say what to write; let it end in {', '.join(_endings())}, or name a format"
            )
        named = ending
    elif ending is not None and not _agree(named, ending):
        raise ArchiveError(f"{path} is a name for {ending.name}, not for {named.name}; take another name or format")
    if packing and not named.packable:
        raise ArchiveError(f"{path}: {named.name} is not packed again; leave out {packing}")
    return Place(path=path, format=named, packing=packing)


def _unpacked(name: str) -> tuple[str, str]:
    packing = next((suffix for suffix in PACKINGS if name.endswith(suffix)), "")
    return name.removesuffix(packing), packing


def format_named(name: str) -> Format:
    """The format of that name. Raises BadQuery."""
    try:
        return FORMATS[name]
    except KeyError:
        raise BadQuery(f"there is no format {name!r}; there are {', '.join(FORMATS)}") from None


def _agree(named: Format, ending: Format) -> bool:
    """Whether a file of the one format may have the ending of the other: feeds are XML, and hf is JSON Lines."""
    if named.suffixes[0].endswith(ending.suffixes[0]):
        return True
    return (named.name, ending.name) in {("atom", "tei"), ("rss", "tei"), ("hf", "jsonl")}


def _by_length() -> list[Format]:
    return sorted(FORMATS.values(), key=lambda each: -len(each.suffixes[0]))


def _endings() -> list[str]:
    return [each.suffixes[0] for each in FORMATS.values()]
