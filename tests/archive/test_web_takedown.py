"""A page that was taken down is on no page of the reading room, and its addresses say so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from archive.care.takedown import take_down
from archive.urls import article_id
from archive.writer import ArchiveWriter
from tests.archive.care.paper import Paper
from tests.archive.room import Visitor, visiting
from tests.conftest import NOW

DOOMED, KEPT = "http://gazette.example/news/doomed", "http://gazette.example/news/kept"
SECRET = "Xylographers"
REASON = "court order <b>4 O 112/26</b>"


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Visitor]:
    folder = tmp_path / "archive"
    with Paper(folder) as night:
        night.lists((DOOMED, f"{SECRET} quarrel"), (KEPT, "Ferry"))
        night.prints(DOOMED, f"{SECRET} quarrel", f"{SECRET} quarrelled over a lighthouse.", tags=[SECRET])
        night.prints(KEPT, "Ferry every forty minutes", "The ferry will cross the sound, the harbour says.")
    with visiting(folder) as visitor:
        yield visitor


def take(folder: Path) -> None:
    with ArchiveWriter(folder / "archive", purpose="takedown") as writer:
        take_down(writer, DOOMED, reason=REASON, who="me", now=NOW)


def records(room: Visitor) -> list[str]:
    ledger = room.get("/night/1/pages?outcome=new").text
    return [unescape(at) for at in re.findall(r'href="(/record\?at=[^"]+)"', ledger)]


def test_nothing_of_it_is_left_on_any_page(room: Visitor, tmp_path: Path) -> None:
    assert SECRET in room.get("/").text
    captures = records(room)
    assert sum(SECRET in room.get(at.replace("/record?", "/record/page?")).text for at in captures) == 1
    take(tmp_path)
    pages = (
        "/", "/search", f"/search?q={SECRET.lower()[:6]}*", "/trends?q=lighthouse", "/sources", "/source/gazette",
        "/source/gazette/template", "/nights", "/night/1", "/night/1/pages", f"/url?url={DOOMED}",
        f"/article/{article_id(DOOMED)}", "/night/1/pages.csv", "/search.csv", *captures,
        *(at.replace("/record?", "/record/page?") for at in captures),
    )  # fmt: skip
    for path in pages:
        answer = room.get(path)
        assert answer.status_code in (200, 410), path
        assert SECRET not in answer.text, path


def test_its_addresses_say_that_it_was_taken_down_and_why(room: Visitor, tmp_path: Path) -> None:
    captures = records(room)
    take(tmp_path)
    gone = [f"/article/{article_id(DOOMED)}", f"/article/{article_id(DOOMED)}/captured"]
    gone += [at for at in captures if room.get(at).status_code == 410]
    assert len(gone) == 3
    for path in gone:
        answer = room.get(path)
        assert answer.status_code == 410
        assert "This was taken down" in answer.text
        assert "court order &lt;b&gt;4 O 112/26" in answer.text
    assert room.get(f"/article/{article_id(DOOMED)}.json").status_code == 410
    story = room.get(f"/url?url={DOOMED}").text
    assert "It was taken down from this archive on" in story
    assert "/record" not in story
    (other,) = [at for at in captures if at not in gone]
    assert room.get(other).status_code == 200
