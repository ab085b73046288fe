"""Edits: sentences in many languages, what changed, of what kind it was, found again, and shown."""

from __future__ import annotations

import json
import random
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from archive.afterwards import catch_up
from archive.cli import archive_commands
from archive.edits.alignment import common_blocks
from archive.edits.diff import Op, diff_lines, diff_texts
from archive.edits.kinds import Kind, Stated, kinds_of
from archive.edits.sentences import sentences_of
from archive.errors import BadQuery, NotFound
from archive.reading import Archive
from archive.types import Article
from archive.writer import ArchiveWriter
from tests.archive.test_articles import store
from tests.conftest import NOW, an_article, open_archive


@pytest.mark.parametrize(
    "sentences",
    [
        ["Dr. Smith met J. K. Doe at 3 p.m. on Monday.", "He said: “No.”", "Then he left!", "3.5 million came."],
        ["Am 3. Oktober kam u.a. Herr Dr. Ott.", "„Es reicht.“", "Er blieb bis 2026.", "Dann ging er …", "Wohin?"],
        ["Mme. Dupont a parlé.", "« Non ! »", "Puis elle est partie."],
        ["El Sr. Gómez llegó.", "¿Por qué?", "¡Nadie lo sabe!"],
        ["Встреча прошла в 2026 г. в Москве.", "Что дальше?", "Неизвестно."],
        ["市政府宣布。", "工会说不行！", "他们走了？"],
        ["組合は「受け入れられない。」", "と述べた。", "交渉は続く。"],
        ["यह पहला वाक्य है।", "क्या यह दूसरा है?", "हाँ।"],
        ["أعلن المجلس القرار.", "هل وافق؟", "نعم."],
        ["یہ پہلا جملہ ہے۔", "یہ دوسرا ہے۔"],
        ["ይህ የመጀመሪያው ነው።", "ይህ ሁለተኛው ነው።"],
        ["시는 발표했다.", "노조는 거부했다."],
        ["สหภาพปฏิเสธข้อเสนอ", "การเจรจาดำเนินต่อไป"],
    ],
)
def test_a_paragraph_is_cut_into_its_sentences(sentences: list[str]) -> None:
    joint = "" if ord(sentences[0][0]) in range(0x3040, 0xA000) else " "
    assert sentences_of(joint.join(sentences)) == [sentences]


def test_paragraphs_stay_apart_and_white_space_does_not_matter() -> None:
    assert sentences_of("One.  Two.\n \nThree\nthree.\n\n\n") == [["One.", "Two."], ["Three three."]]
    assert sentences_of(" \n\n ") == []


def test_a_list_without_a_stop_is_cut_at_its_commas() -> None:
    (cut,) = sentences_of(", ".join(f"item {n}" for n in range(300)))
    assert len(cut) == 300


@given(st.lists(st.sampled_from("abcd")), st.lists(st.sampled_from("abcd")))
def test_common_blocks_are_the_same_in_both_and_in_order(a: list[str], b: list[str]) -> None:
    i = j = 0
    for x, y, n in common_blocks(a, b):
        assert n > 0
        assert x >= i
        assert y >= j
        assert a[x : x + n] == b[y : y + n]
        i, j = x + n, y + n


@given(st.text(alphabet="ab .!\n。", max_size=60), st.text(alphabet="ab .!\n。", max_size=60))
def test_the_pieces_hold_every_sentence_of_both_texts(before: str, after: str) -> None:
    pieces = diff_texts(before, after)
    assert sorted(p.before for p in pieces if p.before) == sorted(s for each in sentences_of(before) for s in each)
    assert [p.after for p in pieces if p.after] == [s for each in sentences_of(after) for s in each]
    for piece in pieces:
        if piece.op is Op.CHANGED:
            assert "".join(w.text for w in piece.words if w.op is not Op.ADDED) == piece.before
            assert "".join(w.text for w in piece.words if w.op is not Op.REMOVED) == piece.after


