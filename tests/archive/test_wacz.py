"""Captures for the programs of others: the index, and packages of what a query finds."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import zipfile
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from fastwarc.warc import ArchiveIterator

from archive.captures import Conversion, ImportedFile, read_capture
from archive.cli import archive_commands
from archive.export.log import exports_of
from archive.query import Query
from archive.wacz.pack import Packed, pack
from archive.writer import ArchiveWriter
from tests.archive.test_captures import WHEN, exchange
from tests.archive.test_writer import PAGE, found
from tests.conftest import NOW, an_article, open_archive


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(archive_commands, [str(word) for word in words])


def store(writer: ArchiveWriter, url: str, capture: int | None, title: str, day: int = 0) -> None:
    article = an_article(url=url, canonical_url=url, title=title)
    at = NOW + timedelta(days=day)
    writer.articles.store(article, source="gazette", seen_at=at, capture_id=capture, url_id=found(writer, url), key=url)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Twelve articles; one of them with an earlier text, one rendered, one repeated, one without a raw page, one from
    a file; and an error page that belongs to none.
    """
    with open_archive(tmp_path / "archive") as writer:
        for n in range(8):
            url = f"{PAGE}&n={n}"
            body = f"<p>page {n}</p>".encode() * 50
            store(writer, url, writer.keep(exchange(body, url=url), run=1, url_id=found(writer, url)), f"Bridge {n}")
        later = WHEN + timedelta(days=1)
        changed = writer.keep(exchange(b"changed" * 50, url=url, fetched_at=later), run=1, url_id=found(writer, url))
        store(writer, url, changed, "Harbour, changed", day=1)
        once, again = (
            writer.keep(exchange(b"same" * 50, url=PAGE, fetched_at=WHEN + timedelta(days=n)), run=1, url_id=None)
            for n in range(2)
        )
        assert once < again
        store(writer, PAGE, again, "Harbour, repeated")
        made = f"{PAGE}&made"
        answer = writer.keep(exchange(b"<div id=root>" * 40, url=made), run=1, url_id=found(writer, made))
        conversion = Conversion(
            url=made,
            asked=made,
            source="gazette",
            made_at=NOW,
            made_by="Chromium 156.0",
            refers_to=read_capture(writer.folder, writer.capture_ref(answer)).record_id,
            body=b"<p>the text</p>",
        )
        rendered = writer.keep_conversion(conversion, made_from=answer, run=1, url_id=found(writer, made))
        store(writer, made, rendered, "Harbour, rendered")
        store(writer, f"{PAGE}&without", None, "Harbour, without")
        file = ImportedFile(
            url="urn:sha256:AB", source="gazette", fetched_at=WHEN, content_type="text/plain", body=b"x"
        )
        store(writer, f"{PAGE}&file", writer.keep_import(file, run=1, url_id=None), "Harbour, from a file")
        writer.keep(exchange(b"gone", url=f"{PAGE}&gone", status=404), run=1, url_id=None)
    return tmp_path / "archive"


