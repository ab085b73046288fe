"""The reading room's door and first page."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from click.testing import CliRunner

from archive.web.guard import Door
from archive.web.verb import _door, serve
from tests.archive.room import Visitor, visiting
from tests.archive.sample import Sample, two_nights

ROOT = Path(__file__).parent.parent.parent
TOKEN = "a secret of some length"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return two_nights(tmp_path_factory.mktemp("room") / "a&b")


@pytest.fixture(scope="module")
def room(folder: Path) -> Iterator[Visitor]:
    with visiting(folder) as visitor:
        yield visitor


def test_the_first_page_says_what_the_archive_holds_and_how_the_night_was(room: Visitor) -> None:
    answer = room.get("/")
    assert answer.status_code == 200
    assert "<bdi>a&amp;b</bdi>" in answer.text
    assert "4 articles from 2 sources" in answer.text
    assert "Explainer: Harbour talks continue" in answer.text
    assert 'href="/night/2"' in answer.text
    told = room.get("/index.json").json()
    assert (told["articles"], told["sources"], told["night"]["run"]["id"]) == (4, 2, 2)


def test_the_first_page_of_an_empty_archive_says_how_to_begin(tmp_path: Path) -> None:
    with Sample(tmp_path / "a"):
        pass
    with visiting(tmp_path / "a") as visitor:
        answer = visitor.get("/")
    assert "Nothing is in this archive yet" in answer.text
    assert "There was no night so far" in answer.text


@pytest.mark.parametrize("path", ["/", "/nowhere", "/archive/articles", "/room/room.css"])
def test_every_answer_forbids_strange_scripts_frames_referrers_and_cookies(room: Visitor, path: str) -> None:
    headers = room.get(path).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert re.search(r"script-src ([^;]*)", policy)[1] == "'self'"  # type: ignore[index]
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "set-cookie" not in headers
    assert ("unsafe-inline" in policy) == (path in ("/archive/articles", "/nowhere"))
    assert "unsafe-eval" not in policy


def test_our_pages_have_the_rooms_own_script_and_sheet_and_nothing_within(room: Visitor) -> None:
    page = room.get("/").text
    assert not re.search(r"<script(?! src=)|<style|\sstyle=|\son\w+=", page)
    loaded = re.findall(r'(?:src|<link[^>]*href)="([^"]+)"', page)
    assert [url.partition("?")[0] for url in loaded] == ["/room/room.css", "/room/room.js"]
    for url, kind in zip(loaded, ("text/css", "text/javascript"), strict=True):
        assert room.get(url).headers["content-type"] == f"{kind}; charset=utf-8"
        assert "immutable" in room.get(url).headers["cache-control"]
    assert room.get("/room/other.js").status_code == 404
    assert room.get("/").headers["cache-control"] == "no-cache"


def test_a_mistyped_address_leaves_no_traceback(room: Visitor, capfd: pytest.CaptureFixture[str]) -> None:
    assert room.get("/nowhere").status_code == 404
    assert room.get("/archive/nothing").status_code == 404
    told = capfd.readouterr()
    assert "Traceback" not in told.out + told.err
    assert room.get("/").headers["cache-control"] == "no-cache"


def test_nothing_that_is_archived_is_served_as_a_script(room: Visitor) -> None:
    for path in ("/search.json", "/search.csv", "/archive/articles.json", "/archive/articles.csv"):
        answer = room.get(path)
        assert "script" not in answer.headers["content-type"], path
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_nothing_can_be_sent(room: Visitor) -> None:
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        assert room.get("/", method=method).status_code == 405
    assert room.get("/", method="HEAD").status_code == 200


def test_a_page_of_the_web_whose_name_leads_here_reads_nothing(room: Visitor) -> None:
    assert room.get("/", host="rebound.example").status_code == 421
    assert room.get("/", host="127.0.0.1:8001").status_code == 200
    assert room.get("/", host="[::1]:8001").status_code == 200


def test_datasettes_tables_can_be_read_and_nothing_else_of_it(room: Visitor, folder: Path) -> None:
    assert room.get("/archive/articles.json?_shape=array&_nl=on").text.count("\n") == 3
    assert room.get("/archive.json?sql=delete+from+articles").status_code == 400
    assert room.get("/archive.json?sql=select+count(*)+from+articles").json()["rows"] == [[4]]
    assert room.get("/archive.db").status_code in (403, 404)
    for path in ("/-/databases.json", "/-/threads.json", "/-/messages", "/-/allow-debug", "/-/patterns", "/-/logout"):
        assert room.get(path).status_code == 404
    for path in ("/-/settings.json", "/-/versions.json", "/archive.json", "/-/metadata.json"):
        assert str(folder) not in room.get(path).text


def test_a_query_that_never_ends_is_ended(room: Visitor) -> None:
    endless = "with+recursive+n(i)+as+(select+1+union+all+select+i%2B1+from+n)+select+max(i)+from+n"
    assert "interrupted" in room.get(f"/archive.json?sql={endless}").text.lower()


def test_a_page_that_takes_too_long_is_given_up_and_says_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.reading._STEPS", 1)
    monkeypatch.setattr("archive.web.desk.PATIENCE_S", -1.0)
    with visiting(folder) as visitor:
        for path in ("/search?q=harbour", "/"):
            assert visitor.get(path).status_code == 503
            assert "This takes too long" in visitor.get(path).text
        assert "narrow it down" in visitor.get("/search.json?q=harbour").json()["error"]


def test_an_archive_that_is_no_longer_there_is_no_fault_of_ours(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with visiting(two_nights(tmp_path / "a")) as visitor:
        (tmp_path / "a").rename(tmp_path / "b")
        answer = visitor.get("/search")
    assert answer.status_code == 503
    assert "cannot be read at the moment" in answer.text
    assert str(tmp_path) not in answer.text
    assert str(tmp_path) in caplog.text
    assert "Traceback" not in caplog.text


def test_with_a_token_only_who_knows_it_comes_in(folder: Path) -> None:
    basic = b64encode(f"me:{TOKEN}".encode()).decode()
    with visiting(folder, Door(token=TOKEN, hosts=None)) as visitor:
        for wrong in (
            "",
            f"Bearer {TOKEN}x",
            "Basic !!!",
            f"Basic {b64encode(b'me:other').decode()}",
            f"Digest {TOKEN}",
        ):
            refused = visitor.get("/", authorization=wrong)
            assert refused.status_code == 401
            assert refused.headers["www-authenticate"].startswith("Basic")
            assert "harbour" not in refused.text.lower()
        assert visitor.get("/room/room.css").status_code == 401
        assert visitor.get("/", authorization=f"Bearer {TOKEN}").status_code == 200
        assert visitor.get("/", authorization=f"Basic {basic}", host="anything.example").status_code == 200


def test_behind_a_proxy_it_answers_to_the_stated_name_and_to_no_other(folder: Path) -> None:
    door = _door("127.0.0.1", None, "https://archive.example.org")
    with visiting(folder, door, "https://archive.example.org") as visitor:
        assert visitor.get("/", host="archive.example.org").status_code == 200
        assert visitor.get("/", host="rebound.example").status_code == 421


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--host", "0.0.0.0"], "everybody there could read the archive"),
        (["--host", "0.0.0.0", "--token", "short"], "too short"),
        (["--behind-proxy", "archive.example.org"], "takes the address"),
        (["--behind-proxy", "https://archive.example.org/deep"], "has no path"),
        (["--host", "192.0.2.1", "--token", TOKEN], "192.0.2.1, port 8001"),
    ],
)
def test_serving_others_must_be_meant(folder: Path, arguments: list[str], said: str) -> None:
    done = CliRunner().invoke(serve, ["-a", str(folder), *arguments])
    assert done.exit_code != 0
    assert said in " ".join(done.output.split())


def test_it_serves_on_loopback_and_ends_when_told(folder: Path) -> None:
    server = subprocess.Popen(
        [sys.executable, "-m", "crawler", "serve", "-a", str(folder), "--port", "0"],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    try:
        assert server.stderr is not None
        line = server.stderr.readline()
        address = re.search(r"http://127\.0\.0\.1:\d+/", line)
        assert address, line
        with urlopen(address[0], timeout=30) as answer:
            assert b"4 articles" in answer.read()
            assert answer.headers["server"] is None
        second = CliRunner().invoke(serve, ["-a", str(folder), "--port", address[0].rstrip("/").rpartition(":")[2]])
        assert second.exit_code == 1
        assert "name another with --port" in second.output
    finally:
        server.send_signal(signal.SIGINT)
        server.communicate(timeout=30)
    assert server.returncode in (0, 130, -signal.SIGINT)
