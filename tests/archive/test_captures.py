"""Exchanges into WARC files and back, also by the tools of others."""

import gzip
import io
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from fastwarc.warc import WarcRecordType
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.checker import Checker

from archive.captures import (
    Conversion,
    Exchange,
    ImportedFile,
    WarcFile,
    cut_torn_tail,
    decode_member,
    encode_conversion,
    encode_exchange,
    encode_import,
    encode_warcinfo,
    iter_members,
    read_capture,
)
from archive.errors import DamagedCapture
from archive.types import CaptureRef

WHEN = datetime(2026, 11, 22, 2, 0, 1, tzinfo=UTC)


def exchange(body: bytes = b"<p>Hello</p>", **changes: object) -> Exchange:
    fields: dict[str, object] = {
        "url": "http://gazette.example/news/a?x=1",
        "asked": "http://gazette.example/news/a?x=1",
        "source": "gazette",
        "fetched_at": WHEN,
        "status": 200,
        "request_headers": (("Host", "gazette.example"), ("User-Agent", "nightdesk/0.1.0")),
        "response_headers": (("Content-Type", "text/html"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")),
        "body": body,
    }
    return Exchange(**(fields | changes))  # type: ignore[arg-type]


def write(folder: Path, *exchanges: Exchange) -> list[CaptureRef]:
    file = WarcFile(folder, "warc/2026/11/test.warc.gz")
    file.append([encode_warcinfo(file.path, agent="nightdesk", robots="obey", operator="desk@example.org")])
    refs = []
    for one in exchanges:
        members, digest = encode_exchange(one)
        offset = file.append(members)
        refs.append(CaptureRef(file=file.path, offset=offset, length=len(members[0]), digest=digest))
    file.close()
    return refs


@given(body=st.binary(max_size=5000), status=st.sampled_from([200, 301, 404, 410, 429, 503, 599]))
@settings(max_examples=60, deadline=None)
def test_any_body_comes_back_byte_for_byte(tmp_path_factory: pytest.TempPathFactory, body: bytes, status: int) -> None:
    folder = tmp_path_factory.mktemp("warc")
    (ref,) = write(folder, exchange(body, status=status))
    back = read_capture(folder, ref)
    assert (back.raw, back.body, back.status) == (body, body, status)
    assert (back.url, back.asked, back.source, back.fetched_at) == (
        "http://gazette.example/news/a?x=1",
        "http://gazette.example/news/a?x=1",
        "gazette",
        WHEN,
    )


def test_repeated_headers_are_kept_in_order(tmp_path: Path) -> None:
    (ref,) = write(tmp_path, exchange())
    assert [v for k, v in read_capture(tmp_path, ref).headers if k == "set-cookie"] == ["a=1", "b=2"]


def test_an_encoded_body_is_stored_as_received_and_read_decoded(tmp_path: Path) -> None:
    packed = gzip.compress(b"<p>packed</p>" * 50)
    headers = (("Content-Type", "text/html"), ("Content-Encoding", "gzip"))
    (ref,) = write(tmp_path, exchange(packed, response_headers=headers))
    back = read_capture(tmp_path, ref)
    assert (back.body, back.raw) == (b"<p>packed</p>" * 50, packed)
    assert packed in gzip.decompress((tmp_path / ref.file).read_bytes())


def test_a_truncated_body_says_so(tmp_path: Path) -> None:
    (ref,) = write(tmp_path, exchange(truncated="disconnect"))
    assert read_capture(tmp_path, ref).truncated
    assert b"WARC-Truncated: disconnect" in gzip.decompress((tmp_path / ref.file).read_bytes())


def test_an_imported_file_is_a_resource_record(tmp_path: Path) -> None:
    file = ImportedFile(
        url="urn:sha256:abc", source="import", fetched_at=WHEN, content_type="text/plain", body=b"top of page\n"
    )
    (member,), digest = encode_import(file)
    back = decode_member(member)
    assert back is not None
    assert (back.url, back.status, back.body, back.digest) == ("urn:sha256:abc", None, b"top of page\n", digest)


def test_others_read_what_we_write(tmp_path: Path) -> None:
    refs = write(tmp_path, exchange(b"one" * 1000), exchange(b"", status=301), exchange(b"\x00\xff" * 99))
    path = tmp_path / refs[0].file
    with path.open("rb") as stream:
        records = list(FastIterator(stream, parse_http=False, verify_digests=True))
    kinds = [record.record_type for record in records]
    assert kinds == [WarcRecordType.warcinfo] + [WarcRecordType.response, WarcRecordType.request] * 3
    checker = Checker(type("Arguments", (), {"verbose": False, "inputs": []})())
    checker.process_one(str(path))
    assert checker.exit_value == 0


def test_every_record_is_a_gzip_member_of_its_own(tmp_path: Path) -> None:
    refs = write(tmp_path, exchange(b"one"), exchange(b"two"))
    members = list(iter_members(tmp_path / refs[0].file, 0))
    assert len(members) == 5
    assert [(o, n) for o, n, _ in members if any(o == r.offset for r in refs)] == [(r.offset, r.length) for r in refs]
    assert sum(length for _, length, _ in members) == (tmp_path / refs[0].file).stat().st_size


@pytest.mark.parametrize("keep", [0.1, 0.5, 0.99])
def test_a_torn_tail_is_cut_off_and_the_rest_is_whole(tmp_path: Path, keep: float) -> None:
    refs = write(tmp_path, exchange(b"one" * 500), exchange(bytes(range(256)) * 40))
    path = tmp_path / refs[0].file
    end = refs[1].offset + int(refs[1].length * keep)
    path.write_bytes(path.read_bytes()[:end])
    whole = max(offset + length for offset, length, _ in iter_members(path, 0))
    assert whole == refs[1].offset
    assert cut_torn_tail(path, whole) == end - whole
    assert read_capture(tmp_path, refs[0]).body == b"one" * 500


def test_damage_is_named_with_file_and_offset(tmp_path: Path) -> None:
    (ref,) = write(tmp_path, exchange(b"something" * 100))
    path = tmp_path / ref.file
    data = bytearray(path.read_bytes())
    data[ref.offset + ref.length // 2] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(DamagedCapture, match=rf"{ref.file}.*{ref.offset}"):
        read_capture(tmp_path, ref)
    path.unlink()
    with pytest.raises(DamagedCapture, match="cannot be read"):
        read_capture(tmp_path, ref)


def test_a_byte_that_is_wrong_anywhere_is_damage_or_changes_nothing(tmp_path: Path) -> None:
    (ref,) = write(tmp_path, exchange(b"something" * 100))
    path = tmp_path / ref.file
    whole = path.read_bytes()
    for at in range(ref.offset, ref.offset + ref.length):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        with suppress(DamagedCapture):
            assert read_capture(tmp_path, ref).raw == b"something" * 100


def test_another_records_digest_is_damage(tmp_path: Path) -> None:
    refs = write(tmp_path, exchange(b"one"), exchange(b"two"))
    mixed = CaptureRef(file=refs[0].file, offset=refs[0].offset, length=refs[0].length, digest=refs[1].digest)
    with pytest.raises(DamagedCapture):
        read_capture(tmp_path, mixed)


def test_a_failed_write_leaves_no_half_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = WarcFile(tmp_path, "a.warc.gz")
    members, _ = encode_exchange(exchange())
    file.append(members)

    class FullDisk(io.BufferedWriter):
        def write(self, data: object) -> int:
            super().write(bytes(data)[:10])  # type: ignore[call-overload]
            self.flush()
            raise OSError(28, "No space left on device")

    before = file.size
    whole = file._out
    file._out = FullDisk(io.FileIO(whole.fileno(), "ab", closefd=False))
    with pytest.raises(OSError, match="No space"):
        file.append(members)
    assert (tmp_path / "a.warc.gz").stat().st_size == before == file.size
    whole.close()


def test_what_a_browser_made_says_of_which_answer_and_by_what(tmp_path: Path) -> None:
    (ref,) = write(tmp_path, exchange(b"<div id=root></div>"))
    answer = read_capture(tmp_path, ref)
    conversion = Conversion(
        url=answer.url,
        asked=answer.asked,
        source="gazette",
        made_at=WHEN,
        made_by="Chromium 156.0, playwright 1.65",
        refers_to=answer.record_id,
        body="<p>Brücke</p>".encode(),
    )
    (member,), digest = encode_conversion(conversion)
    (record,) = FastIterator(io.BytesIO(member), parse_http=False)
    assert record.record_type is WarcRecordType.conversion
    assert record.headers["WARC-Refers-To"] == answer.record_id
    assert record.headers["Content-Type"] == "text/html; charset=utf-8"
    read = decode_member(member)
    assert read is not None
    assert (read.made_by, read.digest, read.status) == (conversion.made_by, digest, None)
    assert read.body == conversion.body
    assert answer.made_by is None