def opened(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as file:
        assert file.testzip() is None
        stored = {info.filename for info in file.infolist() if info.compress_type == zipfile.ZIP_STORED}
        assert {name for name in file.namelist() if name.startswith(("archive/", "indexes/"))} == stored
        return {name: file.read(name) for name in file.namelist()}


def packed(folder: Path, words: str, **options: int) -> tuple[Packed, dict[str, bytes]]:
    done = pack(folder, Query.parse(words), folder.parent / "x.wacz", **options)  # type: ignore[arg-type]
    return done, opened(done.path)


def index_of(files: dict[str, bytes]) -> list[tuple[str, str, dict[str, str]]]:
    lines = gzip.decompress(files["indexes/index.cdx.gz"]).decode().splitlines()
    assert lines == sorted(lines)
    return [(key, stamp, json.loads(told)) for key, stamp, told in (line.split(" ", 2) for line in lines)]


def test_the_index_names_each_capture_where_it_lies(folder: Path) -> None:
    lines = run("cdxj", "-a", folder).stdout.splitlines()
    assert lines == sorted(lines) and len(lines) == 14  # all but the rendering
    for line in lines:
        key, stamp, told = line.split(" ", 2)
        fields = json.loads(told)
        with (folder / fields["filename"]).open("rb") as file:
            file.seek(int(fields["offset"]))
            (record,) = ArchiveIterator(io.BytesIO(file.read(int(fields["length"]))))
        assert record.headers["WARC-Target-URI"] == fields["url"]
        assert record.headers["WARC-Payload-Digest"] == fields["digest"]
        assert record.headers["WARC-Date"].replace("-", "").replace(":", "").replace("T", "").rstrip("Z") == stamp
        assert key.startswith(("example,gazette)/", "urn:"))
    kinds = {json.loads(line.split(" ", 2)[2]).get("mime") for line in lines}
    assert kinds == {"text/html", "warc/revisit", "text/plain"}


def test_the_index_goes_to_a_file_or_is_json_lines_or_of_one_source(folder: Path, tmp_path: Path) -> None:
    shown = run("cdxj", "-a", folder).stdout
    done = run("cdxj", "-a", folder, "--to", tmp_path / "i.cdxj")
    assert (done.stdout, (tmp_path / "i.cdxj").read_text()) == ("", shown)
    assert "14 captures" in done.stderr
    objects = [json.loads(line) for line in run("cdxj", "-a", folder, "--json").stdout.splitlines()]
    assert [f"{each['urlkey']} {each['timestamp']}" for each in objects] == [
        " ".join(line.split(" ")[:2]) for line in shown.splitlines()
    ]
    assert run("cdxj", "-a", folder, "--source", "gazette").stdout == shown
    unknown = run("cdxj", "-a", folder, "--source", "gazete")
    assert (unknown.exit_code, "gazete" in unknown.stderr) == (5, True)
    assert run("cdxj", "-a", folder, "--to", tmp_path / "no" / "i").exit_code == 1


def test_a_package_holds_what_the_query_finds_and_what_that_needs(folder: Path) -> None:
    done, files = packed(folder, "harbour")
    assert (done.articles, done.pages, done.captures) == (5, 4, 7)
    head, *pages = map(json.loads, files["pages/pages.jsonl"].decode().splitlines())
    assert head["hasText"] and {page["title"] for page in pages} == {
        "Harbour, changed",
        "Harbour, repeated",
        "Harbour, rendered",
        "Harbour, from a file",
    }
    index = index_of(files)
    assert {(page["url"], page["ts"].translate(str.maketrans("", "", "-:TZ"))) for page in pages} <= {
        (told["url"], stamp) for _, stamp, told in index
    }
    assert len(index) == 6  # the page twice, the repeated one twice, the rendered one's answer, the file
    for _, _, told in index:
        data = files[f"archive/{told['filename']}"]

        start = int(told["offset"])
        (record,) = ArchiveIterator(io.BytesIO(data[start : start + int(told["length"])]))
        assert record.headers["WARC-Target-URI"] == told["url"]


def test_every_file_is_listed_with_its_digest(folder: Path) -> None:
    done, files = packed(folder, "")
    told = json.loads(files["datapackage.json"])
    listed = {each["path"]: each for each in told["resources"]}
    assert set(listed) == set(files) - {"datapackage.json", "datapackage-digest.json"}
    for path, each in listed.items():
        assert each["hash"] == f"sha256:{hashlib.sha256(files[path]).hexdigest()}"
        assert each["bytes"] == len(files[path])
    digest = json.loads(files["datapackage-digest.json"])
    assert digest["hash"] == f"sha256:{hashlib.sha256(files['datapackage.json']).hexdigest()}"
    assert (told["wacz_version"], told["profile"]) == ("1.1.1", "data-package")
    assert hashlib.sha256(done.path.read_bytes()).hexdigest() == done.sha256


def test_a_large_package_has_several_warc_files_and_a_list_of_index_blocks(folder: Path) -> None:
    _, files = packed(folder, "", roll_over=2000)
    warcs = sorted(name for name in files if name.startswith("archive/"))
    assert len(warcs) > 2
    assert {told["filename"] for _, _, told in index_of(files)} == {name.partition("/")[2] for name in warcs}
    meta, *blocks = files["indexes/index.idx"].decode().splitlines()
    assert json.loads(meta.split(" ", 2)[2]) == {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}
    places = [json.loads(block.split(" ", 2)[2]) for block in blocks]
    assert [each["offset"] for each in places] == [0] and places[0]["length"] == len(files["indexes/index.cdx.gz"])


def test_blocks_of_an_index_are_found_by_their_first_line() -> None:

    from archive.wacz.zipnum import write_zipnum

    lines = [f"example)/{n:06} 20261128000000 {{}}" for n in range(1000)]
    file = io.BytesIO()
    _, *blocks = write_zipnum(iter(lines), file).decode().splitlines()
    assert len(blocks) == 4
    unpacked = []
    for block in blocks:
        key, stamp, told = block.split(" ", 2)
        place = json.loads(told)
        data = file.getvalue()[place["offset"] : place["offset"] + place["length"]]
        assert place["digest"] == f"sha256:{hashlib.sha256(data).hexdigest()}"
        part = gzip.decompress(data).decode().splitlines()
        assert part[0].startswith(f"{key} {stamp} ")
        unpacked += part
    assert unpacked == lines
    assert all(one < other for one, other in pairwise(blocks))


def test_a_query_that_finds_nothing_gives_an_empty_package(folder: Path) -> None:
    done, files = packed(folder, "nowhere")
    assert (done.articles, done.pages, done.captures) == (0, 0, 0)
    assert len(files["pages/pages.jsonl"].splitlines()) == 1 and index_of(files) == []


def test_the_command_says_what_it_wrote_and_notes_it(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "h.wacz"
    done = run("package", "-a", folder, "harbour", "--to", target, "--title", "Harbours")
    assert (done.exit_code, done.stdout) == (0, "")
    assert "4 of 5 articles" in done.stderr and "of 1 no raw page" in done.stderr
    assert json.loads(opened(target)["datapackage.json"])["title"] == "Harbours"
    told = json.loads(run("package", "-a", folder, "harbour", "--to", target, "--json").stdout)
    assert (told["articles"], told["pages"], told["path"]) == (5, 4, str(target))
    assert [(each.format, each.rows) for each in exports_of(folder)] == [("wacz", 5)] * 2
    assert run("package", "-a", folder, "--to", tmp_path / "x.zip").exit_code == 2
    assert run("package", "-a", folder, "source:", "--to", target).exit_code == 2


def test_damaged_captures_are_named_and_the_rest_is_packed(folder: Path, tmp_path: Path) -> None:
    (path,) = folder.glob("warc/**/*.warc.gz")
    data = bytearray(path.read_bytes())
    (line,) = [line for line in run("cdxj", "-a", folder).stdout.splitlines() if "&n=3" in line]
    place = json.loads(line.split(" ", 2)[2])
    data[int(place["offset"]) + int(place["length"]) // 2] ^= 0xFF
    path.write_bytes(data)
    done = run("package", "-a", folder, "--to", tmp_path / "x.wacz")
    assert done.exit_code == 1 and f"offset {place['offset']} " in done.stderr.splitlines()[-1]
    assert "10 of 12 articles" in done.stderr
    assert "&n=3" not in gzip.decompress(opened(tmp_path / "x.wacz")["indexes/index.cdx.gz"]).decode()
