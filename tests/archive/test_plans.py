"""The queries that a crawl of many sources and URLs asks again and again use an index, and the right one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest

from archive.ledger import Ledger
from archive.types import Hint, Kind, Link, Via
from archive.writer import ArchiveWriter
from tests.conftest import NOW, open_archive

SITEMAP = "http://gazette.example/sitemap.xml"


@pytest.fixture(scope="module")
def writer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ArchiveWriter]:
    """Two sources, one with many pages."""
    writer = open_archive(tmp_path_factory.mktemp("plans") / "archive")
    writer.ledger.add_source("post", home="http://post.example/", title=None, now=NOW)
    hint = Hint(via=Via.SITEMAP, where=SITEMAP)
    for source, pages in (("gazette", 400), ("post", 4)):
        links = [Link(url=f"http://{source}.example/{n}", kind=Kind.PAGE, hint=hint) for n in range(pages)]
        links.append(Link(url=f"http://{source}.example/feed", kind=Kind.FEED, hint=hint))
        writer.ledger.discover(links, source=source, run=1, now=NOW)
    yield writer
    writer.close()


def plan(writer: ArchiveWriter, call: Callable[[Ledger], object]) -> str:
    """The plans of the statements that a call of the ledger makes, as SQLite tells them."""
    asked: list[str] = []
    connection = writer.db.conn
    connection.set_trace_callback(asked.append)
    try:
        call(writer.ledger)
    finally:
        connection.set_trace_callback(None)
    told = []
    for sql in asked:
        if sql.lstrip().lower().startswith(("select", "insert", "update")):
            told += [row[-1] for row in connection.execute(f"explain query plan {sql}")]
    return "\n".join(told)


def test_the_next_pages_of_a_source_are_read_off_in_their_order(writer: ArchiveWriter) -> None:
    told = plan(writer, lambda ledger: ledger.claim("gazette", run=1, now=NOW, limit=100, but_not=set()))
    assert "urls USING INDEX urls_queue (source=?)" in told, told
    assert "TEMP B-TREE" not in told  # no sorting: what is read stops at the limit
    assert "SCAN" not in told


@pytest.mark.parametrize(
    ("call", "index"),
    [
        (lambda ledger: ledger.documents("gazette", NOW), "urls_documents (source=? AND due_at<?)"),
        (lambda ledger: ledger.enter_due(["post"], run=1, now=NOW), "urls_due (source=? AND due_at<?)"),
        (lambda ledger: ledger.enter_due(["post"], run=1, now=NOW), "urls_captured (source=?)"),
        (lambda ledger: ledger.captured(["post"], limit=9, but_not=set()), "urls_captured (source=?)"),
        (lambda ledger: ledger.relist(SITEMAP, run=1, now=NOW), "sightings_where (where_url=? AND last_run=?)"),
        (lambda ledger: ledger.fresh(SITEMAP, 1), "sightings_where (where_url=? AND last_run=?)"),
        (lambda ledger: ledger.leave_waiting(1, "limit", source="post"), "run_urls_waiting (run_id=? AND source=?)"),
        (lambda ledger: ledger.queued(1), "run_urls_waiting (run_id=?)"),
        (lambda ledger: ledger.postpone("post", NOW), "urls_due (source=? AND due_at<?)"),
    ],
)
def test_no_query_of_the_crawl_reads_more_than_it_needs(
    writer: ArchiveWriter, call: Callable[[Ledger], object], index: str
) -> None:
    told = plan(writer, call)
    assert f"INDEX {index}" in told, told
    assert not [line for line in told.splitlines() if re.match(r"SCAN (urls|run_urls|sightings|captures)", line)]
