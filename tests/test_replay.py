"""What a crawl wrote, in the programs of others: pywb replays it byte for byte, py-wacz finds it valid, keys agree."""

from __future__ import annotations

import gzip
import json
import random
import sqlite3
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from fastwarc.warc import ArchiveIterator
from warcio.checker import Checker

from archive.captures import Exchange, read_capture
from archive.cdxj import stamp
from archive.record import CAPTURE, PLACED, capture_from_row
from archive.sqlite import Database
from archive.surt import surt
from archive.types import CaptureRef, Hint, Kind, Link, Via
from archive.writer import ArchiveWriter
from crawler.cli import nightdesk
from crawler.demo import DemoInternet
from tests.conftest import an_article
from tests.crawler.test_night import crawl, declare
from tests.replay import PROGRAMS, Wayback, needs_replay, run, wayback

WHEN = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
OLD, MOVED = "http://millbrook-courier.example/old", "http://millbrook-courier.example/moved?b=2&a=%C3%A9"
BODY = gzip.compress(b"<h1>Moved</h1><p>" + bytes(range(32, 127)) * 40 + b"</p>")


@dataclass(frozen=True)
class Row:
    """A capture's row."""

    url: str
    stamp: str
    status: int
    ref: CaptureRef
    revisit: bool


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two nights of a newspaper; then a redirect to a packed page, and the same page once more."""
    folder = declare(tmp_path_factory.mktemp("replay") / "archive", "millbrook-courier")
    with DemoInternet(1) as internet:
        crawl(internet, folder)
        internet.set_night(2)
        crawl(internet, folder, "--revisit", "all")
    with ArchiveWriter(folder, purpose="test") as writer:
        hint = Hint(via=Via.FEED, where="http://millbrook-courier.example/feed")
        link = Link(url=OLD, kind=Kind.PAGE, hint=hint)
        writer.ledger.discover([link], source="millbrook-courier", run=2, now=WHEN)
        entry = writer.ledger.entry(OLD)
        assert entry is not None
        for day in range(2):
            at = WHEN + timedelta(days=day)
            location = (("Location", MOVED), ("Content-Length", "0"))
            writer.keep(an_answer(OLD, at, hint, 301, location, b""), run=2, url_id=entry.id)
            headers = (("Content-Type", "text/html"), ("Content-Encoding", "gzip"), ("X-Day", str(day)))
            capture = writer.keep(an_answer(MOVED, at, hint, 200, headers, BODY), run=2, url_id=entry.id)
            if not day:
                article = an_article(url=OLD, canonical_url=OLD, title="Moved")
                writer.articles.store(
                    article, source="millbrook-courier", seen_at=at, capture_id=capture, url_id=entry.id, key=OLD
                )
    return folder


def an_answer(  # noqa: PLR0917
    url: str, at: datetime, hint: Hint, status: int, headers: tuple[tuple[str, str], ...], body: bytes
) -> Exchange:
    asked = (("Host", "millbrook-courier.example"),)
    return Exchange(
        url=url,
        asked=OLD,
        source="millbrook-courier",
        fetched_at=at,
        request_headers=asked,
        status=status,
        response_headers=headers,
        body=body,
        hints=(hint,),
    )


def rows(folder: Path) -> list[Row]:
    sql = f"select c.url, c.fetched_at, c.status, c.payload_id, {CAPTURE} from captures c {PLACED} order by c.id"
    with closing(sqlite3.connect(folder / "archive.db")) as connection:
        found = []
        for row in Database(connection).query(sql):
            ref = capture_from_row(row)
            assert ref is not None
            found.append(Row(row["url"], stamp(row["fetched_at"]), row["status"], ref, row["payload_id"] is not None))
        return found


@pytest.fixture(scope="module")
def index(folder: Path) -> Path:
    path = folder.parent / "index.cdxj"
    done = CliRunner().invoke(nightdesk, ["cdxj", "-a", str(folder), "--to", str(path)])
    assert done.exit_code == 0, done.output
    return path


@pytest.fixture(scope="module")
def unpacked(folder: Path) -> Path:
    """A WACZ file of the whole archive, unpacked; its index as plain lines in ``index.cdxj``."""
    target, there = folder.parent / "all.wacz", folder.parent / "unpacked"
    done = CliRunner().invoke(nightdesk, ["package", "-a", str(folder), "--to", str(target)])
    assert done.exit_code == 0, done.output
    with zipfile.ZipFile(target) as opened:
        opened.extractall(there)
    (there / "index.cdxj").write_bytes(gzip.decompress((there / "indexes/index.cdx.gz").read_bytes()))
    return there


@pytest.fixture(scope="module")
def pywb(folder: Path, index: Path, unpacked: Path) -> Iterator[Wayback]:
    with wayback(
        folder.parent, {"news": (index, folder), "packed": (unpacked / "index.cdxj", unpacked / "archive")}
    ) as at:
        yield at


@needs_replay
def test_pywb_gives_back_every_page_byte_for_byte(folder: Path, pywb: Wayback) -> None:
    seen: Counter[str] = Counter()
    for row in rows(folder):
        if row.status == 304 or row.url == OLD:
            continue
        status, headers, body = pywb.get("news", row.stamp, row.url)
        capture = read_capture(folder, row.ref)
        assert (status, body) == (row.status, capture.raw), row
        seen["revisit" if row.revisit else "whole"] += 1
        seen["packed"] += headers.get("content-encoding") == "gzip"
    assert seen["whole"] > 20 and seen["packed"] > 10 and seen["revisit"] >= 1, seen


@needs_replay
def test_pywb_follows_redirects_and_revisits(folder: Path, pywb: Wayback) -> None:
    for day in range(2):
        at = stamp((WHEN + timedelta(days=day)).isoformat())
        for collection in ("news", "packed") if not day else ("news",):
            status, headers, _ = pywb.get(collection, at, OLD)
            assert status == 301 and headers["location"].endswith(MOVED)
            status, headers, body = pywb.get(collection, at, MOVED)
            assert (status, body, headers["x-day"]) == (200, BODY, str(day))
    unchanged = [row for row in rows(folder) if row.status == 304]
    assert len(unchanged) > 10 and all(row.revisit for row in unchanged)
    assert pywb.get("news", unchanged[0].stamp, unchanged[0].url)[0] == 304  # as the site said


@needs_replay
def test_pywb_shows_each_page_that_a_wacz_file_lists(folder: Path, unpacked: Path, pywb: Wayback) -> None:
    head, *pages = map(json.loads, (unpacked / "pages/pages.jsonl").read_text(encoding="utf-8").splitlines())
    counted = CliRunner().invoke(nightdesk, ["search", "-a", str(folder), "--count"])
    assert len(pages) == int(counted.stdout) > 5
    assert head["format"] == "json-pages-1.0" and head["hasText"]
    for page in pages:
        status, _, body = pywb.get("packed", stamp(page["ts"]), page["url"])
        assert (status, body) == (200, pywb.get("news", stamp(page["ts"]), page["url"])[2])
        assert page["title"] and page["text"]


@needs_replay
def test_py_wacz_finds_the_file_valid(folder: Path, unpacked: Path) -> None:
    done = run("wacz", "validate", "-f", "all.wacz", cwd=folder.parent)
    assert done.returncode == 0 and "is valid" in done.stdout, done.stdout + done.stderr
    with zipfile.ZipFile(folder.parent / "all.wacz") as whole, zipfile.ZipFile(folder.parent / "bad.wacz", "w") as bad:
        for name in whole.namelist():
            data = whole.read(name)
            bad.writestr(name, data[:-1] + b"?" if name == "pages/pages.jsonl" else data)
    assert "is valid" not in run("wacz", "validate", "-f", "bad.wacz", cwd=folder.parent).stdout


@needs_replay
def test_cdxj_indexer_writes_the_same_index(folder: Path, index: Path, unpacked: Path) -> None:
    for ours, arguments, cwd in (
        (index, ("--dir-root", ".", "warc"), folder),
        (unpacked / "index.cdxj", ("archive",), unpacked),
    ):
        done = run("cdxj-indexer", *arguments, cwd=cwd)
        assert sorted(done.stdout.splitlines()) == ours.read_text(encoding="utf-8").splitlines(), done.stderr


@needs_replay
def test_the_keys_of_urls_are_those_of_the_internet_archive(tmp_path: Path) -> None:
    script = "import json, sys; from surt import surt\nfor line in sys.stdin: print(json.dumps(surt(json.loads(line))))"
    urls = list(made_up_urls(random.Random(7), 1500))
    done = run("python", "-c", script, cwd=tmp_path, given="\n".join(map(json.dumps, urls)))
    assert {url: surt(url) for url in urls} == dict(zip(urls, map(json.loads, done.stdout.splitlines()), strict=True))


def made_up_urls(dice: random.Random, number: int) -> Iterator[str]:
    hosts = ("example.com", "www.Example.com", "www3.a.example", "bücher.example", "127.0.0.1", "u:p@a.example:8080")
    ports = ("", "", ":80", ":443", ".")
    session = "0123456789abcdef0123456789ABCDEF"
    bits = [
        *"aB/&=?.~+,();:'%| ",
        "..",
        "//",
        "%41",
        "%2f",
        "%25",
        "%2541",
        "%C3%89",
        "é",
        "x=1",
        "X=2",
        "a-b=1",
        "a=2",
    ]
    bits += [f";jsessionid={session}", f"sid={session}", f"phpsessid={session}", "cfid=1&cftoken=2", "index.html"]
    bits += ["(S(abcdefghijklmnopqrstuvwx))/", "(abcdefghijklmnopqrstuvwx)/", "p.aspx", "2026", "%20", "%00", "&&"]
    for _ in range(number):
        host = dice.choice(hosts) + dice.choice(ports)
        if host.count(":") > 1 + ("@" in host) or host.endswith("8080."):
            continue
        path = "".join(dice.choice(bits).replace("?", "") for _ in range(dice.randint(0, 6)))
        query = "?" + "".join(dice.choice(bits) for _ in range(dice.randint(0, 8))) if dice.random() < 0.6 else ""
        yield f"{dice.choice(['http', 'https', 'HTTP'])}://{host}/{path}{query}{dice.choice(['', '', '#f'])}"


def test_warcio_and_fastwarc_find_every_record_whole(folder: Path, unpacked: Path) -> None:
    paths = [*folder.glob("warc/**/*.warc.gz"), *unpacked.glob("archive/*.warc.gz")]
    assert len(paths) == 4
    for path in paths:
        checker = Checker(type("Arguments", (), {"verbose": False, "inputs": []})())
        checker.process_one(str(path))
        assert checker.exit_value == 0
        with path.open("rb") as stream:
            kinds = Counter(each.headers["WARC-Type"] for each in ArchiveIterator(stream, verify_digests=True))
        assert kinds["warcinfo"] >= 1
        assert kinds["response"] + kinds["revisit"] == kinds["request"]
        assert kinds["metadata"] > 0


@pytest.mark.skipif(not (PROGRAMS / "moto_server").exists(), reason="moto is not installed; ./run.sh replay does it")
def test_files_lie_on_a_server_that_speaks_s3(tmp_path: Path) -> None:
    done = run("python", Path(__file__).parent / "s3.py", cwd=tmp_path)
    assert done.stdout.splitlines() == [
        "moved True True",
        "range True",
        "whole True",
        "gone True",
        "back True True True",
        "left False",
    ], done.stderr
