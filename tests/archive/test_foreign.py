"""WARC files of others: cut into records however they come, and read whatever is in them."""

from __future__ import annotations

import gzip
import zlib
from datetime import UTC, datetime

import pytest

from archive import foreign
from archive.captures import Exchange, encode_exchange, encode_warcinfo
from archive.foreign import Borrowed, NoWarc, RecordSplitter, borrowed

WHEN = datetime(2024, 5, 17, 8, 30, tzinfo=UTC)


def members(number: int = 4, body: bytes = b"<p>The bridge is open.</p>") -> list[bytes]:
    found = [encode_warcinfo("x.warc.gz", agent="a", robots="obey", operator=None)]
    for n in range(number):
        exchange = Exchange(
            url=f"http://gazette.example/{n}",
            asked="http://gazette.example/",
            source=None,
            fetched_at=WHEN,
            status=200,
            response_headers=(("Content-Type", "text/html"),),
            body=body,
        )
        found += encode_exchange(exchange)[0]
    return found


def read(data: bytes, step: int) -> tuple[list[Borrowed], RecordSplitter]:
    splitter = RecordSplitter()
    records = [r for at in range(0, len(data), step) for r in splitter.feed(data[at : at + step])]
    return [page for record in records for page in borrowed(record)], splitter


@pytest.mark.parametrize("step", [1, 97, 4096, 10**6])
@pytest.mark.parametrize("packed", [True, False])
def test_records_are_the_same_in_whatever_parts_they_come(step: int, packed: bool) -> None:
    data = b"".join(members() if packed else map(gzip.decompress, members()))
    pages, splitter = read(data, step)
    assert [page.url for page in pages] == [f"http://gazette.example/{n}" for n in range(4)]
    assert {(page.captured_at, page.status, page.body) for page in pages} == {
        (WHEN, 200, b"<p>The bridge is open.</p>")
    }
    assert (splitter.position, splitter.torn) == (len(data), 0)


@pytest.mark.parametrize("packed", [True, False])
def test_reading_goes_on_where_it_stopped_and_a_torn_tail_is_left_out(packed: bool) -> None:
    parts = members() if packed else [gzip.decompress(m) for m in members()]
    data = b"".join(parts)
    pages, splitter = read(data[:-20], 500)
    assert len(pages) == 4  # the torn one is the last request
    assert splitter.position == len(data) - len(parts[-1])
    assert splitter.torn == len(parts[-1]) - 20
    again = RecordSplitter(splitter.position)
    (last,) = again.feed(data[splitter.position :])
    assert last.rstrip() == parts[-1].rstrip()
    assert again.position == len(data)


def test_chunked_bodies_are_joined_and_revisits_and_rubbish_passed_over() -> None:
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
    head = b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: <http://a.example/x>\r\n"
    head += b"WARC-Date: 2024-05-17T08:30:00Z\r\n"
    kind = b"Content-Type: application/http; msgtype=response\r\n"

    def record(head: bytes, block: bytes) -> bytes:
        return head + kind + b"Content-Length: %d\r\n\r\n" % len(block) + block + b"\r\n\r\n"

    good = record(head, http)
    bad = [
        record(head.replace(b"response", b"revisit"), http),
        record(head.replace(b"2024-05-17T08:30:00Z", b"yesterday"), http),
        record(head, b"no HTTP at all"),
        record(head, b""),
        record(head.replace(b"Target-URI", b"Target"), http),
    ]
    pages, _ = read(b"".join(gzip.compress(r) for r in [*bad, good]), 64)
    assert [(page.url, page.body) for page in pages if page.url] == [("http://a.example/x", b"hello")]


@pytest.mark.parametrize(
    "data",
    [b"<!doctype html><p>no WARC</p>", b"WARC/1.0\r\nWARC-Type: response\r\n\r\n", b"\x1f\x8bnonsense, not gzip"],
)
def test_what_is_no_warc_file_is_said_to_be_none(data: bytes) -> None:
    with pytest.raises(NoWarc):
        list(RecordSplitter().feed(data))


def test_a_record_that_is_too_large_is_passed_over_and_a_file_packed_as_one_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(foreign, "LARGEST", 20_000)
    large, small = members(1, b"x" * 30_000), members(2)
    for packed in (True, False):
        parts = [*large, *small] if packed else [gzip.decompress(m) for m in (*large, *small)]
        pages, splitter = read(b"".join(parts), 700)
        assert [page.url for page in pages] == ["http://gazette.example/0", "http://gazette.example/1"], packed
        assert splitter.position == sum(map(len, parts))
    whole = zlib.compressobj(wbits=31)
    one = whole.compress(b"".join(map(gzip.decompress, members(200)))) + whole.flush()
    with pytest.raises(NoWarc, match="warcio recompress"):
        read(one, 700)


def test_a_small_file_packed_as_one_member_is_read() -> None:
    pages, _ = read(gzip.compress(b"".join(map(gzip.decompress, members(3)))), 100)
    assert len(pages) == 3
