"""HTTP/1.1 chunked bodies in, their content out (RFC 9112, section 7.1)."""

from __future__ import annotations

import re

_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]*)?\r?\n")


def dechunk(body: bytes) -> bytes | None:
    """The content of a chunked body; of one that is cut off, what there is. None: it is not chunked.

    Crawlers differ in whether they keep the chunks; the header is there either way.
    """
    parts: list[bytes] = []
    at = 0
    while at < len(body):
        line = _SIZE.match(body, at)
        if line is None:
            return b"".join(parts) if parts and at >= len(body) - 2 else None
        size = int(line[1], 16)
        if size == 0:
            return b"".join(parts)
        parts.append(body[line.end() : line.end() + size])
        at = line.end() + size
        if body.startswith(b"\r\n", at):
            at += 2
        elif body.startswith(b"\n", at):
            at += 1
        elif at < len(body):
            return None
    return b"".join(parts)
