"""A package and an archive → the same data again, byte by byte, or what is missing and what differs."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from archive.export.chosen import number_chosen, snapshot
from archive.export.files import whole_folder
from archive.export.package.make import write_data
from archive.export.package.members import Missing, choose_members, find_different
from archive.export.package.verify import is_history, packing_of, read_descriptor


@dataclass(frozen=True, slots=True, kw_only=True)
class Reproduced:
    """What making a package's data again came to."""

    #: Rows in the package, and of these the ones that the archive gives again.
    rows: int
    again: int
    #: True: the rows are revisions, not articles.
    history: bool
    #: True: the data file has the same bytes.
    same_bytes: bool
    #: What has been taken out of the archive since.
    missing: tuple[Missing, ...]
    #: Ids of rows that the archive tells otherwise now.
    different: tuple[str, ...]

    @property
    def same(self) -> bool:
        """True: whatever the archive still has is as it was."""
        return not self.different and (self.same_bytes or bool(self.missing) or self.again == self.rows)


def reproduce(database: Path, folder: Path, to: Path | None = None) -> Reproduced:
    """Make a package's data again → how they compare. With ``to`` they are kept there, a new folder.

    Raises ArchiveError for what is no package, or if nothing can be written.
    """
    told = read_descriptor(folder)
    packing = packing_of(told, folder)
    stated = next((r["hash"] for r in told["resources"] if r.get("path") == packing.file), "")
    with snapshot(database) as db:
        missing = choose_members(db, folder, history=is_history(told))
        different = find_different(db, packing.columns)
        if to is None:
            with tempfile.TemporaryDirectory(prefix="nightdesk-") as part:
                data = write_data(db, packing, Path(part))
        else:
            with whole_folder(to) as kept:
                data = write_data(db, packing, kept)
        again = number_chosen(db)
    return Reproduced(
        rows=again + len(missing),
        again=again,
        history=is_history(told),
        same_bytes=f"sha256:{data.sha256}" == stated,
        missing=tuple(missing),
        different=tuple(different),
    )
