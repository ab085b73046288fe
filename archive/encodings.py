"""Bodies as received in, bodies as meant out: the content encodings of RFC 9110 section 8.4.1, with a bound."""

from __future__ import annotations

import importlib
import zlib
from collections.abc import Callable

#: Bytes that one body may unpack to. No page has as many; a bomb has.
LARGEST = 64 * 1024 * 1024


class Unpackable(ValueError):
    """A body whose encoding cannot be undone."""


def unpack(body: bytes, encodings: str | None, *, largest: int = LARGEST) -> bytes:
    """Undo a ``Content-Encoding`` header's encodings, the last one first.

    A body that ends early gives what there is. Raises Unpackable for damaged data, for an encoding that is
    unknown or whose library is missing (``br`` and ``zstd``, which nightdesk never asks for), and past ``largest``.
    """
    for name in reversed([part.strip().lower() for part in (encodings or "").split(",") if part.strip()]):
        if not body or name == "identity":
            continue
        if name not in _UNPACK:
            raise Unpackable(f"unknown content encoding {name[:40]!r}")
        body = _UNPACK[name](body, largest)
        if len(body) > largest:
            raise Unpackable(f"more than {largest // 1024 // 1024} MB when unpacked")
    return body


def _inflate(body: bytes, largest: int) -> bytes:
    """gzip (one member or several) and deflate, in its zlib wrapping or, as some servers send it, bare."""
    bare = body[:2] != b"\x1f\x8b" and (body[0] & 0x0F != 8 or int.from_bytes(body[:2]) % 31)
    out = b""
    while body:
        unpacker = zlib.decompressobj(-zlib.MAX_WBITS if bare else zlib.MAX_WBITS | 32)
        try:
            out += unpacker.decompress(body, largest + 1 - len(out))
        except zlib.error as error:
            if out:  # rubbish behind the last member
                return out
            raise Unpackable(f"damaged compressed data: {error}") from error
        if len(out) > largest or not unpacker.eof:
            return out
        body = unpacker.unused_data
    return out


def _by_library(module: str, call: str) -> Callable[[bytes, int], bytes]:
    def undo(body: bytes, _largest: int) -> bytes:
        try:
            library = importlib.import_module(module)
        except ImportError:
            raise Unpackable(f"needs the Python package {module}") from None
        try:
            return bytes(getattr(library, call)(body))
        except (ValueError, RuntimeError, EOFError, _library_error(library)) as error:
            raise Unpackable(f"damaged compressed data: {error}") from error

    return undo


def _library_error(library: object) -> type[Exception]:
    """The error class that a compression library names for itself."""
    for name in ("error", "ZstdError"):
        error = getattr(library, name, None)
        if isinstance(error, type) and issubclass(error, Exception):
            return error
    return ValueError


_UNPACK: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _inflate,
    "x-gzip": _inflate,
    "deflate": _inflate,
    "br": _by_library("brotli", "decompress"),
    "zstd": _by_library("backports.zstd", "decompress"),
}
