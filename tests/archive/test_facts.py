"""The narrow rows and the index say of every article what it is now, whoever writes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.facts import LETTER
from archive.reading import Archive
from archive.spacing import joined, spaced
from archive.types import Access
from archive.writer import ArchiveWriter
from tests.archive.sample import Sample
from tests.archive.test_articles import LATER, store
from tests.conftest import an_article


def sound(writer: ArchiveWriter) -> bool:
    """Whether the index is what a new one would be, and facts those that a new row would have."""
    writer.db.execute("insert into articles_fts (articles_fts, rank) values ('integrity-check', 1)")
    rows = (
        "select seq, one, many, words, revision, published, modified, first_seen, last_seen, retrieved, gone from facts"
    )
    before = writer.db.execute(rows).fetchall()
    writer.db.execute("update articles set spaced = coalesce(spaced, '{}')")  # enters all anew
    after = writer.db.execute(rows).fetchall()
    return before == after


def test_what_a_crawl_stores_changes_and_loses_is_in_the_index(writer: ArchiveWriter) -> None:
    article = an_article(
        section="News", tags=["bridge", "Bridge"], access=Access.FREE, type="NewsArticle", language="en"
    )
    stored = store(writer, article)
    assert sound(writer)
    assert store(writer, an_article(title="Bridge closed", section="Local", tags=["closed"]), at=LATER).revision == 2
    writer.articles.mark_gone(stored.article_id, LATER)
    assert sound(writer)
    writer.commit()
    with Archive(writer.folder) as archive:
        assert archive.count("section:News") == archive.count("tag:bridge") == archive.count("lang:en") == 0
        assert archive.count("section:local tag:closed is:revised is:gone closed") == 1
    values = {value for (value,) in writer.db.execute("select value from facet_values where field <> 'is'")}
    assert values == {"gazette", "Local", "closed", "unknown", "Ana Kovač"}  # nothing of what it was
    writer.articles.mark_seen(stored.article_id, LATER.replace(hour=LATER.hour + 1))
    assert sound(writer)
    writer.db.execute("delete from revisions")
    writer.db.execute("delete from articles")
    writer.commit()
    assert not list(writer.db.execute("select * from facts"))
    assert not list(writer.db.execute("select value from facet_values where field in ('tag', 'author', 'section')"))
    with Archive(writer.folder) as archive:
        assert archive.count("closed") == archive.count("author:kovac") == archive.count("source:gazette") == 0


def test_a_name_that_another_article_has_too_is_not_forgotten(tmp_path: Path) -> None:
    with Sample(tmp_path) as sample:
        sample.article("One", "a", authors=["Ana Li"], tags=["x"])
        sample.article("Two", "b", authors=["Ana Li"], tags=["x", "y"])
        sample.db.execute("delete from articles where title = 'Two'")
    with Archive(tmp_path) as archive:
        facets = archive.search().facets(["tag", "author"])
        assert (facets["tag"].values, facets["author"].values) == ((("x", 1),), (("Ana Li", 1),))
        assert archive.count("tag:y") == 0


def test_an_article_that_moves_in_time_takes_its_facts_along(tmp_path: Path) -> None:
    with Sample(tmp_path) as sample:
        sample.article("One", "alpha", tags=["x"])
        sample.db.execute("update articles set seq = seq - 65536 * 86400 * 31")
    with Archive(tmp_path) as archive:
        assert archive.count("alpha tag:x date:2026-10") == 1
        assert [str(day) for day, _ in archive.search("tag:x").timeline()] == ["2026-10-01"]


SENTENCES = ["北京大学在北京。", "東京タワーへ行く", "ประเทศไทยที่นี่", "ພາສາລາວ", "ភាសាខ្មែរ", "မြန်မာစာ"]


@pytest.mark.parametrize("text", [*SENTENCES, "Kovač", "हिन्दी", "", "a\u0301"])
def test_spacing_only_puts_separators_in(text: str) -> None:
    assert joined(spaced(text)) == text
    assert (spaced(text) != text) == (text in SENTENCES)


def test_scripts_without_spaces_and_marks_are_found_and_marked_as_they_are_written(writer: ArchiveWriter) -> None:
    texts = {
        "北京": ("[北京]大学2026年", "他在[北京]工作。"),
        "学2026": ("北京大[学2026]年", "他在北京工作。"),
        "タワ": ("東京[タワ]ー", "東京へ行く。"),
        "ไทย": ("ประเทศ[ไทย]ที่นี่", "ที่นี่"),
        "हिन्दी": ("[हिन्दी] भाषा", "नमस्ते"),
        "tieng": ("[Tiếng] Việt", "Hà Nội"),
        "резюме": ("[Резюме]", "текст"),
    }
    for number, (title, body) in enumerate(texts.values()):
        plain = [text.replace("[", "").replace("]", "") for text in (title, body)]
        address = f"http://gazette.example/{number}"
        article = an_article(url=address, canonical_url=address, title=plain[0], body=plain[1], authors=["李娜"])
        store(writer, article)
    assert sound(writer)
    writer.commit()
    with Archive(writer.folder) as archive:
        for typed, (headline, _) in texts.items():
            assert headline in [hit.headline for hit in archive.search(typed)], typed
        hit = next(iter(archive.search("工作 北京")))
        assert (hit.headline, hit.snippet) == ("[北京]大学2026年", "他在[北京][工作]。")
        assert {hit.title for hit in archive.search('"大学2026年"')} == {"北京大学2026年"}
        assert archive.count("京北") == 0
        assert archive.count("author:李娜") == archive.count('author:"李"') == len(archive)
        assert archive.count(f"{LETTER}1") == 0  # what is the index's own cannot be typed
        assert archive.count("title:北京 OR タワー*") == 3
