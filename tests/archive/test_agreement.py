"""For random archives and queries: count = list = hits = facets = timeline = pages = export = what a loop finds."""

from __future__ import annotations

import csv
import json
import random
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive import bitmaps, matching, picked, ranking
from archive.facets import FACETS
from archive.query import Query
from archive.reading import Archive
from archive.record import StoredArticle
from archive.times import iso
from tests.archive.sample import Sample

WORDS = ["offer", "harbour", "port", "union", "Talks", "Kovač", "portly", "post-war", "北京大学", "ที่นี่"]
TYPED = [*WORDS, "NOT", "OR", "(", ")", "por*", "title:port", "北京", "-union"]
SOURCES, TAGS, AUTHORS = ["gazette", "kurir"], ["sport", "Sport", "harbour", "été"], ["Ana Li", "Ana Kovač", "Li Ana"]


def build(folder: Path, seed: int) -> None:
    chance = random.Random(seed)
    with Sample(folder) as sample:
        run = sample.run()
        ids = []
        for number in range(40):
            at = datetime(2026, 11, 1, tzinfo=UTC) - timedelta(hours=chance.randrange(20_000))
            dated = chance.random() < 0.8
            first = at + timedelta(hours=chance.randrange(100))
            url = f"https://gazette.test/{number}"
            ids.append(
                sample.article(
                    " ".join(chance.choices(WORDS, k=2)),
                    " ".join(chance.choices(WORDS, k=chance.randrange(1, 30))),
                    url=url,
                    source=chance.choice(SOURCES),
                    section=chance.choice(["News", "news", "", None]),
                    tags=chance.sample(TAGS, chance.randrange(3)),
                    authors=chance.sample(AUTHORS, chance.randrange(3)),
                    language=chance.choice(["en", "en-GB", None]),
                    access=chance.choice(["free", "unknown"]),
                    type=chance.choice(["NewsArticle", None]),
                    published_at=iso(at) if dated else None,
                    modified_at=iso(at) if chance.random() < 0.5 else None,
                    first_seen_at=iso(first),
                    last_seen_at=iso(first + timedelta(days=1)),
                    revision=chance.choice([1, 1, 2]),
                    gone_at=iso(first) if chance.random() < 0.2 else None,
                    capture_id=sample.capture(run, url, fetched_at=iso(first)) if chance.random() < 0.5 else None,
                )
            )
        for story in range(4):
            members = ids[story * 4 : story * 4 + 3]
            rows = [(member, members[0]) for member in members]
            sample.db.conn.executemany("insert into story_members (article_id, story, share) values (?, ?, 1)", rows)


