#!/usr/bin/env python3
"""Bytes an article: what an archive's WARC records and its database take, and what other ways of packing would.

    bench/storage.py my-archive

The WARC records of answers are packed anew by each way, a member a record as they are now: gzip at levels 6 (ours) and
9, Zstandard at 3, 9 and 19, and Zstandard with a dictionary for each site, which is learnt from every second of its
records and tried on the others only. All are tried on these others. "As received" is what is kept; in "encodings
undone" bodies that came packed are unpacked first, which would no longer be what came. Processor time is told as a
ratio to gzip 6, in the same run.

Of the database, the bytes of text, its index, the ledger and the captures' rows, by SQLite's own count of pages.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import sys
import time
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
#: Bytes of a dictionary: what the makers of Zstandard recommend is a hundredth of the sample, and at most this.
_DICTIONARY = 112 * 1024
#: Records of a site from which a dictionary can be learnt.
_LEAST = 8
_KINDS = {
    "text": ("articles", "revisions", "edits", "story", "template"),
    "index": ("articles_fts", "facts", "facet"),
    "captures": ("captures", "rights", "warc_files"),
    "ledger": ("urls", "url_events", "sightings", "run_urls", "runs", "source"),
}
Pack = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Sites:
    """Each site's answers: those that a dictionary is learnt from, and those that are packed."""

    learnt: dict[str, list[bytes]]
    tried: dict[str, list[bytes]]


def read_archive(folder: Path) -> tuple[Counter[str], Counter[str], list[bytes]]:
    """Bytes and numbers of records by type, and the answers with a payload, unpacked."""
    from archive.captures import fields_of, iter_members

    sizes: Counter[str] = Counter()
    numbers: Counter[str] = Counter()
    answers = []
    for path in sorted(folder.glob("warc/**/*.warc.gz")):
        for _, length, member in iter_members(path, 0):
            kind = fields_of(member).get("warc-type", "?")
            sizes[kind] += length
            numbers[kind] += 1
            if kind in ("response", "resource"):
                answers.append(zlib.decompress(member, zlib.MAX_WBITS + 16))
    return sizes, numbers, answers


def split_by_site(records: Sequence[bytes], *, undone: bool) -> Sites:
    """Every second record of a site to learn from, the others to try; sites with too few are left out."""
    found: defaultdict[str, list[bytes]] = defaultdict(list)
    for record in records:
        found[_host(record)].append(_undone(record) if undone else record)
    large = {host: each for host, each in found.items() if len(each) >= _LEAST}
    return Sites({h: each[::2] for h, each in large.items()}, {h: each[1::2] for h, each in large.items()})


def _host(record: bytes) -> str:
    line = next((line for line in record.split(b"\r\n") if line.lower().startswith(b"warc-target-uri:")), b"")
    return urlsplit(line.partition(b":")[2].strip().decode()).netloc


def _undone(record: bytes) -> bytes:
    """The record with its body unpacked, if it came packed with gzip."""
    head, ending, http = record.partition(b"\r\n\r\n")
    fields, middle, body = http.partition(b"\r\n\r\n")
    if b"content-encoding: gzip" not in fields.lower():
        return record
    return head + ending + fields + middle + zlib.decompressobj(zlib.MAX_WBITS + 16).decompress(body)


def _gzip(level: int) -> Pack:
    def pack(data: bytes) -> bytes:
        packer = zlib.compressobj(level, zlib.DEFLATED, zlib.MAX_WBITS + 16)
        return packer.compress(data) + packer.flush()

    return pack


def _zstd(level: int) -> Pack:
    from backports import zstd

    return lambda data: zstd.compress(data, level)


