"""Content encodings undone: whatever a server sends, bounded."""

import contextlib
import gzip
import zlib

import brotli
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.encodings import Unpackable, unpack

TEXT = b"<p>All the news that fits.</p>" * 40


def bare(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


@pytest.mark.parametrize(
    ("packed", "encodings"),
    [
        (TEXT, None),
        (TEXT, "identity"),
        (gzip.compress(TEXT, mtime=0), "gzip"),
        (gzip.compress(TEXT, mtime=0), "X-GZIP"),
        (gzip.compress(TEXT[:99], mtime=0) + gzip.compress(TEXT[99:], mtime=0), "gzip"),
        (gzip.compress(TEXT, mtime=0) + b"rubbish", "gzip"),
        (zlib.compress(TEXT), "deflate"),
        (bare(TEXT), "deflate"),
        (brotli.compress(TEXT), "br"),
        (gzip.compress(zlib.compress(TEXT), mtime=0), "deflate, gzip"),
    ],
)
def test_each_encoding_is_undone(packed: bytes, encodings: str | None) -> None:
    assert unpack(packed, encodings) == TEXT


def test_a_body_that_ends_early_gives_what_there_is() -> None:
    packed = gzip.compress(bytes(range(256)) * 400, 1)
    assert unpack(packed[: len(packed) // 2], "gzip").startswith(bytes(range(200)))


@pytest.mark.parametrize("encodings", ["gzip", "deflate", "br", "zstd", "sdch"])
def test_what_cannot_be_undone_says_so(encodings: str) -> None:
    with pytest.raises(Unpackable):
        unpack(b"\x1f\x8b\x08 this is not what it says" * 9, encodings)


def test_a_bomb_is_not_set_off() -> None:
    with pytest.raises(Unpackable, match="more than 1 MB"):
        unpack(gzip.compress(bytes(50_000_000)), "gzip", largest=1024 * 1024)


@given(body=st.binary(max_size=200), encodings=st.sampled_from(["gzip", "deflate", "br", "zstd", "gzip, br", ", ,"]))
@settings(max_examples=150)
def test_any_bytes_give_bytes_or_unpackable(body: bytes, encodings: str) -> None:
    with contextlib.suppress(Unpackable):
        assert isinstance(unpack(body, encodings), bytes)
