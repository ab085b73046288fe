"""The ledger: one state a URL, one outcome a run, and a funnel that always adds up."""

from collections import Counter
from datetime import timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from archive.clock import mend_clock
from archive.ledger import IMPORT_HOME, Verdict, load_hints
from archive.times import iso
from archive.types import Hint, Kind, Link, Outcome, State, Via
from archive.writer import ArchiveWriter
from tests.conftest import NOW, open_archive

FEED = "http://gazette.example/feed"
SITEMAP = "http://gazette.example/sitemap.xml"


def link(path: str, *, via: Via = Via.FEED, where: str = FEED, **hint: object) -> Link:
    return Link(
        url=f"http://gazette.example/{path}",
        kind=Kind.PAGE,
        hint=Hint(via=via, where=where, **hint),  # type: ignore[arg-type]
    )


def discover(writer: ArchiveWriter, *links: Link, run: int = 1, now: object = NOW) -> int:
    return writer.ledger.discover(links, source="gazette", run=run, now=now)  # type: ignore[arg-type]


def outcomes(writer: ArchiveWriter, run: int = 1) -> Counter[tuple[str, str | None]]:
    return Counter(
        (outcome, reason)
        for outcome, reason in writer.db.execute("select outcome, reason from run_urls where run_id = ?", [run])
    )


def kept(writer: ArchiveWriter, path: str, due_in: timedelta | None = timedelta(hours=1), run: int = 1) -> None:
    entry = writer.ledger.entry(f"http://gazette.example/{path}")
    assert entry is not None
    due = None if due_in is None else NOW + due_in
    writer.ledger.settle(entry, Verdict(state=State.KEPT, outcome=Outcome.NEW, due_at=due), run=run, now=NOW)


def test_a_url_that_several_documents_list_is_one_entry_with_all_they_say(writer: ArchiveWriter) -> None:
    assert discover(writer, link("a", title="From the feed", authors=("Ana Kovač",))) == 1
    assert discover(writer, link("a", via=Via.SITEMAP, where=SITEMAP, published="2026-11-10")) == 0
    assert discover(writer, link("a", title="From the feed, edited")) == 0
    entry = writer.ledger.entry("http://gazette.example/a")
    assert entry is not None
    assert {(h.via, h.title, h.published, h.authors) for h in entry.hints} == {
        (Via.FEED, "From the feed, edited", None, ()),
        (Via.SITEMAP, None, "2026-11-10", ()),
    }
    assert writer.db.execute("select count(*) from sightings").fetchone() == (2,)


def test_a_discovered_page_waits_until_something_becomes_of_it(writer: ArchiveWriter) -> None:
    discover(writer, link("a"), link("b"))
    assert outcomes(writer) == {("waiting", "queued"): 2}
    kept(writer, "a")
    writer.ledger.leave_waiting(1, "interrupted")
    assert outcomes(writer) == {("new", None): 1, ("waiting", "interrupted"): 1}


def test_a_known_page_that_is_not_due_is_known_and_one_that_is_due_is_queued(writer: ArchiveWriter) -> None:
    discover(writer, link("early"), link("late"), link("never"))
    kept(writer, "early", timedelta(hours=1))
    kept(writer, "late", timedelta(days=1))
    kept(writer, "never", None)
    second = writer.ledger.start_run("crawl", {}, NOW)
    later = NOW + timedelta(hours=2)
    discover(writer, link("early"), link("late"), link("never"), run=second, now=later)
    assert outcomes(writer, second) == {("waiting", "queued"): 1, ("known", "kept"): 2}
    claimed = writer.ledger.claim("gazette", run=second, now=later, limit=9, but_not=set())
    assert [entry.url for entry in claimed] == ["http://gazette.example/early"]


def test_what_is_due_enters_a_run_though_nobody_lists_it_any_more(writer: ArchiveWriter) -> None:
    discover(writer, link("a"))
    kept(writer, "a", timedelta(hours=1))
    second = writer.ledger.start_run("crawl", {}, NOW)
    writer.ledger.enter_due(["gazette"], run=second, now=NOW + timedelta(hours=2))
    assert outcomes(writer, second) == {("waiting", "queued"): 1}


def test_an_unchanged_document_lists_what_it_listed_when_it_was_last_read(writer: ArchiveWriter) -> None:
    discover(writer, link("a"), link("dropped"))
    kept(writer, "a", timedelta(days=1))
    kept(writer, "dropped", timedelta(days=1))
    second = writer.ledger.start_run("crawl", {}, NOW)
    discover(writer, link("a"), link("b"), run=second)
    third = writer.ledger.start_run("crawl", {}, NOW)
    assert writer.ledger.relist(FEED, run=third, now=NOW) == 2
    assert outcomes(writer, third) == {("known", "kept"): 1, ("waiting", "queued"): 1}
    fourth = writer.ledger.start_run("crawl", {}, NOW)
    assert writer.ledger.relist(FEED, run=fourth, now=NOW) == 2
    assert writer.ledger.relist(FEED, run=fourth, now=NOW) == 0


def test_never_asked_pages_come_first_and_the_newest_of_them_before_the_old(writer: ArchiveWriter) -> None:
    discover(
        writer,
        link("old", published="Tue, 10 Nov 2020 08:00:00 GMT"),
        link("undated"),
        link("new", published="2026-11-21T08:00:00Z"),
        link("asked", published="2026-11-22T08:00:00Z"),
    )
    kept(writer, "asked", timedelta(0))
    writer.db.execute("update run_urls set outcome = 'waiting', reason = 'queued'")
    order = [e.url.rsplit("/", 1)[1] for e in writer.ledger.claim("gazette", run=1, now=NOW, limit=9, but_not=set())]
    assert order == ["undated", "new", "old", "asked"]
    undated = writer.ledger.entry("http://gazette.example/undated")
    assert undated is not None
    (first,) = writer.ledger.claim("gazette", run=1, now=NOW, limit=1, but_not={undated.id})
    assert first.url.endswith("/new")


