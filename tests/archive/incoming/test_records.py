"""WARC files of others, however they are packed and whatever is broken in them, read record by record."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from io import BytesIO, RawIOBase

import pytest
from fastwarc.warc import ArchiveIterator, WarcRecordType
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.incoming import plain as plain_module
from archive.incoming.plain import Place
from archive.incoming.records import Damage, NoWarc, Record, RecordReader, TooLarge
from tests.warcs import Warc, dictionary

NOISE = b"".join(zlib.compress(bytes([n]) * 9, 0) for n in range(256))


def some(number: int = 5, size: int = 400) -> Warc:
    warc = Warc()
    for n in range(number):
        warc.add(f"http://gazette.example/{n}", (b"<p>%d</p>" % n) * size)
    return warc


def ways(warc: Warc) -> dict[str, bytes]:
    known = dictionary()
    return {
        "plain": warc.plain(),
        "gzip": warc.packed(),
        "one gzip member": warc.one_member(),
        "zstd": warc.zstd(),
        "zstd with a dictionary": warc.zstd(dictionary=known),
        "zstd with a packed dictionary": warc.zstd(dictionary=known, packed_dictionary=True),
        "gzip filled up with zeros": warc.packed() + bytes(512),
    }


WAYS = ways(some())


def records(data: bytes, start: Place | None = None) -> list[Record | TooLarge | Damage]:
    return list(RecordReader(BytesIO(data), start=start))


def urls(found: list[Record | TooLarge | Damage]) -> list[str]:
    return [each.fields.get("warc-target-uri", "") for each in found if isinstance(each, Record)]


@pytest.mark.parametrize("way", WAYS)
def test_records_are_the_same_however_they_are_packed(way: str) -> None:
    found = records(WAYS[way])
    assert urls(found) == [f"http://gazette.example/{n}" for n in range(5)]
    assert all(isinstance(each, Record) and each.block.endswith(b"</p>") for each in found)


@pytest.mark.parametrize("way", WAYS)
def test_reading_goes_on_at_any_place_that_was_told(way: str) -> None:
    reader = RecordReader(BytesIO(WAYS[way]))
    places = []
    for _ in reader:
        places.append(Place.read(str(reader.place)))
    for number, place in enumerate(places, start=1):
        assert urls(records(WAYS[way], place)) == [f"http://gazette.example/{n}" for n in range(number, 5)]


@settings(max_examples=60, deadline=None)
@given(
    sizes=st.lists(st.integers(0, 300_000), min_size=1, max_size=6),
    way=st.sampled_from(["plain", "gzip", "one gzip member", "zstd"]),
    part=st.sampled_from([1 << 10, 1 << 14, 1 << 18]),
)
def test_members_of_any_length_are_read_to_their_end(sizes: list[int], way: str, part: int) -> None:
    warc = Warc()
    bodies = [(NOISE * (size // len(NOISE) + 1))[:size] for size in sizes]
    for n, body in enumerate(bodies):
        warc.add(f"http://gazette.example/{n}", body)
    data = {"plain": warc.plain, "gzip": warc.packed, "one gzip member": warc.one_member, "zstd": warc.zstd}[way]()
    before = plain_module._PART
    plain_module._PART = part  # what unpackers hold back is given too
    try:
        found = records(data)
    finally:
        plain_module._PART = before
    assert [each.block.partition(b"\r\n\r\n")[2] for each in found if isinstance(each, Record)] == bodies


def test_the_places_are_those_that_fastwarc_tells() -> None:
    data = some(6, 30_000).packed()
    theirs = [record.stream_pos for record in ArchiveIterator(BytesIO(data), record_types=WarcRecordType.any_type)]
    assert [each.place.member for each in records(data)] == theirs


@pytest.mark.parametrize("way", ["plain", "gzip", "one gzip member", "zstd"])
def test_what_is_torn_off_at_the_end_is_told_and_the_rest_is_read(way: str) -> None:
    found = records(WAYS[way][:-30])
    *whole, last = found
    assert urls(whole) == [f"http://gazette.example/{n}" for n in range(4)]
    assert isinstance(last, Damage) and last.torn


@settings(max_examples=60, deadline=None)
@given(cut=st.integers(0, 100_000), way=st.sampled_from(["plain", "gzip", "one gzip member", "zstd"]))
def test_a_file_cut_anywhere_gives_whole_records_and_no_error(cut: int, way: str) -> None:
    data = WAYS[way]
    try:
        found = records(data[: cut % len(data)])
    except NoWarc:
        assert cut % len(data) < 20  # not even a magic number
        return
    told = urls(found)
    assert told == [f"http://gazette.example/{n}" for n in range(len(told))]


@settings(max_examples=60, deadline=None)
@given(at=st.integers(0, 100_000), with_=st.binary(min_size=1, max_size=40), way=st.sampled_from(["gzip", "plain"]))
def test_spoilt_bytes_cost_the_records_that_they_are_in(at: int, with_: bytes, way: str) -> None:
    data = bytearray(WAYS[way])
    at = 40 + at % (len(data) - 100)
    data[at : at + len(with_)] = with_
    try:
        found = records(bytes(data))
    except NoWarc:
        assert at < 700  # in the first record
        return
    assert len(urls(found)) >= 2


def test_a_damaged_record_in_the_middle_is_told_with_its_place() -> None:
    parts = [gzip.compress(part) for part in some().parts]
    parts[2] = parts[2][:-8] + bytes(8)
    found = records(b"".join(parts))
    assert urls(found) == [f"http://gazette.example/{n}" for n in (0, 1, 3, 4)]
    (damage,) = (each for each in found if isinstance(each, Damage))
    assert (damage.place.member, damage.torn) == (len(parts[0]) + len(parts[1]), False)


def test_many_magic_numbers_that_begin_nothing_are_passed_by() -> None:
    warc = some(3)
    parts = [gzip.compress(part) for part in warc.parts]
    found = records(parts[0] + b"\x1f\x8b\x08\x28\xb5\x2f\xfd" * 40_000 + parts[1] + parts[2])
    assert urls(found) == [f"http://gazette.example/{n}" for n in range(3)]


def test_a_record_without_a_length_is_passed_over() -> None:
    parts = some(3).parts
    parts[1] = parts[1].replace(b"Content-Length", b"Content-Lengthy", 1)
    found = records(b"".join(parts))
    assert urls(found) == ["http://gazette.example/0", "http://gazette.example/2"]


def test_heads_without_carriage_returns_and_folded_lines_are_read() -> None:
    block = b"HTTP/1.0 200 OK\r\n\r\nx"
    head = b"WARC/0.18\nWARC-Type: response\nWARC-Target-URI: http://a.example/\nX-Long: one\n two\n"
    (found,) = records(head + b"Content-Length: %d\n\n%b\r\n\r\n" % (len(block), block))
    assert isinstance(found, Record)
    assert (found.fields["x-long"], found.block) == ("one two", block)


@pytest.mark.parametrize(
    "data", [b"", b"<html>", b"\x1f\x8b\x08nothing", b"PK\x03\x04", gzip.compress(b"<html></html>", mtime=0)]
)
def test_what_is_no_warc_is_said_to_be_none(data: bytes) -> None:
    if not data:
        assert records(data) == []
        return
    with pytest.raises(NoWarc):
        records(data)


class _Endless(RawIOBase):
    """A record of a gigabyte that nobody has to store."""

    def __init__(self, size: int) -> None:
        head = b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.example/\r\nContent-Length: %d\r\n\r\n"
        self._parts = [head % size, size, b"\r\n\r\n" + some(1).plain()]

    def read(self, size: int = -1) -> bytes:
        while self._parts:
            part = self._parts[0]
            if isinstance(part, int):
                step = min(size, part)
                self._parts[0] = part - step
                if step:
                    return bytes(step)
            elif part:
                self._parts[0] = part[size:]
                return part[:size]
            self._parts.pop(0)
        return b""


def test_a_record_of_a_gigabyte_costs_no_memory() -> None:
    tracemalloc.start()
    try:
        first, second = RecordReader(_Endless(10**9))  # type: ignore[arg-type]
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert isinstance(first, TooLarge) and first.size == 10**9
    assert isinstance(second, Record)
    assert peak < 16 * 1024 * 1024
