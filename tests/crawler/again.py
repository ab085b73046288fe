"""An archive whose records are older than what would be made of their captures today; and all that is in it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from archive.captures import Exchange
from archive.ledger import Verdict
from archive.types import Hint, Kind, Link, Page, State, Via
from archive.writer import ArchiveWriter
from crawler.keep import verdict_on
from pipelines import refine
from tests.a_site_with_a_template import FIRST_DAY, SOURCE, build

ROOT = Path(__file__).parent.parent.parent
HOME = "https://saltmarsh-echo.test/"
NIGHT = FIRST_DAY + timedelta(days=40)
PAGES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    returncode: int
    stdout: str
    stderr: str


Change = Callable[[bytes], bytes]


def crawl(writer: ArchiveWriter, pages: Sequence[Page], *, told: Change = bytes, at: datetime = NIGHT) -> int:
    """Take pages in as a crawl does; ``told``: what cleaning saw instead of them, as if it had been a worse one."""
    ledger = writer.ledger
    ledger.add_source(SOURCE, home=HOME, title=None, now=at)
    run = ledger.start_run("crawl", {}, at)
    links = [Link(url=page.url, kind=Kind.PAGE, hint=Hint(via=Via.GIVEN, where=HOME)) for page in pages]
    ledger.discover(links, source=SOURCE, run=run, now=at)
    for page in pages:
        take_in(writer, replace(page, fetched_at=at), told, run)
    ledger.finish_run(run, "finished", at + timedelta(minutes=1))
    writer.commit()
    return run


def capture(writer: ArchiveWriter, page: Page, run: int) -> int:
    """The page into the WARC and, as captured, into the ledger."""
    entry = writer.ledger.entry(page.url)
    assert entry is not None
    exchange = Exchange(
        url=page.url,
        asked=page.url,
        source=SOURCE,
        fetched_at=page.fetched_at,
        status=200,
        response_headers=(("Content-Type", "text/html; charset=utf-8"),),
        body=page.body,
    )
    found = writer.keep(exchange, run=run, url_id=entry.id)
    captured = Verdict(state=State.CAPTURED, outcome=None, capture_id=found, full_answer=True)
    writer.ledger.settle(entry, captured, run=run, now=page.fetched_at)
    return found


def take_in(writer: ArchiveWriter, page: Page, told: Change, run: int) -> None:
    capture(writer, page, run)
    entry = writer.ledger.entry(page.url)
    assert entry is not None
    verdict = verdict_on(writer, entry, page, refine(replace(page, body=told(page.body))), page.fetched_at)
    writer.ledger.settle(entry, verdict, run=run, now=page.fetched_at)


def an_old_archive(folder: Path) -> list[Page]:
    """Twenty articles cleaned before anything was known of their source, one of them with an earlier text → the pages.

    The first was cleaned by a version that found no author.
    """
    pages = [made.page for made in build()[:PAGES]]
    with ArchiveWriter(folder, purpose="test") as writer:
        crawl(writer, pages[:1], told=without_authors)
        crawl(writer, pages[1:])
        crawl(writer, [replace(pages[2], body=edited(pages[2].body))], at=NIGHT + timedelta(days=1))
    return pages


def without_authors(body: bytes) -> bytes:
    """The page with no byline in it."""
    import re

    return re.sub(rb'<meta name="author"[^>]*>|<p class="by">.*?</p>', b"", body)


def edited(body: bytes) -> bytes:
    """The page with another headline, as the site changed it."""
    return body.replace(b"New hope", b"Small hope")


def contents(folder: Path) -> dict[str, list[Any]]:
    """Every row that readers see or that is derived from one, and every word in the index with its place.

    But for the stories, which are worked out anew, and come out as what was put together in which order.
    """
    with closing(sqlite3.connect(folder / "archive.db")) as db:
        db.execute("create virtual table temp.words using fts5vocab(main, articles_fts, instance)")
        db.execute("insert into articles_fts (articles_fts) values ('integrity-check')")
        tables = (
            "articles",
            "revisions",
            "facts",
            "facet_values",
            "edits",
            "rights",
            "template_lines",
        )
        held = {table: db.execute(f"select * from {table} order by 1, 2").fetchall() for table in tables}
        held["words"] = db.execute("select term, doc, col, offset from temp.words order by 1, 2, 3, 4").fetchall()
        held["urls"] = db.execute("select * from urls order by id").fetchall()
        db.rollback()
        return held


def sql(folder: Path, statement: str, *values: Any) -> list[Any]:
    with closing(sqlite3.connect(folder / "archive.db")) as db, db:
        return db.execute(statement, values).fetchall()


def nightdesk(*arguments: str | Path) -> Done:
    """A command, in this process: its workers are forked from a server that has the parsers already."""
    from crawler.cli import nightdesk as command

    result = CliRunner().invoke(command, list(map(str, arguments)))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Done(returncode=result.exit_code, stdout=result.stdout, stderr=result.stderr)


def reextract(folder: Path, *arguments: str) -> dict[str, Any]:
    """``nightdesk reextract --json``, one process."""
    done = nightdesk("reextract", "-a", folder, "--workers", "1", "--json", *arguments)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told