def _with_dictionary(samples: list[bytes], level: int) -> tuple[Pack, int]:
    """A way of packing with what the samples have in common, and the dictionary's own bytes, packed.

    Of samples that are too few or too small to learn from, the dictionary is their own bytes.
    """
    from backports import zstd

    try:
        learnt = zstd.train_dict(samples, min(_DICTIONARY, max(1024, sum(map(len, samples)) // 10)))
    except zstd.ZstdError:
        learnt = zstd.ZstdDict(b"".join(samples)[-_DICTIONARY:], is_raw=True)
    return (lambda data: zstd.compress(data, level, zstd_dict=learnt)), len(zstd.compress(learnt.dict_content, 19))


def compare(sites: Sites) -> dict[str, dict[str, float]]:
    """Each way: bytes a record, dictionaries told apart, and processor time beside gzip 6."""
    plain = {
        "gzip 6": _gzip(6),
        "gzip 9": _gzip(9),
        "zstd 3": _zstd(3),
        "zstd 9": _zstd(9),
        "zstd 19": _zstd(19),
    }
    ways: dict[str, dict[str, tuple[Pack, int]]] = {
        name: dict.fromkeys(sites.tried, (pack, 0)) for name, pack in plain.items()
    }
    for level in (3, 19):
        ways[f"zstd {level}, a dictionary a site"] = {
            host: _with_dictionary(samples, level) for host, samples in sites.learnt.items()
        }
    number = sum(map(len, sites.tried.values()))
    told: dict[str, dict[str, float]] = {}
    for name, packs in ways.items():
        start, size = time.process_time(), 0
        for host, records in sites.tried.items():
            size += sum(len(packs[host][0](record)) for record in records)
        told[name] = {
            "bytes a record": size / number,
            "dictionaries, bytes": sum(packs[host][1] for host in packs),
            "time": time.process_time() - start,
        }
    least = max(told["gzip 6"]["time"], 1e-9)
    return {name: each | {"time": each["time"] / least} for name, each in told.items()}


def database_of(folder: Path) -> dict[str, int]:
    """Bytes of the database by what they are for."""
    sizes: Counter[str] = Counter()
    with closing(sqlite3.connect(folder / "archive.db")) as db:
        tables = dict(db.execute("select name, tbl_name from sqlite_schema"))
        for name, size in db.execute("select name, sum(pgsize) from dbstat group by 1"):
            table = tables.get(name, name)
            sizes[next(_kinds_of(table), "other")] += size
    return dict(sizes)


def _kinds_of(table: str) -> Iterator[str]:
    if table.startswith("articles_fts"):
        yield "index"
    yield from (kind for kind, names in _KINDS.items() if table.startswith(names))


def measure(folder: Path) -> dict[str, object]:
    """All of it, an article where it can be."""
    sizes, numbers, answers = read_archive(folder)
    with closing(sqlite3.connect(folder / "archive.db")) as db:
        (articles,) = db.execute("select count(*) from articles").fetchone()
    if not articles:
        raise SystemExit(f"{folder} has no articles")
    packing = {}
    for name, undone in (("as received", False), ("encodings undone", True)):
        sites = split_by_site(answers, undone=undone)
        if sites.tried:
            packing[name] = compare(sites)
    return {
        "articles": articles,
        "warc": {kind: {"records": numbers[kind], "bytes an article": sizes[kind] / articles} for kind in sizes},
        "database": {kind: size / articles for kind, size in database_of(folder).items()},
        "packing": packing,
    }


def report(told: dict[str, object]) -> str:
    """The figures as Markdown."""
    lines = [f"{told['articles']:,} articles", "", "| WARC records | number | bytes an article |", "|---|---|---|"]
    warc, database, packing = told["warc"], told["database"], told["packing"]
    assert isinstance(warc, dict) and isinstance(database, dict) and isinstance(packing, dict)
    lines += [f"| {kind} | {each['records']:,} | {each['bytes an article']:,.0f} |" for kind, each in warc.items()]
    lines += ["", "| database | bytes an article |", "|---|---|"]
    lines += [f"| {kind} | {size:,.0f} |" for kind, size in sorted(database.items(), key=lambda each: -each[1])]
    for name, ways in packing.items():
        lines += ["", f"| {name} | bytes a record | of gzip 6 | dictionaries | time |", "|---|---|---|---|---|"]
        ours = ways["gzip 6"]["bytes a record"]
        lines += [
            f"| {way} | {each['bytes a record']:,.0f} | {each['bytes a record'] / ours:.2f}"
            f" | {each['dictionaries, bytes']:,.0f} | {each['time']:.2f} |"
            for way, each in ways.items()
        ]
    return "\n".join(lines)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder", type=Path, help="an archive")
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    told = measure(chosen.folder)
    print(json.dumps(told) if chosen.json else report(told))


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
