from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.query import Query
from archive.ranking import order_of, parts_of
from archive.reading import Archive
from tests.archive.sample import Sample


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    folder = tmp_path_factory.mktemp("archive") / "house"
    with Sample(folder) as sample:
        sample.run()
        sample.article("Harbour talks", "The union refused the offer.", published_at="2026-11-10T00:00:00Z",
                       authors=["Ana Kovač", "Ivan Horvat"], section="Économie", language="en-GB")  # fmt: skip
        sample.article("Offer", "Nothing of the port here.", published_at="2026-11-09T23:59:59Z", language="en",
                       authors=["Luka Ana"], section="news", source="kurir")  # fmt: skip
        sample.article("Quiet night", "One offer " + "and much else " * 200, published_at="1969-07-20T20:17:00Z",
                       language="eng", section="News")  # fmt: skip
        sample.article("Undated harbour", "Words, words.", first_seen_at="2026-12-01T02:00:00Z", language="pt_BR",
                       description="Of an offer that nobody saw.")  # fmt: skip
    with Archive(folder) as opened:
        yield opened


def titles(archive: Archive, text: str = "", **filters: object) -> list[str]:
    return [hit.title for hit in archive.search(text, **filters)]


def test_newest_comes_first_and_the_undated_stands_where_it_was_first_seen(archive: Archive) -> None:
    assert titles(archive) == ["Undated harbour", "Harbour talks", "Offer", "Quiet night"]
    assert titles(archive, sort="oldest") == titles(archive)[::-1]
    assert titles(archive, "offer", sort="oldest") == titles(archive, "offer")[::-1]


def test_relevance_puts_the_word_in_the_title_first(archive: Archive) -> None:
    assert titles(archive, "offer", sort="relevance")[0] == "Offer"
    assert titles(archive, "offer", sort="relevance")[-1] == "Quiet night"


def test_relevance_without_words_is_newest_first(archive: Archive) -> None:
    assert titles(archive, sort="relevance") == titles(archive)
    assert titles(archive, author="ana", sort="relevance") == titles(archive, author="ana")
    assert titles(archive, "NOT words", sort="relevance") == titles(archive, "NOT words")


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"source": "kurir"}, ["Offer"]),
        ({"source": "nobody"}, []),
        ({"author": "kovac"}, ["Harbour talks"]),
        ({"author": "ANA"}, ["Harbour talks", "Offer"]),
        ({"author": "ana kovač"}, ["Harbour talks"]),
        ({"author": "kovač ana"}, []),
        ({"author": '"'}, []),
        ({"author": "ana", "text": "NOT port"}, ["Harbour talks"]),
        ({"section": "NEWS"}, ["Offer", "Quiet night"]),
        ({"section": "économie"}, ["Harbour talks"]),
        ({"language": "en"}, ["Harbour talks", "Offer"]),
        ({"language": "EN-gb"}, ["Harbour talks"]),
        ({"language": "pt"}, []),
        ({"since": "2026-11-10"}, ["Undated harbour", "Harbour talks"]),
        ({"until": "2026-11-09"}, ["Offer", "Quiet night"]),
        ({"since": "2026-11-09", "until": "2026-11"}, ["Harbour talks", "Offer"]),
        ({"text": "offer", "until": "1969"}, ["Quiet night"]),
        ({"text": "offer", "since": "2026-12"}, ["Undated harbour"]),
        ({"text": "NOT offer"}, []),
        ({"text": "harbour", "limit": 1}, ["Undated harbour"]),
        ({"text": "???"}, []),
        ({"source": "a\x00b\ud800", "author": "\ud800x", "section": "\ud800"}, []),
    ],
)
def test_filters_narrow(archive: Archive, filters: dict[str, object], expected: list[str]) -> None:
    assert titles(archive, **filters) == expected
    assert archive.count(**filters) == len(expected)


def test_a_limit_counts_in_count_but_not_in_total(archive: Archive) -> None:
    hits = archive.search("offer", limit=2)
    assert (len(list(hits)), archive.count("offer", limit=2), hits.total) == (2, 2, 4)


def test_found_words_are_marked_in_title_and_passage(archive: Archive) -> None:
    hit = next(iter(archive.search("harbour union", marks=("<b>", "</b>"))))
    assert hit.headline == "<b>Harbour</b> talks"
    assert hit.title == hit.article.title == "Harbour talks"
    assert hit.snippet == "The <b>union</b> refused the offer."


def test_the_passage_is_where_the_word_is_and_short(archive: Archive) -> None:
    by_title = {hit.title: hit.snippet for hit in archive.search("offer")}
    assert by_title["Undated harbour"] == "Of an [offer] that nobody saw."
    assert by_title["Quiet night"].startswith("One [offer] and much") and by_title["Quiet night"].endswith("…")
    assert len(by_title["Quiet night"].split()) <= 33
    assert by_title["Offer"] == "Nothing of the port here."


def test_neither_newest_first_nor_relevance_costs_a_sort(archive: Archive) -> None:
    for query in [
        Query(),
        Query(source="kurir", since="2026"),
        Query(text="offer", since="2026"),
        Query(text="offer", author="ana", section="news"),
        Query(text="offer", sort="relevance"),
        Query(text="offer", sort="oldest"),
        Query(text="NOT offer"),
    ]:
        for part in parts_of(archive._db, query, order_of(archive._db, query)):
            sql = "explain query plan " + part.sql("a.title", "")
            plan = archive._db.execute(sql, part.parameters | {"limit": 5}).fetchall()
            assert not [step for *_, step in plan if "B-TREE" in step], (query, plan)


def test_an_article_changed_or_deleted_is_found_as_it_is_now(tmp_path: Path) -> None:
    with Sample(tmp_path / "a") as sample:
        sample.run()
        sample.article("One", "alpha")
        sample.article("Two", "beta")
        sample.db.execute("update articles set body = 'gamma' where title = 'One'")
        sample.db.execute("delete from articles where title = 'Two'")
    with Archive(tmp_path / "a") as archive:
        assert [archive.count(word) for word in ("alpha", "beta", "gamma")] == [0, 0, 1]
