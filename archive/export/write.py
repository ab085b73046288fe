"""The chosen → a file, a folder or a stream in any format."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from archive.errors import BadQuery
from archive.export import check_new_file, whole_file
from archive.export.behind import each_behind
from archive.export.choose import choose_wanted
from archive.export.chosen import number_chosen, number_of_articles, snapshot
from archive.export.columns import HISTORY, Column, columns_of
from archive.export.csv import write_csv
from archive.export.files import Counted, check_new_folder, packed, whole_folder
from archive.export.formats import FORMATS, Format, Place
from archive.export.jsonl import flat_lines, json_lines
from archive.export.wanted import Wanted

if TYPE_CHECKING:
    from sqlite_utils import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How the chosen are written down."""

    format: Format
    #: Of a table, by name; None: those of every export.
    columns: tuple[str, ...] | None = None
    #: False: without the publisher's words.
    text: bool = True
    #: For spreadsheets: byte order mark, CRLF, no cell that is run as a formula.
    excel: bool = False

    def __post_init__(self) -> None:
        """Check that the format can do what is asked. Raises BadQuery."""
        name = self.format.name
        if self.columns is not None and not self.format.table:
            raise BadQuery(f"columns can be chosen for {_those('table')}, not for {name}")
        if not self.text and not self.format.wordless:
            raise BadQuery(f"{name} is about the text; without it write {_those('wordless')}")
        if self.excel and name != "csv":
            raise BadQuery(f"only csv can be made for spreadsheets, not {name}")
        if self.format.table:
            columns_of(self.columns, text=self.text)

    @property
    def cells(self) -> tuple[Column, ...]:
        """The columns of a table."""
        return columns_of(self.columns, text=self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What an export came to."""

    #: Rows written: as many as the query counts, in a history as many as these articles have revisions.
    rows: int
    #: Articles that the rows are of.
    articles: int
    format: str
    #: None: it went to a stream.
    path: Path | None
    #: Of the file, packed as it is; 0 and '' for a folder.
    bytes: int
    sha256: str


def shape_for(wanted: Wanted, shape: Shape) -> Shape:
    """The shape that suits what is wanted: a history has columns of its own. Raises BadQuery where none can have it."""
    if not wanted.history:
        return shape
    if not shape.format.table:
        raise BadQuery(f"a history has a row a revision: write {_those('table')}, not {shape.format.name}")
    return shape if shape.columns is not None else replace(shape, columns=HISTORY)


def _those(able: str) -> str:
    return ", ".join(name for name, each in FORMATS.items() if getattr(each, able))


#: What is done with the chosen and what became of them, while they are still there.
After = Callable[["Database", Exported], None]


def export_to(database: Path, wanted: Wanted, shape: Shape, place: Place, after: After | None = None) -> Exported:
    """Write what is wanted to a file or folder. Raises ArchiveError; then there is none."""
    shape = shape_for(wanted, shape)
    check = check_new_folder if place.is_folder else check_new_file
    check(place.path)
    with snapshot(database) as db:
        choose_wanted(db, wanted, default_sort=usual_order(shape.format))
        done = write_chosen(db, shape, place)
        if after:
            after(db, done)
    return done


def export_to_stream(
    database: Path, wanted: Wanted, shape: Shape, file: BinaryIO, after: After | None = None
) -> Exported:
    """Write what is wanted to an open binary file."""
    shape = shape_for(wanted, shape)
    with snapshot(database) as db:
        choose_wanted(db, wanted, default_sort=usual_order(shape.format))
        counted = write_stream(db, shape, file)
        file.flush()
        done = _exported(db, shape, None, counted)
        if after:
            after(db, done)
    return done


def usual_order(format_: Format) -> str:
    """Feeds have the newest first, everything else the oldest."""
    return "newest" if format_.name in ("atom", "rss") else "oldest"


def write_chosen(db: Database, shape: Shape, place: Place) -> Exported:
    """Write the chosen to a file or folder."""
    if place.is_folder:
        from archive.export.documents import documents_of, fill_folder

        with whole_folder(place.path) as folder:
            fill_folder(folder, documents_of(db, shape.format.name))
        return _exported(db, shape, place.path)
    with whole_file(place.path) as file:
        counted = write_stream(db, shape, file, packing=place.packing)
    return _exported(db, shape, place.path, counted)


def _exported(db: Database, shape: Shape, path: Path | None, counted: Counted | None = None) -> Exported:
    return Exported(
        rows=number_chosen(db),
        articles=number_of_articles(db),
        format=shape.format.name,
        path=path,
        bytes=counted.bytes if counted else 0,
        sha256=counted.sha256 if counted else "",
    )


def write_stream(db: Database, shape: Shape, file: BinaryIO, *, packing: str = "") -> Counted:
    """Write the chosen to an open binary file, which need not be able to seek."""
    counted = Counted(file)
    with packed(counted, packing) as target:
        if shape.format.name == "csv":
            write_csv(db, shape.cells, target, excel=shape.excel)
        elif shape.format.name == "parquet":
            from archive.export.arrow import write_parquet

            write_parquet(db, shape.cells, target)
        elif shape.format.files:
            from archive.export.documents import documents_of, fill_zip

            fill_zip(target, documents_of(db, shape.format.name))
        else:
            each_behind(pieces(db, shape), target.write)
    return counted


def pieces(db: Database, shape: Shape) -> Iterator[bytes]:
    """The chosen as pieces of a file."""
    name = shape.format.name
    if name == "jsonl":
        return json_lines(db, shape.cells)
    if name == "hf":
        return flat_lines(db)
    if name == "tei":
        from archive.export.tei import corpus

        return corpus(db)
    from archive.export.feeds import feed

    return feed(db, name, text=shape.text)