@pytest.fixture(scope="module", autouse=True)
def near_is_far() -> Iterator[None]:
    """Lists are read off the bitmap index as soon as FTS5 would have to walk past some articles."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(matching, "FAR", 4)
        patch.setattr(matching, "_APART", 3)
        patch.setattr(picked, "MOST_GRADED", 9)
        patch.setattr(ranking, "MOST_SCORED", 6)
        yield


def picture(folder: Path, share: int, *, stale: bool) -> None:
    """Give an archive a bitmap index; ``stale``: articles came, changed, moved and went since it was made."""
    with pytest.MonkeyPatch.context() as patch, Sample(folder) as sample:
        for name, value in {"LEAST": 1, "WORDS_FROM": 1, "VALUE_SHARE": share, "WORD_SHARE": share}.items():
            patch.setattr(bitmaps, name, value)
        assert bitmaps.renew(sample.db.conn, sample.db.conn.commit)
        if not stale:
            return
        changed = "where seq in (select seq from articles where id not in (select article_id from story_members)"
        for number, change in enumerate(
            [
                "delete from articles {}",
                "update articles set title = 'union port', body = 'harbour', word_count = 1 {}",
                "update articles set tags = '[\"sport\", \"new\"]', section = 'Fresh', language = null {}",
                "update articles set seq = seq - 65536 * 86400 * 400, published_at ="
                " strftime('%Y-%m-%dT%H:%M:%SZ', (seq >> 16) - 86400 * 400, 'unixepoch') {}",
                "update articles set modified_at = '2026-03-01T00:00:00Z', last_seen_at = '2030-01-01T00:00:00Z' {}",
            ]
        ):
            sample.db.conn.execute(change.format(f"{changed} order by id limit 2 offset {number * 2})"))
        for number in range(3):
            sample.article("port harbour", "union offer", url=f"https://gazette.test/new/{number}", tags=["newer"])


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Archive]]:
    """Two without a bitmap index, one with, and two with one that is behind: most is rare in the last."""
    folder = tmp_path_factory.mktemp("archives")
    for seed in range(5):
        build(folder / str(seed), seed)
    for seed, share, stale in ((2, 8, False), (3, 8, True), (4, 2, True)):
        picture(folder / str(seed), share, stale=stale)
    opened = [Archive(folder / str(seed)) for seed in range(5)]
    yield opened
    for archive in opened:
        archive.close()


def some(values: list[str]) -> st.SearchStrategy[Any]:
    return st.none() | st.lists(st.sampled_from(values), min_size=1, max_size=2)


queries = st.builds(
    Query,
    text=st.lists(st.sampled_from(TYPED), max_size=4).map(" ".join),
    source=some([*SOURCES, "nobody"]),
    section=some(["NEWS"]),
    tag=some(["sport", "ÉTÉ", "none"]),
    language=some(["en", "en-gb"]),
    access=some(["free"]),
    type=some(["newsarticle"]),
    author=some(["ana", "=Ana Li", "li ana"]),
    since=st.sampled_from([None, "2025-06"]),
    until=st.sampled_from([None, "2026-06"]),
    published=st.sampled_from([None, "2025..2026"]),
    modified=st.sampled_from([None, "2026"]),
    retrieved=st.sampled_from([None, "2025-03.."]),
    words=st.sampled_from([None, ">10", "..20"]),
    revised=st.sampled_from([None, True, False]),
    gone=st.sampled_from([None, True, False]),
    one_per_story=st.booleans(),
    without=st.sampled_from([{}, {"tag": "sport"}, {"author": "li"}, {"modified": "2026"}, {"words": "3..9"}]),
    also=st.sampled_from([{}, {"tag": "harbour"}, {"language": "en-GB"}]),
    sort=st.sampled_from([None, "oldest", "relevance"]),
)  # fmt: skip


@given(number=st.integers(0, 4), query=queries, limit=st.sampled_from([1, 3, 100]))
@settings(max_examples=150, deadline=None)
def test_every_way_to_ask_agrees(archives: list[Archive], tmp_path_factory: pytest.TempPathFactory, *, number: int,
                                 query: Query, limit: int) -> None:  # fmt: skip
    archive = archives[number]
    hits = archive.search(query)
    ids = [hit.id for hit in hits]
    assert len(set(ids)) == len(ids) == archive.count(query) == hits.total
    assert ids == [article.id for article in archive.articles(query)]
    for facet in hits.facets(most=None).values():
        assert facet.sum == len(ids) or not facet.single
    assert sum(articles for _, articles in hits.timeline("day")) == len(ids)
    assert sum(articles for _, articles in hits.timeline("week")) == len(ids)
    file = tmp_path_factory.getbasetemp() / "same.csv"
    archive.export_csv(query, file)
    with file.open(newline="") as lines:
        exported = [row["id"] for row in csv.DictReader(lines)]
    assert exported == (ids if query.sort else ids[::-1])
    paged, cursor = [], None
    while True:
        page = archive.search(Query.parse(query.spelling, limit=limit), after=cursor)
        paged += [hit.id for hit in page]
        cursor = page.cursor
        if cursor is None:
            break
    assert paged == ids
    assert archive.count(query.spelling) == len(ids)


@given(number=st.integers(0, 4), query=queries)
@settings(max_examples=150, deadline=None)
def test_filters_find_what_a_loop_over_all_articles_finds(
    archives: list[Archive], *, number: int, query: Query
) -> None:
    plain = Query.parse(" ".join(each.spelling for each in query.narrowing if each.values != ("earliest",)))
    found = {article.id for article in archives[number].articles(plain)}
    assert found == {article.id for article in archives[number] if fits(article, plain)}


def folded(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold().replace("č", "c"))


def fits(article: StoredArticle, query: Query) -> bool:
    """The meaning of filters, told another way."""
    return all(
        any(has(article, each.field, value) for value in each.values) is not each.negated for each in query.narrowing
    )


def has(article: StoredArticle, field: str, value: str) -> bool:  # noqa: PLR0911 (one a field)
    if field in ("section", "access", "type"):
        return (getattr(article, field) or "").casefold() == value.casefold()
    if field == "source":
        return article.source == value
    if field == "tag":
        return value.casefold() in [tag.casefold() for tag in article.tags]
    if field == "language":
        return f"{article.language}-".casefold().startswith(f"{value}-".casefold())
    if field == "author":
        if value.startswith("="):
            return value[1:] in article.authors
        wanted, names = folded(value), folded(json.dumps(article.authors, ensure_ascii=False))
        return any(names[at : at + len(wanted)] == wanted for at in range(len(names)))
    if field == "is":
        return article.revision > 1 if value == "revised" else article.gone_at is not None
    if field == "words":
        least, _, most = value.partition("..")
        return int(least or 0) <= article.word_count <= int(most or 10**9)
    moments = {
        "date": article.published_at or article.first_seen_at,
        "published": article.published_at,
        "modified": article.modified_at,
        "retrieved": article.first_seen_at if article.capture else None,
    }
    moment = moments[field]
    first, dots, last = value.partition("..")
    if moment is None:
        return False
    day = moment.date().isoformat()
    return (not first or day >= first) and (not (last or not dots) or day[: len(last or first)] <= (last or first))


@given(number=st.integers(0, 4), query=queries)
@settings(max_examples=60, deadline=None)
def test_of_a_story_only_the_first_copy_among_what_is_found_is_left(archives: list[Archive], *, number: int,
                                                                    query: Query) -> None:  # fmt: skip
    archive = archives[number]
    without = [each for each in query.narrowing if each.values != ("earliest",)]
    text = " ".join([*(each.spelling for each in without), '"?"' if query.read.hopeless else query.understood])
    every = [article.id for article in archive.articles(f"{text} sort:oldest")]
    story = dict(archive._db.execute("select article_id, story from story_members").fetchall())
    firsts: dict[str, str] = {}
    for id_ in every:
        firsts.setdefault(story.get(id_, id_), id_)
    assert {article.id for article in archive.articles(f"{text} is:earliest")} == set(firsts.values())


@pytest.mark.parametrize("which", [0, 2, 3])
def test_facets_count_what_their_values_find(archives: list[Archive], which: int) -> None:
    archive = archives[which]
    for name, facet in archive.search("offer OR port").facets(most=None).items():
        assert facet.field == name and name in FACETS
        assert facet.values, name
        for value, number in facet.values:
            if name in ("year", "month"):
                assert archive.count("offer OR port", since=value, until=value) == number
            elif name == "author":
                assert archive.count("offer OR port", author=f"={value}") == number
            elif name not in ("section", "tag", "language"):  # found in any case, and with their dialects
                assert archive.count("offer OR port", **{name: value}) == number
    section = archive.search().facets(["section"])["section"]
    assert section.missing == sum(not article.section for article in archive)
    few = archive.search().facets(["tag"], most=1)["tag"]
    every = Counter(tag for article in archive for tag in article.tags)
    assert few.values == (every.most_common(1)[0],) or few.values[0][1] == every.most_common(1)[0][1]
    assert few.others == len(every) - 1 and few.sum == every.total()


def test_a_story_is_found_by_any_of_its_copies(archives: list[Archive]) -> None:
    archive = archives[0]
    members = [id_ for (id_,) in archive._db.execute("select article_id from story_members where story ="
                                                     " (select min(story) from story_members)")]  # fmt: skip
    for id_ in members:
        assert {article.id for article in archive.articles(f"story:{id_}")} == set(members)
    alone = next(article.id for article in archive if article.id not in
                 {id_ for (id_,) in archive._db.execute("select article_id from story_members")})  # fmt: skip
    assert [article.id for article in archive.articles(story=alone)] == [alone]
    assert archive.count("story:nothing") == 0
