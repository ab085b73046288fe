"""The counts behind a source's template: learnt once an article, bounded, decided on by hand, counted anew."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from archive.errors import BadQuery, NotFound
from archive.fingerprint import line_fingerprint
from archive.learnt import Learnt, learnt_from
from archive.templates import WINDOW, TemplateStore
from archive.types import Article, Dropped, Line, Outcome
from archive.writer import ArchiveWriter
from tests.archive.test_articles import LATER, row, store
from tests.conftest import NOW, an_article

DAY = date(2026, 10, 1)
HOUSE = "The Gazette is owned by those who read it, and it prints what they would rather not know."
RIGHTS = "Whoever wants to print this again may do so, with a link and a bow."
_WORDS = [f"{a}{b}{c}{d}" for a in "bdfgk" for b in "aeiou" for c in "lmnrst" for d in "aeiou"]


def own_sentence(seed: int) -> str:
    return " ".join(random.Random(seed).choices(_WORDS, k=20)) + "."


def with_lines(number: int, *texts: str, **changes: object) -> Article:
    """Article ``number``, whose page has these lines after two paragraphs of its own."""
    page = [own_sentence(2 * number), own_sentence(2 * number + 1), *texts]
    url = f"http://gazette.example/news/{number}"
    fields: dict[str, object] = {
        "url": url,
        "canonical_url": url,
        "title": f"Number {number}",
        "body": "\n\n".join(page),
        "authors": [f"Author {number % 7}"],
        "section": f"Section {number % 3}",
        "published_at": datetime(2026, 10, 1, tzinfo=UTC) + timedelta(days=number // 4),
        "lines": tuple(
            Line(fingerprint=line_fingerprint(text), text=text, place=n / (len(page) - 1))
            for n, text in enumerate(page)
        ),
    }
    return an_article(**(fields | changes))


def learn(writer: ArchiveWriter, numbers: range, *texts: str, **changes: object) -> None:
    for number in numbers:
        writer.templates.learn("gazette", with_lines(number, *texts, **changes), DAY + timedelta(days=number // 4))


def line(writer: ArchiveWriter, text: str) -> Learnt | None:
    known = {each.fingerprint: each for each in learnt_from(writer.db, "gazette").lines}
    return known.get(line_fingerprint(text))


def left_out(writer: ArchiveWriter) -> set[str]:
    template = writer.templates.current("gazette")
    return set(template.lines) if template else set()


def counted(writer: ArchiveWriter) -> int:
    return learnt_from(writer.db, "gazette").articles


def test_a_house_line_is_learnt_within_a_dozen_articles(writer: ArchiveWriter) -> None:
    assert writer.templates.current("gazette") is None
    learn(writer, range(4), HOUSE, RIGHTS)
    assert left_out(writer) == set()
    learn(writer, range(4, 12), HOUSE, RIGHTS)
    template = writer.templates.current("gazette")
    assert template is not None
    assert template.articles == 12
    assert dict(template.lines) == {
        line_fingerprint(text): "in 12 of the source's last 12 articles" for text in (HOUSE, RIGHTS)
    }


def test_an_articles_own_lines_leave_no_row(writer: ArchiveWriter) -> None:
    learn(writer, range(30), HOUSE)
    assert [each.text for each in learnt_from(writer.db, "gazette").lines] == [HOUSE]


def test_an_author_with_three_pieces_does_not_make_her_biography_a_template(writer: ArchiveWriter) -> None:
    biography = "Ana Author has written for this paper since before the flood, and keeps bees on its roof."
    for number in range(60):
        lines = (biography, HOUSE) if number % 7 == 3 else (HOUSE,)
        learn(writer, range(number, number + 1), *lines)
    found = line(writer, biography)
    assert found is not None
    assert (found.state, found.count.articles, found.count.authors) == ("watched", 9, 1)


def test_an_article_counts_once_whatever_becomes_of_it(writer: ArchiveWriter) -> None:
    article = with_lines(1, HOUSE)
    assert store(writer, article).outcome is Outcome.NEW
    assert store(writer, article, at=LATER).outcome is Outcome.UNCHANGED
    edited = replace(article, title="Another headline")
    assert store(writer, edited, at=LATER + timedelta(days=1)).outcome is Outcome.UPDATED
    twin = replace(article, url="http://gazette.example/amp/1")
    assert store(writer, twin, at=LATER).outcome is Outcome.DUPLICATE
    assert counted(writer) == 1
    store(writer, with_lines(2, HOUSE))
    assert counted(writer) == 2
    found = line(writer, HOUSE)
    assert found is not None
    assert (found.count.articles, found.count.first, found.first_day) == (2, 1, DAY)


def test_an_article_without_lines_is_not_counted(writer: ArchiveWriter) -> None:
    store(writer, an_article())
    assert counted(writer) == 0


def test_what_was_learnt_outlives_the_process(tmp_path: Path) -> None:
    from tests.conftest import open_archive

    with open_archive(tmp_path) as first:
        learn(first, range(12), HOUSE)
        before = first.templates.current("gazette")
    with ArchiveWriter(tmp_path, purpose="again") as second:
        assert second.templates.current("gazette") == before
        assert before is not None


def test_learning_makes_no_revisions(writer: ArchiveWriter) -> None:
    """The site is as it was; only what we know of it has changed, in either direction."""
    before = with_lines(1, HOUSE)
    lines = [part for part in before.body.split("\n\n") if part != HOUSE]
    after = replace(before, body="\n\n".join(lines), dropped=[Dropped(text=HOUSE.upper(), reason="in 9 of …")])
    first = store(writer, before)
    assert store(writer, after, at=LATER).outcome is Outcome.UNCHANGED
    assert row(writer, first.article_id)["body"] == before.body
    edited = replace(after, body="\n\n".join([*lines, "And a word more."]))
    assert store(writer, edited, at=LATER + timedelta(days=1)).outcome is Outcome.UPDATED
    with_it_again = replace(edited, body=f"{edited.body}\n\n{HOUSE}", dropped=[])
    assert store(writer, with_it_again, at=LATER + timedelta(days=2)).outcome is Outcome.UNCHANGED
    renamed = replace(with_it_again, title="Another headline")
    assert store(writer, renamed, at=LATER + timedelta(days=3)).outcome is Outcome.UPDATED


def test_rows_do_not_grow_with_the_archive(writer: ArchiveWriter) -> None:
    """Phrases that come again now and then, and a design that changes every 400 articles."""
    rng = random.Random(7)
    phrases = [own_sentence(10_000 + n) for n in range(1500)]
    sizes = []
    for number in range(2400):
        house = [f"{HOUSE} Volume {'I' * (1 + number // 400)}, part {'x' * n}." for n in range(1, 6)]
        learn(writer, range(number, number + 1), *rng.choices(phrases, k=6), *house)
        if number % 400 == 399:
            (rows,) = writer.db.execute("select count(*) from template_lines").fetchone()
            (recent,) = writer.db.execute("select count(*) from template_recent").fetchone()
            sizes.append(rows)
            assert recent == WINDOW
    template = writer.templates.current("gazette")
    assert template is not None
    assert len(template.lines) == 30, "the old designs' lines are kept for the old pages"
    assert max(sizes) < 150, sizes


def test_a_source_has_at_most_so_many_rows(writer: ArchiveWriter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.templates._MOST_ROWS", 10)
    often = [own_sentence(20_000 + n) for n in range(30)]
    writer.templates.pin("gazette", RIGHTS)
    learn(writer, range(50), HOUSE, *often, authors=["One"])
    assert writer.db.execute("select count(*) from template_lines").fetchone() == (11,)
    assert line(writer, RIGHTS) is not None


def test_what_is_decided_by_hand_is_remembered_and_never_overridden(writer: ArchiveWriter) -> None:
    templates = writer.templates
    learn(writer, range(12), HOUSE, RIGHTS)
    assert templates.release("gazette", HOUSE.upper()).state == "released"
    assert templates.pin("gazette", "Brought to you by nobody").told == "not seen so far"
    assert templates.pin("gazette", line_fingerprint(RIGHTS).upper()).text == RIGHTS
    learn(writer, range(12, 80), HOUSE)
    assert left_out(writer) == {line_fingerprint(RIGHTS), line_fingerprint("brought to you by nobody")}
    assert templates.current("gazette").lines[line_fingerprint(RIGHTS)] == "pinned"  # type: ignore[union-attr]
    released = line(writer, HOUSE)
    assert released is not None
    assert (released.state, released.count.articles) == ("released", 80)
    assert released.hand_at is not None
    assert templates.pin("gazette", HOUSE).state == "pinned"


@pytest.mark.parametrize(
    ("source", "named", "error", "said"),
    [
        ("gazete", HOUSE, NotFound, "there is no source 'gazete'; there are: gazette"),
        ("gazette", "0123456789abcdef", NotFound, "no line of gazette has the fingerprint 0123456789abcdef"),
        ("gazette", " 12 — 14 ", BadQuery, "has no letter"),
    ],
)
def test_what_cannot_be_pinned_is_said(
    writer: ArchiveWriter, source: str, named: str, error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        writer.templates.pin(source, named)


def test_a_text_that_was_never_seen_cannot_be_released(writer: ArchiveWriter) -> None:
    with pytest.raises(NotFound, match="nightdesk template gazette --all"):
        writer.templates.release("gazette", "Never seen")


def test_counting_anew_gives_what_was_counted_and_keeps_what_was_decided(writer: ArchiveWriter) -> None:
    def articles() -> Iterator[tuple[Article, date]]:
        for number in range(40):
            yield with_lines(number, HOUSE, RIGHTS), DAY + timedelta(days=number // 4)

    learn(writer, range(40), HOUSE, RIGHTS)
    writer.templates.release("gazette", RIGHTS)
    before = learnt_from(writer.db, "gazette")
    learn(writer, range(100, 160), "Something else altogether, which is on these pages and no others.")
    writer.templates.relearn("gazette", articles())
    assert learnt_from(writer.db, "gazette") == before
    assert left_out(writer) == {line_fingerprint(HOUSE)}
    writer.templates.relearn("gazette", [])
    (released,) = learnt_from(writer.db, "gazette").lines
    assert (released.text, released.told) == (RIGHTS, "not seen so far")


def test_a_dry_run_learns_nothing_for_good(tmp_path: Path) -> None:
    from tests.conftest import open_archive

    open_archive(tmp_path).close()
    dry = ArchiveWriter(tmp_path, purpose="check", dry_run=True)
    learn(dry, range(12), HOUSE)
    assert left_out(dry)
    dry.close()
    with ArchiveWriter(tmp_path, purpose="test") as writer:
        assert TemplateStore(writer.db).current("gazette") is None


def test_a_script_without_spaces_is_measured_by_what_it_says(writer: ArchiveWriter) -> None:
    """Twenty ideographs between an article's own paragraphs are a sentence, not a subheading."""
    house, label = "本报由读者共同拥有不受任何公司或政党的资助与控制", "为何重要"
    page = ["港口的谈判在星期一晚上再次中断双方都没有说明何时会继续工会要求在年底之前得到一个明确的答复"] * 2
    for number in range(12):
        texts = [
            f"{page[0]}{'甲乙丙丁戊己庚辛壬癸子丑'[number]}",
            house,
            label,
            f"{'天地玄黄宇宙洪荒日月盈昃'[number]}{page[1]}",
        ]
        lines = tuple(Line(fingerprint=line_fingerprint(t), text=t, place=n / 3) for n, t in enumerate(texts))
        article = with_lines(number, lines=lines, title="谈判")
        writer.templates.learn("gazette", article, DAY + timedelta(days=number // 4))
    assert left_out(writer) == {line_fingerprint(house)}


def test_broken_letters_in_a_line_are_no_trouble(writer: ArchiveWriter) -> None:
    learn(writer, range(12), "half a letter \ud83d and a nul \0 in the house's own line", authors=["\udc00"])
    assert len(left_out(writer)) == 1
    assert NOW.year in {each.last_day.year for each in learnt_from(writer.db, "gazette").lines if each.last_day}
