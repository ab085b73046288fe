"""Records of others, read and made our own: chunks, encodings, digests, and what is no page."""

from __future__ import annotations

import gzip
import hashlib
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from archive.captures import decode_member
from archive.incoming.answers import Answer, Passed, glance, may_be_page, read_answer
from archive.incoming.chunks import dechunk
from archive.incoming.copying import as_ours, copy_of
from archive.incoming.plain import Place
from archive.incoming.records import Record, RecordReader
from archive.warcrecord import digest_of
from tests.warcs import Warc, page

HTML = ("Content-Type", "text/html; charset=utf-8")


def only(warc: Warc) -> Record:
    (found,) = RecordReader(BytesIO(warc.plain()))
    assert isinstance(found, Record)
    return found


def in_chunks(body: bytes, *, size: int = 100) -> bytes:
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x;note=1\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


@given(st.binary(max_size=2000), st.integers(1, 300))
def test_chunks_are_undone(body: bytes, size: int) -> None:
    assert dechunk(in_chunks(body, size=size)) == body


def test_a_body_that_only_says_that_it_is_in_chunks_is_left_as_it_is() -> None:
    assert dechunk(page(1)) is None
    assert dechunk(b"abc\r\nnot as long as that") == b"not as long as that"


def test_a_chunked_record_is_copied_without_its_chunks_and_says_so() -> None:
    body = page(1)
    record = only(Warc().add("http://a.example/1", in_chunks(body), headers=(HTML, ("Transfer-Encoding", "chunked"))))
    answer = read_answer(record)
    assert isinstance(answer, Answer)
    assert (answer.payload, answer.chunked) == (body, True)
    copy = copy_of(record, answer, asked="http://a.example/1", source="a.example", origin="x.warc.gz@0")
    assert not copy.misfit
    kept = decode_member(copy.member)
    assert kept is not None
    assert (kept.body, kept.digest, kept.origin, kept.source) == (body, digest_of(body), "x.warc.gz@0", "a.example")
    assert "transfer-encoding" not in dict(kept.headers)
    assert b"Nightdesk-Declared-Payload-Digest: sha1:" in gzip.decompress(copy.member)


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_a_record_is_copied_as_it_was(tmp_path: Path, version: str) -> None:
    record = only(Warc().add("http://a.example/1", page(1)))
    answer = read_answer(record)
    assert isinstance(answer, Answer)
    copy = copy_of(record, answer, asked="http://a.example/1", source="s", origin="x@0")
    (again,) = RecordReader(BytesIO(copy.member))
    assert isinstance(again, Record)
    assert again.block == record.block
    assert {k: v for k, v in again.fields.items() if not k.startswith("nightdesk-")} == dict(record.fields)
    for checked in ArchiveIterator(BytesIO(copy.member), check_digests=True):
        assert checked.content_stream().read() == page(1)
        assert checked.digest_checker.passed


def test_a_digest_that_does_not_fit_is_mended_and_told() -> None:
    warc = Warc().add("http://a.example/1", page(1))
    good = digest_of(page(1)).encode()
    warc.parts[0] = warc.parts[0].replace(good, b"sha1:" + b"A" * 32)
    record = only(warc)
    answer = read_answer(record)
    assert isinstance(answer, Answer)
    copy = copy_of(record, answer, asked="u", source="s", origin="x@0")
    assert (copy.misfit, copy.digest) == (True, good.decode())
    assert b"Nightdesk-Declared-Payload-Digest: sha1:" + b"A" * 32 in gzip.decompress(copy.member)


def test_digests_are_known_in_either_spelling() -> None:
    sha1 = hashlib.sha1(b"x").hexdigest()
    assert as_ours(f"sha1:{sha1}") == as_ours(digest_of(b"x").lower()) == digest_of(b"x")
    assert as_ours("sha256:" + "0" * 64) is None


@pytest.mark.parametrize(
    ("warc", "why"),
    [
        (Warc().add("http://a.example/", b"x", kind="metadata", content_type="text/plain"), Passed.OTHER_RECORD),
        (Warc().add("dns:a.example", b"1.2.3.4", kind="response"), None),
        (Warc().add("http://a.example/", b"x", status="404 Not Found"), Passed.STATUS),
        (Warc().add("http://a.example/", b"x", headers=(("Content-type", "image/png"),)), Passed.NOT_PAGE),
        (Warc().add("http://a.example/", b"x", kind="resource", content_type="text/css"), Passed.NOT_PAGE),
        (Warc().add("http://a.example/", b"x", kind="resource", content_type="text/html"), None),
        (Warc().add("http://a.example/", b"<p>", headers=()), None),
    ],
)
def test_what_is_no_page_is_passed_over_at_a_glance_and_for_the_same_reason_when_read(
    warc: Warc, why: Passed | None
) -> None:
    record = only(warc)
    assert glance(record) == why
    read = read_answer(record)
    if why is Passed.NOT_PAGE:
        assert isinstance(read, Answer) and not may_be_page(read)
    elif why is not None:
        assert read == why


@given(st.binary(max_size=300))
def test_a_block_of_anything_is_read_or_passed_over(block: bytes) -> None:
    fields = {"warc-type": "response", "warc-target-uri": "http://a.example/", "warc-date": "2024-05-17T08:30:00Z"}
    record = Record(place=Place(), head=b"WARC/1.0", fields=fields, block=block)
    assert glance(record) is None or isinstance(glance(record), Passed)
    read_answer(record)
