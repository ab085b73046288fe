"""Sorted lines in; an index in gzip blocks and the list of its blocks out (ZipNum): a line is found by two reads."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterable
from itertools import islice
from typing import Protocol

#: Lines of a block, as other programs have it.
_LINES = 300
NAME = "index.cdx.gz"


class Target(Protocol):
    """A binary file to write."""

    def write(self, data: bytes, /) -> int:
        """Write all of it."""


def write_zipnum(lines: Iterable[str], file: Target) -> bytes:
    """Write the blocks; the list of them."""
    listed = [f"!meta 0 {json.dumps({'format': 'cdxj-gzip-1.0', 'filename': NAME})}"]
    offset, rest = 0, iter(lines)
    while block := list(islice(rest, _LINES)):
        data = gzip.compress("".join(f"{line}\n" for line in block).encode(), 6, mtime=0)
        key, stamp, _ = block[0].split(" ", 2)
        digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
        told = {"offset": offset, "length": len(data), "digest": digest, "filename": NAME}
        listed.append(f"{key} {stamp} {json.dumps(told)}")
        file.write(data)
        offset += len(data)
    return "".join(f"{line}\n" for line in listed).encode()
