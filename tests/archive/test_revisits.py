"""Payloads that a URL gave before are named, not written again; whoever reads a capture gets them all the same."""

import gzip
import io
import json
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from fastwarc.warc import WarcRecordType
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.checker import Checker

from archive.captures import IDENTICAL, NOT_MODIFIED, Capture, encode_exchange, read_capture
from archive.errors import DamagedCapture
from archive.types import CaptureRef, Hint, State, Via
from archive.writer import ArchiveWriter
from tests.archive.test_captures import WHEN, exchange
from tests.archive.test_writer import PAGE, abandon, found
from tests.conftest import NOW, open_archive

BODY = b"<p>The harbour is open.</p>" * 40
LATER = WHEN + timedelta(days=1)


def the_file(folder: Path) -> Path:
    (path,) = folder.glob("warc/**/*.warc.gz")
    return path


def records(folder: Path) -> list[tuple[WarcRecordType, dict[str, str], bytes]]:
    with the_file(folder).open("rb") as stream:
        return [
            (each.record_type, dict(each.headers), each.reader.read())
            for each in FastIterator(stream, parse_http=False, verify_digests=True)
        ]


def kept(writer: ArchiveWriter, **changes: object) -> tuple[int, Capture]:
    body = changes.pop("body", BODY)
    capture = writer.keep(exchange(body, **changes), run=1, url_id=writer.ledger.entry(PAGE) and found(writer))  # type: ignore[arg-type]
    return capture, read_capture(writer.folder, writer.capture_ref(capture))


def payload_of(writer: ArchiveWriter, capture: int) -> int | None:
    (payload,) = writer.db.execute("select payload_id from captures where id = ?", [capture]).fetchone()
    return payload


def test_the_same_payload_again_is_a_revisit_that_is_read_as_the_page(writer: ArchiveWriter) -> None:
    first, original = kept(writer)
    again, capture = kept(writer, fetched_at=LATER, response_headers=(("Content-Type", "text/html"), ("Age", "7")))
    assert payload_of(writer, again) == first
    assert (capture.raw, capture.status, capture.fetched_at) == (BODY, 200, LATER)
    assert ("age", "7") in capture.headers and capture.digest == original.digest
    writer.commit()
    head, block = next(each[1:] for each in records(writer.folder) if each[0] is WarcRecordType.revisit)
    assert head["WARC-Profile"] == IDENTICAL
    assert head["WARC-Refers-To"] == original.record_id
    assert head["WARC-Refers-To-Target-URI"] == original.url
    assert head["WARC-Refers-To-Date"] == "2026-11-22T02:00:01Z"
    assert b"Age: 7" in block and BODY not in block
    assert gzip.decompress(the_file(writer.folder).read_bytes()).count(BODY) == 1


def test_a_304_is_a_revisit_that_is_read_with_the_page_it_stands_for(writer: ArchiveWriter) -> None:
    packed = gzip.compress(BODY)
    encoded = (("Content-Type", "text/html"), ("Content-Encoding", "gzip"), ("ETag", '"1"'))
    first, original = kept(writer, body=packed, response_headers=encoded)
    again, capture = kept(writer, body=b"", status=304, fetched_at=LATER, response_headers=(("ETag", '"2"'),))
    third, last = kept(writer, body=b"", status=304, fetched_at=LATER + timedelta(days=1), response_headers=())
    assert [payload_of(writer, each) for each in (again, third)] == [first, first]
    assert (capture.status, capture.body, capture.raw) == (304, BODY, packed)
    assert capture.headers == (("content-type", "text/html"), ("content-encoding", "gzip"), ("etag", '"2"'))
    assert last.body == BODY
    writer.commit()
    revisits = [head for kind, head, _ in records(writer.folder) if kind is WarcRecordType.revisit]
    assert [head["WARC-Profile"] for head in revisits] == [NOT_MODIFIED] * 2
    assert {head["WARC-Refers-To"] for head in revisits} == {original.record_id}