def test_what_changed_is_told_sentence_by_sentence_and_word_by_word() -> None:
    talks = "The talks began. It rained. The union refused the offer on Monday."
    before = f"{talks} Nobody was hurt.\n\nThe mayor left early that day."
    after = f"The mayor left early that day.\n\n{talks.replace('refused', 'accepted')} A new date is set."
    pieces = diff_texts(before, after)
    assert [(p.op, p.before, p.after) for p in pieces] == [
        (Op.MOVED, "The mayor left early that day.", "The mayor left early that day."),
        (Op.SAME, "The talks began.", "The talks began."),
        (Op.SAME, "It rained.", "It rained."),
        (Op.CHANGED, "The union refused the offer on Monday.", "The union accepted the offer on Monday."),
        (Op.REMOVED, "Nobody was hurt.", None),
        (Op.ADDED, None, "A new date is set."),
    ]
    assert [(w.op, w.text) for w in pieces[3].words] == [
        (Op.SAME, "The union "),
        (Op.REMOVED, "refused"),
        (Op.ADDED, "accepted"),
        (Op.SAME, " the offer on Monday."),
    ]


_RNG = random.Random(3)
_HARD = {
    "one line ten thousand times": (
        "Same line here. " * 20_000,
        "Same line here. " * 15_000 + "Other line there. " * 5_000,
    ),
    "two lines in another order": ("A line one. B line two. " * 10_000, "B line two. A line one. A line one. " * 8_000),
    "no sentence at all": ("x" * 1_000_000, "y" * 1_000_000),
    "one word all the time": ("word " * 100_000, "word other " * 50_000),
    "letters at random": (" ".join(_RNG.choices("ab", k=100_000)), " ".join(_RNG.choices("ab", k=100_000))),
    "signs without spaces": ("字" * 200_000, "字" * 199_999 + "文"),
}


@pytest.mark.parametrize("name", _HARD)
def test_a_comparison_of_long_and_monotonous_texts_ends(name: str) -> None:
    before, after = _HARD[name]
    pieces = diff_texts(before, after)
    assert any(piece.op is not Op.SAME for piece in pieces)


# ── kinds ────────────────────────────────────────────────────────────────────────────────────────────

_MONDAY = datetime(2026, 11, 9, 8, tzinfo=UTC)
_BODY = "The union refused the offer of 300 euros on Monday. Nobody expected otherwise. Talks resume next week."


def kinds(title: str = "Title", body: str = _BODY, *, moved: int | None = 1, **after: object) -> tuple[Kind, ...]:
    """Kinds of the change of an article that states its last change on Monday; ``moved``: days later, None: nothing."""
    stated = {
        "modified_at": None if moved is None else _MONDAY + timedelta(days=moved),
        "corrections": [],
        "live": False,
    } | after
    before = Stated(modified_at=None if moved is None else _MONDAY, corrections=[], live=False)
    return kinds_of(diff_lines("Title", title), diff_texts(_BODY, body), before, Stated(**stated))  # type: ignore[arg-type]


def test_each_kind_of_change_is_told_from_the_others() -> None:
    note = "Correction: an earlier version named the wrong port."
    assert kinds() == ()
    assert kinds(title="Another title") == (Kind.HEADLINE,)
    assert kinds(body=f"{_BODY}\n\n{note}", corrections=[note]) == (Kind.CORRECTION,)
    assert kinds(body=f"{_BODY}\n\n{note} It was ours.", corrections=[f"{note} It was ours."]) == (Kind.CORRECTION,)
    assert kinds(body=_BODY.replace(" Nobody expected otherwise.", "")) == (Kind.REMOVED,)
    assert kinds(body=f"{_BODY} A mediator was named.") == (Kind.ADDED,)
    assert kinds(body=_BODY.replace("refused", "accepted")) == (Kind.REWORDED,)
    assert kinds(body=_BODY.replace("300", "3,000")) == (Kind.REWORDED, Kind.FIGURES)
    assert kinds(body=_BODY, live=True) == (Kind.LIVE,)
    first, *rest = _BODY.split(". ")
    assert kinds(body=". ".join([*rest[:-1], rest[-1].rstrip("."), first]) + ".") == (Kind.MOVED,)


