"""Bodies as received in, bodies as meant out: the content encodings of RFC 9110 section 8.4.1, with a bound."""

from __future__ import annotations

import importlib
import zlib
from collections.abc import Callable, Iterator
from typing import Any

#: Bytes that one body may unpack to. No page has as many; a bomb has.
LARGEST = 64 * 1024 * 1024


#: Encodings one around the other. A server uses one, two by mistake; a header may name thousands.
MOST_ENCODINGS = 4
#: Bytes read and written at a time.
_STEP, _PART = 4096, 1024 * 1024
_GZIP = b"\x1f\x8b"


class Unpackable(ValueError):
    """A body whose encoding cannot be undone."""


def named_encodings(header: str | None) -> list[str]:
    """The encodings that a ``Content-Encoding`` header names, in lower case. Raises Unpackable for too many."""
    names = [part.strip().lower() for part in (header or "").split(",") if part.strip()]
    if len(names) > MOST_ENCODINGS:
        raise Unpackable(f"{len(names)} content encodings, one around the other")
    return names


def unpack(body: bytes, encodings: str | None, *, largest: int = LARGEST) -> bytes:
    """Undo a ``Content-Encoding`` header's encodings, the last one first.

    A body that ends early gives what there is. Raises Unpackable for damaged data, for an encoding that is
    unknown or whose library is missing (``br`` and ``zstd``, which nightdesk never asks for), past ``largest``, and
    for more encodings than MOST_ENCODINGS.
    """
    for name in reversed(named_encodings(encodings)):
        if not body or name == "identity":
            continue
        if name not in _UNPACK:
            raise Unpackable(f"unknown content encoding {name[:40]!r}")
        body = _UNPACK[name](body, largest)
        if len(body) > largest:
            raise Unpackable(f"more than {largest // 1024 // 1024} MB when unpacked")
    return body


def members(body: bytes, wbits: int = zlib.MAX_WBITS | 32) -> Iterator[bytes]:
    """The content of a zlib stream, or of gzip members one behind the other, in parts of at most 1 MB.

    In small steps, because whatever follows a member is copied: a body of a million empty ones took minutes. What
    stands behind the last member is passed over.
    Raises zlib.error for what is damaged, EOFError for what ends too early.
    """
    view, at = memoryview(body), 0
    while at < len(body):
        unpacker = zlib.decompressobj(wbits)
        while not unpacker.eof:
            step = unpacker.unconsumed_tail or view[at : at + _STEP]
            if step is not unpacker.unconsumed_tail:
                at += len(step)
            part = unpacker.decompress(step, _PART)
            if not part and not step and not unpacker.eof:
                raise EOFError("the compressed data end too early")
            yield part
        at -= len(unpacker.unused_data)
        if body[at : at + 2] != _GZIP:
            return


def _inflate(body: bytes, largest: int) -> bytes:
    """gzip (one member or several) and deflate, in its zlib wrapping or, as some servers send it, bare."""
    bare = body[:2] != _GZIP and (body[0] & 0x0F != 8 or int.from_bytes(body[:2]) % 31)
    parts: list[bytes] = []
    size = 0
    try:
        for part in members(body, -zlib.MAX_WBITS if bare else zlib.MAX_WBITS | 32):
            parts.append(part)
            size += len(part)
            if size > largest:
                break
    except zlib.error as error:
        raise Unpackable(f"damaged compressed data: {error}") from error
    except EOFError:
        pass  # what there is, is kept
    return b"".join(parts)


def _unbrotli(body: bytes, largest: int) -> bytes:
    library = _library("brotli")
    try:
        return bytes(library.Decompressor().process(body, output_buffer_limit=largest + 1))
    except TypeError:
        raise Unpackable("needs the Python package brotli, 1.2 or later") from None
    except library.error as error:
        raise Unpackable(f"damaged compressed data: {error}") from error


def _unzstd(body: bytes, largest: int) -> bytes:
    library = _library("backports.zstd")
    try:
        return bytes(library.ZstdDecompressor().decompress(body, max_length=largest + 1))
    except (library.ZstdError, EOFError) as error:
        raise Unpackable(f"damaged compressed data: {error}") from error


def _library(module: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError:
        raise Unpackable(f"needs the Python package {module}") from None


_UNPACK: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _inflate,
    "x-gzip": _inflate,
    "deflate": _inflate,
    "br": _unbrotli,
    "zstd": _unzstd,
}
