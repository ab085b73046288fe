"""An article's page, and the page as it was captured: for reading, and against whatever hostile text may try."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from sqlite_utils import Database

from archive.web.passages import Passage, parts_of, passages_of
from tests.archive.hostile import HARBOUR_ID, HOSTILE_ID, LONG_ID, hostile_archive
from tests.archive.room import Visitor, visiting
from tests.archive.sample import Sample, two_nights
from tests.archive.shelf import with_a_past


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return hostile_archive(tmp_path_factory.mktemp("room") / "a", 9)


@pytest.fixture(scope="module")
def room(folder: Path) -> Iterator[Visitor]:
    with visiting(folder) as visitor:
        yield visitor


def test_the_page_has_the_text_its_past_its_citation_and_where_each_field_is_from(room: Visitor) -> None:
    page = unescape(room.get(f"/article/{HARBOUR_ID}").text)
    for words in (
        "Explainer: Harbour talks continue",
        "By <bdi>Ana Kovač</bdi>",
        "10 November 2026</time>",
        "“We shall be here next week, and the week after,” said the union’s secretary.",
        "headline changed",
        "<ins>The port’s directors met the union",
        "?revision=1",
        f"http://localhost:8001/article/{HARBOUR_ID}</code>",
        "Kovač, A. (2026, November 10).",
        "@article{kovac2026",
        "Union and port officials.",
        "byline, confidence 0.7",
        "year inferred",
        "on its site",
    ):
        assert words in page, words
    assert "08:30" not in page.split('class="about"')[0]


def test_an_earlier_text_is_shown_as_such(room: Visitor) -> None:
    page = room.get(f"/article/{HARBOUR_ID}?revision=1").text
    assert "This is revision 1 of 2" in page
    assert '<h1 dir="auto">Harbour talks continue</h1>' in page
    assert room.get(f"/article/{HARBOUR_ID}?revision=9").status_code == 404


def test_any_two_texts_can_be_set_side_by_side_by_address_and_by_form(tmp_path: Path) -> None:
    with Sample(tmp_path / "a") as sample:
        id_ = with_a_past(sample)
    with visiting(tmp_path / "a") as visitor:
        last = visitor.get(f"/article/{id_}").text
        assert "From <a" in last
        assert re.search(r'name="to" min="2" max="4" value="4"', last)
        assert "<ins>The fourth sentence stands here.</ins>" in last
        assert 'href="?to=3#changes">The change before' in last
        assert "The change after" not in last
        third = visitor.get(f"/article/{id_}?to=3").text
        assert "<ins>The third sentence stands here.</ins>" in third
        assert "The fourth sentence stands here.</ins>" not in third
        whole = visitor.get(f"/article/{id_}?from=1&to=4").text
        assert whole.count("<ins>The ") == 3
        assert '<option value="1" selected>' in whole
        assert visitor.get(f"/article/{id_}?from=&to=2").status_code == 200
        assert visitor.get(f"/article/{id_}?from=9&to=2").status_code == 200
        assert "there are 2 to 4" in visitor.get(f"/article/{id_}?to=9").text
        assert visitor.get(f"/article/{id_}?to=1").status_code == 404
        names = json.loads(unescape(re.search(r"data-revisions='([^']*)'", last)[1]))  # type: ignore[index]
        assert names[0] == "text 2, since 11 November 2026, 02:00 UTC"
        assert "another headline, +5 words" in last


def test_json_and_references_are_at_addresses_of_their_own(room: Visitor) -> None:
    told = room.get(f"/article/{HARBOUR_ID}.json").json()
    assert (told["id"], told["revision"], len(told["earlier"])) == (HARBOUR_ID, 2, 1)
    ris = room.get(f"/article/{HARBOUR_ID}.ris")
    assert ris.text.startswith("TY  - ")
    assert ris.headers["content-disposition"] == f'attachment; filename="{HARBOUR_ID}.ris"'


def test_copies_of_its_story_lead_to_one_another(tmp_path: Path) -> None:
    with Sample(tmp_path / "a") as sample:
        ids = [sample.article(f"Copy {n}", url=f"https://gazette.test/{n}", published_at=f"2026-11-1{n}T00:00:00Z")
               for n in range(2)]  # fmt: skip
        for id_ in ids:
            sample._insert("story_members", {"article_id": id_, "story": ids[0], "share": 1.0})
    with visiting(tmp_path / "a") as visitor:
        page = visitor.get(f"/article/{ids[1]}").text
    assert f'<a href="/article/{ids[0]}"><bdi>Copy 0</bdi></a>' in page
    assert "the earliest" in page
    assert f"/search?q=story%3A{ids[1]}" in page


def test_what_is_not_there_is_said_plainly(room: Visitor) -> None:
    assert room.get("/article/zzzz").status_code == 404
    assert "no article has the id" in unescape(room.get("/article/zzzz").text)
    assert room.get("/article/zzzz.json").json()["error"]
    assert room.get("/article/zzzz/captured").status_code == 404
    assert room.get("/article/..%2f..%2fetc").status_code in (302, 404)
    undated = room.get("/search?q=undated").text
    assert "no raw page" in room.get(re.search(r"/article/\w+", undated)[0] + "/captured").text  # type: ignore[index]


def test_a_text_of_five_million_letters_comes_in_parts_that_are_small(room: Visitor) -> None:
    page = room.get(f"/article/{LONG_ID}").text
    assert len(page.encode()) < 100_000
    number = int(re.search(r"Part 1 of (\d+)", page)[1])  # type: ignore[index]
    assert number > 100
    assert "Read on" in page
    last = room.get(f"/article/{LONG_ID}?part={number}").text
    assert "x" * 1000 in last
    assert "Read on" not in last
    assert room.get(f"/article/{LONG_ID}?part=99999999").status_code == 200


def test_parts_hold_every_word_of_the_text_once() -> None:
    text = "\n\n".join(f"Paragraph {n} " + "word " * n for n in range(300)) + "\n\n" + "y" * 12_345
    parts = parts_of(text, 1000)
    assert max(map(len, parts)) <= 1000
    assert "".join(parts).replace(" ", "").replace("\n", "") == text.replace(" ", "").replace("\n", "")
    assert parts_of("") == [""]


def test_structure_is_kept_and_nothing_else_of_markdown() -> None:
    marked_up = (
        "## A heading\n\nWords, [a link](javascript:x) *so*.\n\n- one\n   - two\n\n> said\n>\n> more\n\n\\- no list"
    )
    assert passages_of(marked_up, marked_up=True) == [
        Passage(kind="h", lines=("A heading",)),
        Passage(kind="p", lines=("Words, [a link](javascript:x) *so*.",)),
        Passage(kind="li", lines=("one", "two")),
        Passage(kind="quote", lines=("said\n\nmore",)),
        Passage(kind="p", lines=("- no list",)),
    ]
    assert passages_of("## no heading", marked_up=False) == [Passage(kind="p", lines=("## no heading",))]


# ── as captured ──────────────────────────────────────────────────────────────────────────────────────


def test_the_captured_page_comes_sandboxed_within_a_frame_that_says_what_it_is(room: Visitor, folder: Path) -> None:
    frame = room.get(f"/article/{HOSTILE_ID}/captured").text
    assert "An archived copy" in frame
    assert "11 November 2026, 02:00 UTC" in frame
    assert re.search(r'<iframe [^>]*sandbox src="/article/\w+/captured/page\?revision=1"', frame)
    assert "x-evil" in frame
    raw = room.get(f"/article/{HOSTILE_ID}/captured/page")
    policy = raw.headers["content-security-policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    assert "allow-" not in policy
    assert raw.headers["content-type"] == "text/html; charset=utf-8"
    assert "link" not in raw.headers
    assert b"The archived words." in raw.content
    assert not re.search(rb"(?i)<(link|iframe|video|object)|href", raw.content)
    with Database(folder / "archive.db") as db:
        (offset, length), *_ = db.execute(
            "select offset, length from captures where id = (select capture_id from articles where id = ?)",
            [HOSTILE_ID],
        )
    record = room.get(f"/article/{HOSTILE_ID}/captured.warc.gz")
    assert len(record.content) == length
    assert gzip.decompress(record.content).startswith(b"WARC/1.1\r\n")
    assert record.headers["content-disposition"].endswith('-1.warc.gz"')
    assert offset > 0


def test_a_page_in_another_encoding_is_held_back_alike(room: Visitor) -> None:
    raw = room.get(f"/article/{LONG_ID}/captured/page")
    text = raw.content.decode("utf-16")
    assert "The archived words." in text
    assert not re.search(r"(?i)<(link|iframe|video|object)|href", text)


def test_what_is_no_page_is_not_shown_but_can_be_had(room: Visitor) -> None:
    assert "which is not shown here" in room.get(f"/article/{HARBOUR_ID}/captured").text
    assert room.get(f"/article/{HARBOUR_ID}/captured/page").status_code == 404
    assert room.get(f"/article/{HARBOUR_ID}/captured.warc.gz").status_code == 200


def test_a_capture_that_is_damaged_is_said_to_be(tmp_path: Path) -> None:
    folder = two_nights(tmp_path / "a")
    with visiting(folder) as visitor:
        assert "It cannot be read:" in visitor.get(f"/article/{HARBOUR_ID}/captured").text
        assert visitor.get(f"/article/{HARBOUR_ID}/captured/page").status_code == 500