def test_what_repeats_nothing_is_kept_whole(writer: ArchiveWriter) -> None:
    kept(writer)
    for changes in (
        {"body": b"other"},
        {"url": PAGE + "2"},
        {"status": 404},
        {"truncated": "disconnect"},
        {"url": PAGE + "3", "status": 304, "body": b""},
        {"origin": "other.warc.gz@0"},
    ):
        capture, read = kept(writer, fetched_at=LATER, **changes)
        assert payload_of(writer, capture) is None and read.repeats is None


def test_a_page_that_goes_back_to_an_earlier_text_is_kept_whole_and_then_repeated(writer: ArchiveWriter) -> None:
    bodies = [b"one", b"two", b"one", b"one"]
    ids = [kept(writer, body=body, fetched_at=WHEN + timedelta(hours=n))[0] for n, body in enumerate(bodies)]
    assert [payload_of(writer, each) for each in ids] == [None, None, None, ids[2]]


def test_whatever_a_url_answers_in_turn_is_read_back(writer: ArchiveWriter) -> None:
    urls = (f"{PAGE}&n={number}" for number in count())

    @given(bodies=st.lists(st.sampled_from([b"", b"a" * 300, b"b" * 300, None]), max_size=8))
    @settings(max_examples=40, deadline=None)
    def check(bodies: list[bytes | None]) -> None:
        page, url = b"", next(urls)
        for n, body in enumerate(bodies):  # None: a 304
            status, sent = (304, b"") if body is None else (200, body)
            _, read = kept(writer, url=url, body=sent, status=status, fetched_at=WHEN + timedelta(hours=n))
            page = page if body is None else body
            assert (read.status, read.raw) == (status, page)

    check()


def test_every_record_has_its_digests_and_the_tools_of_others_find_them_right(writer: ArchiveWriter) -> None:
    kept(writer, hints=(Hint(via=Via.FEED, where="http://gazette.example/feed"),))
    kept(writer, fetched_at=LATER)
    kept(writer, fetched_at=LATER, status=304, body=b"")
    writer.commit()
    for kind, head, _ in records(writer.folder):
        assert head["WARC-Block-Digest"].startswith("sha1:")
        assert ("WARC-Payload-Digest" in head) == (kind not in (WarcRecordType.warcinfo, WarcRecordType.metadata))
    checker = Checker(type("Arguments", (), {"verbose": False, "inputs": []})())
    checker.process_one(str(the_file(writer.folder)))
    assert checker.exit_value == 0


def test_a_metadata_record_says_what_led_to_the_page(writer: ArchiveWriter) -> None:
    hints = (
        Hint(via=Via.FEED, where="http://gazette.example/feed", title="Brücke\r\nüber den Fluss", tags=("a",)),
        Hint(via=Via.GIVEN, where="sources.toml"),
    )
    kept(writer, hints=hints)
    kept(writer, url=PAGE + "2", hints=hints, via=PAGE)
    writer.commit()
    all_records = records(writer.folder)
    answers = [head["WARC-Record-ID"] for kind, head, _ in all_records if kind is WarcRecordType.response]
    found = [(head, block.decode()) for kind, head, block in all_records if kind is WarcRecordType.metadata]
    assert [head["WARC-Concurrent-To"] for head, _ in found] == answers
    told = [line.split(": ", 1) for line in found[0][1].splitlines()]
    assert [name for name, _ in told] == ["via", "source", "hint", "hint"]
    assert told[0][1] == "http://gazette.example/feed"
    assert json.loads(told[2][1])["title"] == "Brücke\r\nüber den Fluss"
    assert found[1][1].startswith(f"via: {PAGE}\r\n")


def test_what_would_end_a_line_does_not(tmp_path: Path) -> None:
    members, _ = encode_exchange(exchange(b"x", response_headers=(("X-A", "1\r\nX-B: 2"), ("X-C", "caf\xe9"))))
    (record,) = FastIterator(io.BytesIO(members[0]))
    assert dict(record.http_headers)["X-A"] == "1 X-B: 2"
    assert b"X-C: caf\xe9\r\n" in gzip.decompress(members[0])  # the bytes as they came


