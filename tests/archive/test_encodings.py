"""Content encodings undone: whatever a server sends, bounded."""

import contextlib
import gzip
import random
import tracemalloc
import zlib
from collections.abc import Callable

import brotli
import pytest
from backports import zstd
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


BOMB = bytes(100_000_000)


@pytest.mark.parametrize(
    ("encodings", "pack"),
    [
        ("gzip", lambda body: gzip.compress(body, 1)),
        ("deflate", zlib.compress),
        ("deflate", bare),
        ("br", lambda body: brotli.compress(body, quality=1)),
        ("zstd", zstd.compress),
    ],
)
def test_a_bomb_is_not_set_off(encodings: str, pack: Callable[[bytes], bytes]) -> None:
    packed = pack(BOMB)
    tracemalloc.start()
    with pytest.raises(Unpackable, match="more than 1 MB"):
        unpack(packed, encodings, largest=1024 * 1024)
    assert tracemalloc.get_traced_memory()[1] < 16_000_000
    tracemalloc.stop()


def test_many_members_are_read_in_one_pass() -> None:
    member = gzip.compress(b"", mtime=0)
    assert unpack(member * 100_000 + gzip.compress(TEXT), "gzip") == TEXT


def test_large_bodies_come_out_whole() -> None:
    body = random.Random(1).randbytes(5_000_000) + bytes(9_000_000)
    for encodings, packed in (
        ("gzip", gzip.compress(body)),
        ("deflate", bare(body)),
        ("br", brotli.compress(body, quality=1)),
        ("zstd", zstd.compress(body)),
    ):
        assert unpack(packed, encodings) == body


def test_encodings_around_encodings_are_bounded() -> None:
    with pytest.raises(Unpackable, match="3000 content encodings"):
        unpack(gzip.compress(TEXT), ", ".join(["gzip"] * 3000))


@given(body=st.binary(max_size=200), encodings=st.sampled_from(["gzip", "deflate", "br", "zstd", "gzip, br", ", ,"]))
@settings(max_examples=150)
def test_any_bytes_give_bytes_or_unpackable(body: bytes, encodings: str) -> None:
    with contextlib.suppress(Unpackable):
        assert isinstance(unpack(body, encodings), bytes)