@pytest.mark.parametrize(
    ("was", "is_", "slip"),
    [
        ("refused", "refsued", True),
        ("union", "Union", True),
        ("Monday.", "Monday!", True),
        ("next week", "nextweek", True),
        ("expected", "expect", True),
        ("the offer", "the “offer”", True),
        ("300", "400", False),
        ("refused", "has not refused", False),
        ("Nobody", "Somebody", False),
        ("union", "onion", False),
    ],
)
def test_a_slip_of_spelling_is_told_from_another_word(was: str, is_: str, slip: bool) -> None:
    found = kinds(body=_BODY.replace(was, is_))
    assert (found == (Kind.TYPO,)) is slip
    assert (Kind.REWORDED in found) is not slip


def test_an_edit_is_silent_if_the_page_states_a_time_of_change_and_leaves_it() -> None:
    changed, note = _BODY.replace("refused", "accepted"), "Correction: it was the other way round, of course."
    assert Kind.SILENT in kinds(body=changed, moved=0)
    assert Kind.SILENT not in kinds(body=changed, moved=1)
    assert Kind.SILENT not in kinds(body=changed, moved=None), "a page that states no time says nothing false"
    assert Kind.SILENT not in kinds(body=f"{changed}\n\n{note}", moved=0, corrections=[note])


# ── in an archive ────────────────────────────────────────────────────────────────────────────────────


def the_article(day: int = 0, **changes: object) -> Article:
    return an_article(modified_at=NOW - timedelta(days=3), body=_BODY, **changes)


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """An article in three revisions, another in two, a third that never changed; the id of the first."""
    folder = tmp_path_factory.mktemp("edited") / "archive"
    with open_archive(folder) as writer:
        id_ = store(writer, the_article()).article_id
        store(writer, the_article(title="Bridge reopens at last"), at=NOW + timedelta(days=1))
        last = an_article(title="Bridge reopens at last", body=_BODY.replace("300", "900"), modified_at=NOW)
        store(writer, last, at=NOW + timedelta(days=2))
        url = "http://gazette.example/news/port"
        port = the_article(title="Port closes", url=url, canonical_url=url)
        store(writer, port)
        store(
            writer, the_article(title="Port closes \x1b[31m", url=url, canonical_url=url), at=NOW + timedelta(hours=1)
        )
        other = "http://gazette.example/news/other"
        store(writer, an_article(title="Nothing happened", url=other, canonical_url=other))
        catch_up(writer)
    return folder, id_


def run(folder: Path, *arguments: str, status: int = 0, **env: str) -> Result:
    result = CliRunner().invoke(archive_commands, [*arguments, "-a", str(folder)], env={"COLUMNS": "80"} | env)
    assert result.exit_code == status, result.output
    return result


def test_every_revision_has_its_times_and_what_it_changed(edited: tuple[Path, str]) -> None:
    folder, id_ = edited
    with Archive(folder) as archive:
        first, second = archive.changes(id_)
        assert (first.before.number, first.after.number, first.after.valid_from) == (1, 2, NOW + timedelta(days=1))
        assert first.kinds == (Kind.HEADLINE, Kind.SILENT)
        assert second.kinds == (Kind.REWORDED, Kind.FIGURES)
        assert (second.words_added, second.words_removed) == (1, 1)
        assert (second.modified_before, second.modified_after) == (NOW - timedelta(days=3), NOW)
        assert archive.diff(id_) == second
        assert archive.diff(id_, 1, 2) == first
        whole = archive.diff(id_, 1, 3)
        assert whole is not None
        assert whole.kinds == (Kind.HEADLINE, Kind.REWORDED, Kind.FIGURES)
        assert archive.diff("http://gazette.example/news/other") is None
        with pytest.raises(NotFound, match="has no revision 7; it has 1 to 3"):
            archive.diff(id_, 7)
        assert archive.revisions(id_)[-1].record["modified_at"] == "2026-11-22T02:00:00Z"


def test_edits_are_found_by_kind_source_words_and_when_they_were_seen(edited: tuple[Path, str]) -> None:
    folder, id_ = edited
    with Archive(folder) as archive:
        every = list(archive.edits())
        assert [edit.revision for edit in every] == [3, 2, 2], "newest first"
        assert archive.edits_due() == 0
        assert [e.revision for e in archive.edits(kinds=["headline"])] == [2, 2]
        assert [e.article_id for e in archive.edits(kinds=[Kind.SILENT, Kind.HEADLINE], text="bridge")] == [id_]
        assert [e.revision for e in archive.edits("bridge")] == [3, 2]
        assert list(archive.edits(source="kurir")) == []
        assert [e.revision for e in archive.edits(seen_since="2026-11-24")] == [3]
        assert len(list(archive.edits(seen_until="2026-11-22"))) == 1
        with pytest.raises(BadQuery, match="'loud' is not a valid Kind; the kinds of edits are headline, correction"):
            list(archive.edits(kinds=["loud"]))


