"""What is wanted → a folder with the data, their descriptions for people and machines, and digests of all."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archive.errors import BadQuery
from archive.export.choose import choose_wanted
from archive.export.chosen import snapshot
from archive.export.columns import Column, columns_of
from archive.export.earlier import MEMBERS
from archive.export.files import Counted, check_new_folder, digest_of, packed, whole_folder
from archive.export.formats import FORMATS, Place
from archive.export.meanings import MEANINGS
from archive.export.package.citation import citation_cff
from archive.export.package.croissant import croissant
from archive.export.package.descriptor import DESCRIPTOR, Packed, describe
from archive.export.package.facts import Facts, Label, facts_of
from archive.export.package.members import write_members
from archive.export.package.readme import readme
from archive.export.wanted import Wanted
from archive.export.write import After, Exported, Shape, shape_for, usual_order, write_stream
from archive.times import utc_now

if TYPE_CHECKING:
    from sqlite_utils import Database

SUMS = "SHA256SUMS"


@dataclass(frozen=True, slots=True, kw_only=True)
class Packing:
    """How the data file of a package is written."""

    shape: Shape
    #: ``.gz``, ``.zst`` or nothing.
    packing: str = ""

    def __post_init__(self) -> None:
        """Check the values. Raises BadQuery."""
        if self.packing and not self.shape.format.packable:
            raise BadQuery(f"{self.shape.format.name} is not packed again")

    @property
    def file(self) -> str:
        """Its name."""
        return f"articles{self.shape.format.suffixes[0]}{self.packing}"

    @property
    def place(self) -> Place:
        """Its place inside the package."""
        return Place(path=Path(self.file), format=self.shape.format, packing=self.packing)

    @property
    def columns(self) -> tuple[Column, ...]:
        """What the digests of rows are made from: the columns of a table, or all that other formats draw on."""
        return self.shape.cells if self.shape.format.table else columns_of(None, text=self.shape.text)

    def to_json(self) -> dict[str, Any]:
        """The value as a JSON object."""
        shape = self.shape
        columns = None if shape.columns is None else list(shape.columns)
        return {"format": shape.format.name, "packing": self.packing, "columns": columns} | {
            "text": shape.text,
            "excel": shape.excel,
        }

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> Packing:
        """The reverse of ``to_json``. Raises KeyError or TypeError."""
        columns = None if told["columns"] is None else tuple(told["columns"])
        shape = Shape(format=FORMATS[told["format"]], columns=columns, text=told["text"], excel=told["excel"])
        return cls(shape=shape, packing=told["packing"])


def write_package(
    database: Path, wanted: Wanted, packing: Packing, folder: Path, *, label: Label, after: After | None = None
) -> Exported:
    """Make a package of what is wanted. Raises ArchiveError; then there is none."""
    packing = replace(packing, shape=shape_for(wanted, packing.shape))
    check_new_folder(folder)
    with snapshot(database) as db, whole_folder(folder) as part:
        created = utc_now()
        drawn = choose_wanted(db, wanted, default_sort=usual_order(packing.shape.format))
        data = write_data(db, packing, part)
        _write_members(db, packing, part)
        facts = facts_of(db, wanted, label, created, drawn)
        _write_descriptions(facts, data, packing, part)
        name, digest = packing.shape.format.name, data.sha256
        done = Exported(
            rows=facts.rows, articles=facts.articles, format=name, path=folder, bytes=data.bytes, sha256=digest
        )
        if after:
            after(db, done)
    return done


def write_data(db: Database, packing: Packing, folder: Path) -> Packed:
    """Write the chosen into the data file of a package."""
    with (folder / packing.file).open("wb") as file:
        counted = write_stream(db, packing.shape, file, packing=packing.packing)
    return Packed(name=packing.file, bytes=counted.bytes, sha256=counted.sha256)


def _write_members(db: Database, packing: Packing, folder: Path) -> None:
    with (folder / MEMBERS).open("wb") as file, packed(Counted(file), ".gz") as zipped:
        write_members(db, packing.columns, zipped)


def _write_descriptions(facts: Facts, data: Packed, packing: Packing, folder: Path) -> None:
    columns = packing.columns if packing.shape.format.table else None
    others = [MEMBERS]
    if columns is not None:
        _write(folder / "dictionary.csv", _dictionary(columns))
        others.append("dictionary.csv")
    if facts.wanted.sample:
        _write(folder / "strata.csv", _strata(facts, facts.wanted.sample.by))
        others.append("strata.csv")
    descriptor = describe(
        facts,
        data,
        packing.place,
        columns=columns,
        shape=packing.to_json(),
        others=[_packed(folder / name) for name in others],
    )
    _write(folder / DESCRIPTOR, _json(descriptor))
    _write(folder / "croissant.json", _json(croissant(facts, data, packing.place, columns)))
    _write(folder / "CITATION.cff", citation_cff(facts, data.sha256))
    others += [DESCRIPTOR, "croissant.json", "CITATION.cff", SUMS]
    _write(folder / "README.md", readme(facts, data, packing.shape, others))
    sums = "".join(f"{digest_of(path)}  {path.name}\n" for path in sorted(folder.iterdir()))
    _write(folder / SUMS, sums)


def _dictionary(columns: Sequence[Column]) -> str:
    rows = [(c.name, MEANINGS[c.name].type, MEANINGS[c.name].missing, MEANINGS[c.name].meaning) for c in columns]
    return _csv([("column", "type", "empty_when", "meaning"), *rows])


def _strata(facts: Facts, by: Sequence[str]) -> str:
    rows = [(*drawn.values, drawn.of, drawn.number) for drawn in facts.strata]
    return _csv([(*by, "articles", "drawn"), *rows])


def _csv(rows: Sequence[Sequence[object]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _packed(path: Path) -> Packed:
    return Packed(name=path.name, bytes=path.stat().st_size, sha256=digest_of(path))


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="")
