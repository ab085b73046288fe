"""A gzip member of a WARC file in, its record's head and block out: what is needed to check it, and no more."""

from __future__ import annotations

import zlib


def split_member(member: bytes) -> tuple[dict[str, str], bytes]:
    """The head of the record, names in lower case, and its block. Raises ValueError for what is no whole record."""
    try:
        plain = zlib.decompress(member, zlib.MAX_WBITS + 16)
    except zlib.error as error:
        raise ValueError(f"it cannot be unpacked: {error}") from error
    head, mark, rest = plain.partition(b"\r\n\r\n")
    first, *lines = head.decode("utf-8", "replace").split("\r\n")
    if not first.startswith("WARC/") or not mark:
        raise ValueError("it is no WARC record")
    pairs = (line.partition(":") for line in lines)
    named = {name.strip().lower(): value.strip() for name, colon, value in pairs if colon}
    try:
        length = int(named["content-length"])
    except (KeyError, ValueError):
        raise ValueError("it does not say how long it is") from None
    if len(rest) < length:
        raise ValueError(f"it has {len(rest)} bytes where {length} are declared")
    return named, rest[:length]


def head_of(member: bytes) -> dict[str, str]:
    """The head of a record; empty where it cannot be read."""
    try:
        return split_member(member)[0]
    except ValueError:
        return {}