def test_an_older_copy_that_comes_in_later_numbers_the_edits_anew(writer: ArchiveWriter) -> None:
    store(writer, the_article(), at=NOW)
    store(writer, the_article(title="Third"), at=NOW + timedelta(days=2))
    catch_up(writer)
    store(writer, the_article(title="Second"), at=NOW + timedelta(days=1))
    assert writer.db.execute("select count(*) from edits_due").fetchone() == (1,)
    catch_up(writer)
    rows = writer.db.execute("select revision, at from edits order by revision").fetchall()
    assert rows == [(2, "2026-11-23T02:00:00Z"), (3, "2026-11-24T02:00:00Z")]
    writer.db.execute("delete from revisions")
    writer.db.execute("delete from articles")
    catch_up(writer)
    assert writer.db.execute("select count(*) from edits").fetchone() == (0,)


def test_the_diff_is_readable_without_colour_and_coloured_in_a_terminal(edited: tuple[Path, str]) -> None:
    folder, id_ = edited
    shown = run(folder, "diff", id_).stdout
    assert "revision 2 → 3 · seen 2026-11-23 02:00 → 2026-11-24 02:00 UTC" in " ".join(shown.split())
    assert "text reworded; figures changed" in shown
    assert "~ The union refused the offer of [-300-]{+900+} euros on Monday." in shown
    assert "1 sentence as before" in shown
    assert "\x1b" not in shown
    coloured = run(folder, "diff", id_, FORCE_COLOR="1", TERM="xterm-256color").stdout
    assert "\x1b[" in coloured
    assert "[-300-]" in run(folder, "diff", id_, FORCE_COLOR="1", NO_COLOR="1").stdout
    assert "300 900 euros" in re.sub(r"\x1b\[[0-9;]*m", "", coloured)  # apart, where nothing is struck out
    every = run(folder, "diff", id_, "--all").stdout
    assert "silent: the stated time of change was not moved" in " ".join(every.split())
    assert "{+at last+}" in every or "[-after repairs-]{+at last+}" in every
    assert max(map(len, shown.splitlines())) <= 80


def test_the_diff_as_json_has_every_sentence(edited: tuple[Path, str]) -> None:
    folder, id_ = edited
    first, second = map(json.loads, run(folder, "diff", id_, "--all", "--json").stdout.splitlines())
    assert first["kinds"] == ["headline", "silent"]
    assert first["title"]["before"] == "Bridge reopens after repairs"
    assert [piece["op"] for piece in second["pieces"]] == ["changed", "same", "same"]
    assert second["after"]["number"] == 3
    assert "body" not in second["after"]


def test_edits_are_listed_newest_first_and_no_text_steers_the_terminal(edited: tuple[Path, str]) -> None:
    folder, id_ = edited
    shown = run(folder, "edits").stdout
    assert shown.index("figures changed") < shown.index("headline changed")
    assert f"{id_}, revision 3" in shown
    assert "+1 −1 words" in shown
    assert "\x1b" not in shown
    (line,) = run(folder, "edits", "--kind", "silent", "--kind", "headline", "bridge", "--json").stdout.splitlines()
    assert (json.loads(line)["revision"], json.loads(line)["kinds"]) == (2, ["headline", "silent"])
    assert "no edit is like that" in run(folder, "edits", "--kind", "live").stderr
    assert "--limit N shows them" in run(folder, "edits", "--limit", "1").stderr
    unchanged = run(folder, "diff", "http://gazette.example/news/other")
    assert (unchanged.stdout, unchanged.stderr) == ("", "its text has not changed since it was first seen\n")
    assert "leave out --from and --to" in run(folder, "diff", id_, "--all", "--to", "2", status=2).stderr