def test_failures_are_counted_until_an_answer_comes(writer: ArchiveWriter) -> None:
    discover(writer, link("a"))

    def entry_attempts() -> int:
        entry = writer.ledger.entry("http://gazette.example/a")
        assert entry is not None
        return entry.attempts

    def settle(*, answered: bool) -> None:
        entry = writer.ledger.entry("http://gazette.example/a")
        assert entry is not None
        verdict = Verdict(state=State.FAILED, outcome=Outcome.FAILED, answered=answered)
        writer.ledger.settle(entry, verdict, run=1, now=NOW)

    settle(answered=False)
    settle(answered=False)
    assert entry_attempts() == 2
    settle(answered=True)
    assert entry_attempts() == 0


def test_a_url_belongs_to_the_source_that_found_it_first(writer: ArchiveWriter) -> None:
    writer.ledger.add_source("post", home="http://post.example/", title=None, now=NOW)
    discover(writer, link("a"))
    assert writer.ledger.discover([link("a")], source="post", run=1, now=NOW) == 0
    entry = writer.ledger.entry("http://gazette.example/a")
    assert entry is not None
    assert entry.source == "gazette"
    assert sum(outcomes(writer).values()) == 1


def test_a_url_known_from_an_imported_file_becomes_its_newspapers(writer: ArchiveWriter) -> None:
    writer.ledger.add_source("import", home=IMPORT_HOME, title=None, now=NOW)
    writer.ledger.discover([link("a", via=Via.GIVEN, where="import")], source="import", run=1, now=NOW)
    kept(writer, "a", None)
    second = writer.ledger.start_run("crawl", {}, NOW)
    assert discover(writer, link("a"), run=second) == 1
    (entry,) = writer.ledger.claim("gazette", run=second, now=NOW, limit=9, but_not=set())
    assert (entry.source, entry.state) == ("gazette", State.KEPT)


def test_a_killed_run_is_closed_as_crashed_by_the_next(writer: ArchiveWriter) -> None:
    second = writer.ledger.start_run("crawl", {}, NOW)
    assert dict(writer.db.execute("select id, status from runs")) == {1: "crashed", second: "running"}


def test_every_change_of_state_is_in_the_story_of_the_url(writer: ArchiveWriter) -> None:
    discover(writer, link("a"))
    kept(writer, "a")
    assert [tuple(row) for row in writer.db.execute("select event, run_id from url_events")] == [("new", 1)]


_EVENTS = st.lists(
    st.tuples(st.sampled_from("abcdef"), st.sampled_from(["list", *(o.value for o in Outcome)])), max_size=40
)


@given(events=_EVENTS)
@settings(max_examples=40, deadline=None)
def test_discovered_is_always_the_sum_of_the_outcomes(tmp_path_factory: object, events: list[tuple[str, str]]) -> None:
    with open_archive(tmp_path_factory.mktemp("ledger")) as writer:  # type: ignore[attr-defined]
        listed = set()
        for path, event in events:
            entry = writer.ledger.entry(f"http://gazette.example/{path}")
            if event == "list" or entry is None:
                discover(writer, link(path))
                listed.add(path)
            else:
                verdict = Verdict(state=State.FAILED, outcome=Outcome(event))
                writer.ledger.settle(entry, verdict, run=1, now=NOW)
            assert sum(outcomes(writer).values()) == len(listed)
            states = writer.db.execute("select count(*), count(distinct url) from urls").fetchone()
            assert states == (len(listed), len(listed))


_HINTS = st.builds(
    Hint,
    via=st.sampled_from(Via),
    where=st.text(min_size=1, max_size=20),
    title=st.none() | st.text(min_size=1, max_size=20),
    authors=st.lists(st.text(min_size=1, max_size=5), max_size=3).map(tuple),
    tags=st.lists(st.text(min_size=1, max_size=5), max_size=3).map(tuple),
    summary=st.none() | st.text(min_size=1, max_size=20),
)


@given(hint=_HINTS)
@settings(max_examples=60)
def test_hints_survive_the_ledger(hint: Hint) -> None:
    from archive.ledger import _hints_json

    assert load_hints(_hints_json([hint])) == (hint,)


def test_what_a_run_put_off_under_a_clock_that_was_ahead_is_due_now(tmp_path: Path) -> None:
    ahead = NOW + timedelta(days=365)
    with open_archive(tmp_path) as writer:
        discover(writer, link("a"), link("b"))
        kept(writer, "a", timedelta(days=30))
        assert mend_clock(writer.db, NOW) == 0
        writer.ledger.start_run("crawl", {}, ahead)
        entry = writer.ledger.entry("http://gazette.example/b")
        assert entry is not None
        due = ahead + timedelta(hours=1)
        writer.ledger.settle(
            entry, Verdict(state=State.KEPT, outcome=Outcome.NEW, due_at=due, article_id="b"), run=2, now=ahead
        )
        assert mend_clock(writer.db, NOW) == 1
        after, kept_one = (writer.ledger.entry(f"http://gazette.example/{name}") for name in "ba")
        assert after is not None and kept_one is not None
        due_dates = dict(writer.db.execute("select url, due_at from urls"))
        assert due_dates["http://gazette.example/b"] == iso(NOW)
        assert due_dates["http://gazette.example/a"] == iso(NOW + timedelta(days=30))
        assert mend_clock(writer.db, NOW + timedelta(minutes=1)) == 0  # once
