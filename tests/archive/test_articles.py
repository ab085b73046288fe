"""Articles into rows: new, unchanged, changed, duplicate."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from archive.articles import ArticleStore, Stored
from archive.reading import Archive
from archive.record import plain
from archive.seq import seq_floor
from archive.types import Article, Dropped, Entry, Hint, Kind, Line, Link, Origin, Outcome, Via
from archive.writer import ArchiveWriter
from tests.conftest import NOW, an_article

LATER = NOW + timedelta(days=1)


def url_id(writer: ArchiveWriter, url: str) -> int:
    link = Link(url=url, kind=Kind.PAGE, hint=Hint(via=Via.FEED, where="http://gazette.example/feed"))
    writer.ledger.discover([link], source="gazette", run=1, now=NOW)
    entry = writer.ledger.entry(url)
    assert entry is not None
    return entry.id


def store(writer: ArchiveWriter, article: Article, *, at: datetime = NOW, asked: str | None = None) -> Stored:
    return writer.articles.store(
        article,
        source="gazette",
        seen_at=at,
        capture_id=None,
        url_id=url_id(writer, asked or article.url or "urn:none"),
        key="urn:sha256:abc",
    )


def row(writer: ArchiveWriter, id_: str) -> dict[str, object]:
    return next(iter(writer.db.query("select * from articles where id = ?", [id_])))


def test_a_new_article_is_one_row_with_its_times(writer: ArchiveWriter) -> None:
    stored = store(writer, an_article())
    assert (stored.outcome, stored.revision) == (Outcome.NEW, 1)
    kept = row(writer, stored.article_id)
    assert kept["first_seen_at"] == kept["last_seen_at"] == kept["revised_at"] == "2026-11-22T02:00:00Z"
    assert (kept["published_at"], kept["published_precision"]) == ("2026-11-10T08:30:00Z", "minute")
    assert json.loads(str(kept["authors"])) == ["Ana Kovač"]


def test_an_unchanged_article_only_moves_last_seen_at(writer: ArchiveWriter) -> None:
    first = store(writer, an_article())
    before = row(writer, first.article_id)
    again = store(writer, an_article(description="new teaser", body=an_article().body.replace("  ", " ")), at=LATER)
    assert again == Stored(outcome=Outcome.UNCHANGED, article_id=first.article_id, revision=1)
    after = row(writer, first.article_id)
    assert {k for k in after if after[k] != before[k]} == {"last_seen_at"}
    assert writer.db.execute("select count(*) from revisions").fetchone() == (0,)


@pytest.mark.parametrize(
    "change", [{"title": "Bridge reopens at last"}, {"body": "The old bridge reopened on Wednesday."}]
)
def test_a_changed_headline_or_body_makes_a_revision(writer: ArchiveWriter, change: dict[str, str]) -> None:
    first = store(writer, an_article())
    again = store(writer, an_article(**change), at=LATER)
    assert again == Stored(outcome=Outcome.UPDATED, article_id=first.article_id, revision=2)
    (old,) = writer.db.query("select * from revisions")
    assert (old["title"], old["body"]) == (an_article().title, an_article().body)
    assert (old["valid_from"], old["valid_until"]) == ("2026-11-22T02:00:00Z", "2026-11-23T02:00:00Z")
    assert json.loads(old["record"])["authors"] == '["Ana Kovač"]'
    kept = row(writer, first.article_id)
    assert kept["first_seen_at"] == "2026-11-22T02:00:00Z"
    assert kept["revised_at"] == "2026-11-23T02:00:00Z"


def test_the_full_text_index_follows_a_revision(writer: ArchiveWriter) -> None:
    store(writer, an_article(body="Nothing but anchovies today in the harbour market."))
    store(writer, an_article(body="Nothing but sardines today in the harbour market."), at=LATER)

    def hits(word: str) -> int:
        return int(writer.db.execute("select count(*) from articles_fts(?)", [word]).fetchone()[0])

    assert (hits("anchovies"), hits("sardines")) == (0, 1)
    writer.db.execute("insert into articles_fts (articles_fts, rank) values ('integrity-check', 1)")


def test_another_url_of_the_same_story_is_a_duplicate(writer: ArchiveWriter) -> None:
    first = store(writer, an_article())
    amp = an_article(url="http://gazette.example/news/bridge/amp", body="The old bridge reopened on Tuesday.")
    again = store(writer, amp, at=LATER)
    assert again == Stored(outcome=Outcome.DUPLICATE, article_id=first.article_id, revision=1)
    assert row(writer, first.article_id)["body"] == an_article().body


def test_a_wrong_canonical_address_does_not_merge_two_stories(writer: ArchiveWriter) -> None:
    first = store(writer, an_article())
    other = an_article(
        url="http://gazette.example/news/budget",  # its canonical address still says /news/bridge
        title="Council passes the budget",
        body="After nine hours of debate the council agreed on spending for the coming year.",
    )
    again = store(writer, other)
    assert again.outcome is Outcome.NEW
    assert again.article_id != first.article_id
    assert row(writer, again.article_id)["canonical_url"] == "http://gazette.example/news/budget"


def test_an_article_that_moved_goes_on_under_its_new_url(writer: ArchiveWriter) -> None:
    first = store(writer, an_article())
    writer.articles.mark_gone(first.article_id, LATER)
    assert row(writer, first.article_id)["gone_at"] == "2026-11-23T02:00:00Z"
    moved = store(writer, an_article(url="http://gazette.example/2026/bridge"), at=LATER + timedelta(days=1))
    assert moved == Stored(outcome=Outcome.UNCHANGED, article_id=first.article_id, revision=1)
    assert row(writer, first.article_id)["gone_at"] is None


def test_newest_first_is_the_tables_own_order(writer: ArchiveWriter) -> None:
    days = [14, 3, 21, 3, 8]
    for n, day in enumerate(days):
        at = datetime(2026, 10, day, tzinfo=UTC)
        url = f"http://gazette.example/{n}"
        store(writer, an_article(url=url, canonical_url=url, published_at=at))
    undated = "http://gazette.example/undated"
    store(writer, an_article(url=undated, canonical_url=undated, published_at=None, published_precision=None))
    order = [r["url"].rsplit("/", 1)[1] for r in writer.db.query("select url from articles order by seq desc")]
    assert order == ["undated", "2", "0", "4", "3", "1"]
    plan = str(list(writer.db.query("explain query plan select url from articles order by seq desc")))
    assert "TEMP B-TREE" not in plan


def test_a_corrected_date_moves_the_article(writer: ArchiveWriter) -> None:
    stored = store(writer, an_article())
    right = datetime(2026, 11, 11, 9, 0, tzinfo=UTC)
    store(writer, an_article(published_at=right, title="Bridge reopens, date corrected"), at=LATER)
    assert row(writer, stored.article_id)["seq"] == seq_floor(right)
    writer.db.execute("insert into articles_fts (articles_fts, rank) values ('integrity-check', 1)")


def test_articles_of_one_second_spill_into_the_next(writer: ArchiveWriter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.seq.SLOTS_PER_SECOND", 3)
    monkeypatch.setattr("archive.seq.seq_floor", lambda moment: int(moment.timestamp()) * 3)
    seqs = []
    for n in range(8):
        url = f"http://gazette.example/{n}"
        seqs.append(row(writer, store(writer, an_article(url=url, canonical_url=url)).article_id)["seq"])
    assert seqs == sorted(set(seqs))


def test_our_own_better_cleaning_of_the_same_bytes_is_no_revision(writer: ArchiveWriter) -> None:
    from tests.archive.test_captures import exchange

    page = url_id(writer, "http://gazette.example/news/bridge")
    captures = [writer.keep(exchange(b"<p>same</p>"), run=1, url_id=page) for _ in range(2)]
    articles: ArticleStore = writer.articles
    outcomes = [
        articles.store(a, source="gazette", seen_at=NOW, capture_id=c, url_id=page).outcome
        for a, c in ((an_article(), captures[0]), (an_article(body="better cleaned"), captures[1]))
    ]
    assert outcomes == [Outcome.NEW, Outcome.UNCHANGED]


def test_an_imported_text_without_a_url_has_an_id_of_its_own(writer: ArchiveWriter) -> None:
    first = store(writer, an_article(url=None, canonical_url=None))
    assert store(writer, an_article(url=None, canonical_url=None)).outcome is Outcome.UNCHANGED
    assert row(writer, first.article_id)["url"] is None


def test_older_texts_take_their_places_before_the_present_one(writer: ArchiveWriter) -> None:
    first = store(writer, an_article(body="The text of the first night, which is about a bridge."), at=NOW)
    store(writer, an_article(), at=NOW + timedelta(days=9))
    oldest = store(writer, an_article(body="Announced: the bridge is to open."), at=NOW - timedelta(days=9))
    between = store(writer, an_article(body="A text of the days between."), at=NOW + timedelta(days=4))
    assert [(s.outcome, s.revision) for s in (oldest, between)] == [(Outcome.UPDATED, 1), (Outcome.UPDATED, 3)]
    kept = row(writer, first.article_id)
    assert (kept["body"], kept["revision"]) == (an_article().body, 4)
    assert (kept["first_seen_at"], kept["last_seen_at"]) == ("2026-11-13T02:00:00Z", "2026-12-01T02:00:00Z")
    spans = writer.db.execute("select revision, valid_from, valid_until, body from revisions order by 1").fetchall()
    assert [(n, since[5:10], until[5:10], body.split()[0]) for n, since, until, body in spans] == [
        (1, "11-13", "11-22", "Announced:"),
        (2, "11-22", "11-26", "The"),
        (3, "11-26", "12-01", "A"),
    ]
    records = writer.db.execute("select distinct record from revisions").fetchall()
    assert {json.loads(record)["authors"] for (record,) in records} == {'["Ana Kovač"]'}
    writer.db.execute("insert into articles_fts (articles_fts, rank) values ('integrity-check', 1)")


def test_an_older_copy_that_has_no_certain_place_changes_no_text(writer: ArchiveWriter) -> None:
    store(writer, an_article(body="The text of the first night, which is about a bridge."), at=NOW)
    store(writer, an_article(), at=LATER + timedelta(days=1))
    same_instant = store(writer, an_article(body="Another text of that very second."), at=NOW)
    known_later = store(writer, an_article(), at=LATER)
    for stored in (same_instant, known_later):
        assert (stored.outcome, stored.revision) == (Outcome.UNCHANGED, 2)
    assert same_instant.note == "an older copy; the archive has a newer text"
    assert writer.db.execute("select count(*) from revisions").fetchone() == (1,)


def test_a_look_from_before_it_vanished_does_not_bring_an_article_back(writer: ArchiveWriter) -> None:
    first = store(writer, an_article())
    writer.articles.mark_gone(first.article_id, LATER + timedelta(days=1))
    for seen in (an_article(), an_article(title="Bridge reopens at last")):
        store(writer, seen, at=LATER)
        assert row(writer, first.article_id)["gone_at"] == "2026-11-24T02:00:00Z"
    store(writer, an_article(), at=LATER + timedelta(days=1))
    assert row(writer, first.article_id)["gone_at"] is None


def test_structure_entries_corrections_and_what_was_left_out_come_back_as_they_went_in(writer: ArchiveWriter) -> None:
    article = an_article(
        markdown="## Repairs\n\nThe old bridge reopened.",
        entries=[
            Entry(at=NOW, as_written="3:04 am", title="Polls close", body="The doors are shut."),
            Entry(at=None, as_written=None, title=None, body="Nothing happened.\n\nThen it did."),
        ],
        corrections=["An earlier version named another bridge."],
        dropped=[Dropped(text="The house’s line", reason="pinned")],
        lines=(Line(fingerprint="0123456789abcdef", text="The house’s line", place=1.0),),
        origins={"title": Origin(origin="html", confidence=0.5, evidence="class “head”", conflict=True)},
    )
    id_ = store(writer, article).article_id
    writer.commit()
    with Archive(writer.folder) as archive:
        kept = archive.get(id_)
    for name in ("markdown", "entries", "corrections", "dropped", "origins"):
        assert getattr(kept, name) == getattr(article, name), name
    assert (plain(kept)["entries"][0]["at"], "lines" in plain(kept)) == ("2026-11-22T02:00:00Z", False)


def test_a_revision_keeps_the_structure_that_its_text_had(writer: ArchiveWriter) -> None:
    entry = Entry(at=NOW, as_written=None, title=None, body="The doors are shut.")
    id_ = store(writer, an_article(markdown="*old*", entries=[entry], corrections=["A correction."])).article_id
    store(writer, an_article(body="An altogether different text."), at=LATER)
    writer.commit()
    with Archive(writer.folder) as archive:
        record = archive.revisions(id_)[0].record
    assert (record["markdown"], record["corrections"], record["dropped"]) == ("*old*", ["A correction."], [])
    assert record["entries"][0] == {
        "at": "2026-11-22T02:00:00Z",
        "as_written": None,
        "title": None,
        "body": "The doors are shut.",
    }