@pytest.mark.parametrize("changes", [{}, {"status": 304, "body": b""}])
def test_a_revisit_that_a_kill_left_is_taken_in_with_its_payload(tmp_path: Path, changes: dict[str, object]) -> None:
    writer = open_archive(tmp_path)
    url_id = found(writer)
    writer.keep(exchange(b"<p>first</p>"), run=1, url_id=None)
    writer.commit()
    kept(writer)  # not committed: both are orphans
    kept(writer, fetched_at=LATER, **changes)
    abandon(writer)
    with ArchiveWriter(tmp_path, purpose="again") as again:
        assert again.recovered.captures == 2
        (entry,) = again.ledger.captured(limit=10, but_not=set())
        assert (entry.id, entry.state) == (url_id, State.CAPTURED) and entry.capture_id is not None
        rows = [row[0] for row in again.db.execute("select id from captures order by id")]
        assert [payload_of(again, row) for row in rows] == [None, None, rows[1]]
        assert {read_capture(tmp_path, again.capture_ref(row)).body for row in rows[1:]} == {BODY}


def test_a_revisit_of_what_is_not_here_is_not_taken_in(tmp_path: Path) -> None:
    writer = open_archive(tmp_path)
    url_id = found(writer)
    kept(writer)
    writer.commit()
    kept(writer, fetched_at=LATER)
    writer.db.conn.rollback()
    writer.db.execute("delete from captures")
    writer.db.conn.commit()
    abandon(writer)
    with ArchiveWriter(tmp_path, purpose="again") as again:
        assert again.recovered.captures == 0
        entry = again.ledger.entry(PAGE)
        assert entry is not None and entry.id == url_id and entry.state is State.FOUND


def test_after_damage_was_found_the_page_is_kept_whole_again(writer: ArchiveWriter) -> None:
    url_id = found(writer)
    kept(writer)
    writer.ledger.note(url_id, "failed", run=1, now=NOW + timedelta(days=1), reason="damaged-capture")
    whole, _ = kept(writer, fetched_at=WHEN + timedelta(days=2))
    again, _ = kept(writer, fetched_at=WHEN + timedelta(days=3))
    assert (payload_of(writer, whole), payload_of(writer, again)) == (None, whole)


def test_a_payload_that_verify_found_damaged_is_not_named(writer: ArchiveWriter) -> None:
    first, _ = kept(writer)
    writer.db.execute("update captures set damaged_at = '2026-11-22T03:00:00Z' where id = ?", [first])
    again, _ = kept(writer, fetched_at=LATER)
    assert payload_of(writer, again) is None


def test_an_answer_from_before_ids_were_noted_is_repeated_by_its_own_id(writer: ArchiveWriter) -> None:
    first, original = kept(writer)
    writer.commit()
    writer.db.execute("update captures set record_id = null")
    again, _ = kept(writer, fetched_at=LATER)
    assert payload_of(writer, again) == first
    writer.commit()
    (head,) = [head for kind, head, _ in records(writer.folder) if kind is WarcRecordType.revisit]
    assert head["WARC-Refers-To"] == original.record_id
    writer.db.execute("update captures set record_id = null, length = 10 where id = ?", [first])
    third, _ = kept(writer, fetched_at=LATER + timedelta(days=1))
    assert payload_of(writer, third) is None  # what cannot be read is not relied upon


def test_a_revisit_whose_payload_is_damaged_or_not_named_says_so(writer: ArchiveWriter) -> None:
    first, _ = kept(writer)
    again, _ = kept(writer, fetched_at=LATER)
    ref = writer.capture_ref(again)
    with pytest.raises(DamagedCapture, match="does not name"):
        read_capture(writer.folder, CaptureRef(file=ref.file, offset=ref.offset, length=ref.length, digest=ref.digest))
    writer.commit()
    path, place = the_file(writer.folder), writer.capture_ref(first)
    data = bytearray(path.read_bytes())
    data[place.offset + place.length // 2] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(DamagedCapture, match=f"offset {place.offset} "):
        read_capture(writer.folder, ref)
