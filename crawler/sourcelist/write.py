"""Changes to an archive's sources.toml: newspapers added, paused, resumed, taken out; what was discovered written in.

Each is one whole new file in the place of the old one, with its comments as they were, and only if Python's own
parser finds in it what was meant and nothing else. Raises ConfigError for what will not do, and ArchiveError if the
file cannot be written; then it is as it was.
"""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from archive.export import whole_file
from crawler.errors import ConfigError
from crawler.sourcelist.edit import Splice, Value, apply, drop_key, drop_table, new_table, put_key
from crawler.sourcelist.layout import Table, read_layout
from crawler.sourcelist.proposal import Proposal, Sorted, Wrong, sort_out
from crawler.sources import FILE, CrawlConfig, Source, load_config, pick, understand

_MARK = b"\xef\xbb\xbf"
_Tree = dict[str, Any]
_Changes = list[Splice]


def declare(folder: Path, urls: Sequence[str], *, name: str | None = None) -> list[Source]:
    """Add newspapers by their front pages; those added. One that is declared already is left out."""
    proposals = [Proposal(line=n, name=name, values={"home": with_scheme(url)}) for n, url in enumerate(urls)]
    found = sort_out(proposals, load_config(folder))
    if found.wrong:
        raise ConfigError("\n".join(f"{urls[wrong.line]!r}: {wrong.reason}" for wrong in found.wrong))
    added = {source.name: source for source in _append(folder, found).sources}
    return [added[new.name] for new in found.new]


def enter(folder: Path, proposals: Iterable[Proposal | Wrong], *, skip_wrong: bool = False) -> Sorted:
    """Add the newspapers of a list, in one write; nothing is written if any is wrong, unless ``skip_wrong``."""
    found = sort_out(proposals, load_config(folder))
    if skip_wrong or not found.wrong:
        _append(folder, found)
    return found


def pause(folder: Path, names: Sequence[str], until: date | None) -> None:
    """Leave newspapers out of crawls, for good or until a day."""
    value: Value = until or True

    def meant(sources: _Tree) -> None:
        for name in names:
            sources[name]["paused"] = value

    _change(folder, names, lambda text, table: [put_key(text, table, "paused", value)], meant)


def resume(folder: Path, names: Sequence[str]) -> list[str]:
    """Crawl newspapers again; those of them that were paused."""
    before = {source.name: source for source in pick(load_config(folder), tuple(names))}

    def meant(sources: _Tree) -> None:
        for name in names:
            sources[name].pop("paused", None)

    _change(folder, names, lambda _text, table: [each for each in [drop_key(table, "paused")] if each], meant)
    return [name for name in dict.fromkeys(names) if before[name].paused]


def remove(folder: Path, names: Sequence[str]) -> None:
    """Take newspapers out of the file; the archive keeps what it has of them."""

    def meant(sources: _Tree) -> None:
        for name in dict.fromkeys(names):
            del sources[name]

    _change(folder, names, lambda text, table: [drop_table(text, table)], meant)


def pin(folder: Path, documents: Mapping[str, Mapping[str, tuple[str, ...]]]) -> None:
    """Write feeds, sitemaps and sections into newspapers' tables: name → key → URLs."""

    def meant(sources: _Tree) -> None:
        for name, keys in documents.items():
            sources[name] |= {key: list(urls) for key, urls in keys.items()}

    def change(text: str, table: Table) -> _Changes:
        return [put_key(text, table, key, urls) for key, urls in documents[table.path[-1]].items()]

    _change(folder, list(documents), change, meant)


def with_scheme(url: str) -> str:
    """A URL as people write it: https is meant where no scheme is named."""
    return url if "://" in url else f"https://{url}"


def _append(folder: Path, found: Sorted) -> CrawlConfig:
    """Write new newspapers behind the end of the file; what it says then."""
    if not found.new:
        return load_config(folder)
    path = folder / FILE
    after = path.read_bytes() + "".join(new_table(("sources", new.name), new.values) for new in found.new).encode()
    try:
        config = understand(path, after.decode("utf-8-sig"))
    except ConfigError as error:
        names = ", ".join(new.name for new in found.new[:10])
        raise ConfigError(f"{names} cannot be added to the end of {path}, add it by hand ({error})") from error
    _write(path, after)
    return config


def _change(
    folder: Path,
    names: Sequence[str],
    change: Callable[[str, Table], _Changes],
    meant: Callable[[_Tree], None],
) -> None:
    """Change the tables of some sources. ``meant``: does to the file's tree what ``change`` does to its text."""
    pick(load_config(folder), tuple(names))
    path = folder / FILE
    data = path.read_bytes()
    text = data.decode("utf-8-sig")
    tables = {table.path[1]: table for table in read_layout(text) if table.path[:1] == ("sources",) and table.path[1:]}
    tree = tomllib.loads(text)
    meant(tree["sources"])
    try:
        after = apply(text, [splice for name in dict.fromkeys(names) for splice in change(text, tables[name])])
        if {"sources": {}} | tomllib.loads(after) != tree:
            raise ConfigError("another change would come of it")
        understand(path, after)
    except (KeyError, tomllib.TOMLDecodeError, ConfigError) as error:
        raise ConfigError(
            f"{path}: {', '.join(names)} cannot be changed there, for it is not written as a table of its own,"
            f" [sources.NAME]; change it by hand ({error})"
        ) from error
    _write(path, (_MARK if data.startswith(_MARK) else b"") + after.encode())


def _write(path: Path, data: bytes) -> None:
    with whole_file(path.resolve()) as file:
        shutil.copymode(path, file.name)
        file.write(data)
