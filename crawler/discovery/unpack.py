"""A body that may be gzip, in; the plain bytes, never more than the protocol allows, out."""

from __future__ import annotations

import zlib

from archive.encodings import members

#: Bytes. A sitemap's greatest size by sitemaps.org, uncompressed.
MAX_BYTES = 50 * 1024 * 1024

_GZIP = b"\x1f\x8b"


def unpack(body: bytes, limit: int = MAX_BYTES) -> tuple[bytes, str | None]:
    """The body with gzip undone, told by its first bytes and not by name or header, and what was wrong.

    At most ``limit`` bytes come out; a stream that is cut or broken gives what came before the break.
    Members that follow each other are joined, as gzip does.
    """
    if not body.startswith(_GZIP):
        return (body, None) if len(body) <= limit else (body[:limit], _too_big(limit))
    parts: list[bytes] = []
    room = limit
    try:
        for part in members(body, wbits=31):
            parts.append(part[:room])
            if len(part) > room:
                return b"".join(parts), _too_big(limit)
            room -= len(part)
    except EOFError:
        return b"".join(parts), "The gzip stream ends too early."
    except zlib.error as error:
        return b"".join(parts), f"The gzip stream is broken ({error})."
    return b"".join(parts), None


def _too_big(limit: int) -> str:
    return f"The document is larger than {limit // (1024 * 1024)} MiB; the rest was not read."
