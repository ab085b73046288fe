"""A URL, an id or a domain in; all that an archive holds of it out: what a takedown removes. Nothing is changed."""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from archive.captures import read_capture
from archive.care.tombstones import key_of_url
from archive.encodings import Unpackable
from archive.errors import DamagedCapture, NotFound
from archive.history import spellings
from archive.record import CAPTURE, PLACED, capture_from_row
from archive.urls import is_host

if TYPE_CHECKING:
    from sqlite_utils import Database

_ID_LENGTH = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What was named."""

    #: ``page`` or ``domain``.
    scope: str
    #: The URL as the ledger spells it, or the domain; of an article that has no URL, its id.
    name: str
    #: What is refused from now on.
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What there is of it."""

    target: Target
    #: Ids of articles.
    articles: tuple[str, ...]
    #: Ids of URLs in the ledger: those that gave these articles or led to them, and those that were named.
    urls: tuple[int, ...]
    #: Ids of captures whose records hold it.
    captures: tuple[int, ...]
    #: Ids of captures of lists (feeds, fronts, sitemaps) that quote it.
    lists: tuple[int, ...]
    revisions: int
    #: Files made from the archive that quote it, in its folder.
    files: tuple[Path, ...]

    def __bool__(self) -> bool:
        return bool(self.articles or self.urls or self.captures)


def target_of(db: Database, name: str) -> Target:
    """What a person means: a URL, an article's id, or a domain. Raises NotFound for anything else."""
    text = name.strip()
    rows = db.execute("select coalesce(url, canonical_url) from articles where id = ?", [text.lower()]).fetchall()
    if rows:
        return Target(scope="page", name=rows[0][0] or text.lower(), keys=(f"id:{text.lower()}",))
    if "://" not in text and not text.lower().startswith("urn:") and is_host(text.lower()) and "." in text:
        domain = text.lower().removeprefix("www.")
        return Target(scope="domain", name=domain, keys=(f"host:{domain}",))
    urls = spellings(text)
    if not urls:
        raise NotFound(f"{text[:200]!r} is no URL, no domain, and no article has it as its id")
    return Target(scope="page", name=_known(db, urls) or urls[0], keys=tuple({key_of_url(url) for url in urls}))


def _known(db: Database, urls: list[str]) -> str | None:
    for url in urls:
        if db.execute("select 1 from urls where url = ?", [url]).fetchone():
            return url
    return None


def find(db: Database, folder: Path, target: Target, *, also: Iterable[int] = ()) -> Found:
    """All that the archive holds of it. ``also``: ids of further URLs that are known to be of it."""
    if target.scope == "domain":
        articles, urls = _of_domain(db, target.name)
    else:
        articles, urls = _of_page(db, target)
    articles |= {row[0] for row in _each(db, "select id from articles where url_id = ?", also)}
    urls = _with_relatives(db, articles, urls | set(also))
    captures = _captures(db, urls, articles)
    titles = [row[0] for row in _each(db, "select title from articles where id = ?", articles)]
    addresses = [row[0] for row in _each(db, "select url from urls where id = ? and kind = 'page'", urls)]
    revisions = sum(row[0] for row in _each(db, "select count(*) from revisions where article_id = ?", articles))
    return Found(
        target=target,
        articles=tuple(sorted(articles)),
        urls=tuple(sorted(urls)),
        captures=tuple(sorted(captures)),
        lists=tuple(sorted(_lists(db, folder, urls, titles, addresses) - captures)),
        revisions=revisions,
        files=tuple(_files_with(folder, [*titles, *addresses, *articles])),
    )


def _each(db: Database, sql: str, values: Iterable[Any]) -> Iterator[tuple[Any, ...]]:
    for value in sorted(values):
        yield from db.execute(sql, [value]).fetchall()


def _of_domain(db: Database, domain: str) -> tuple[set[str], set[int]]:
    like = [f"http%://{domain}/%", f"http%://%.{domain}/%"]
    urls = {
        id_
        for id_, url in db.execute("select id, url from urls where url like ? or url like ?", like)
        if _on(url, domain)
    }
    rows = db.execute(
        "select id, url, canonical_url from articles where url like ? or url like ? or canonical_url like ?"
        " or canonical_url like ?",
        like * 2,
    )
    return {id_ for id_, *both in rows if any(url and _on(url, domain) for url in both)}, urls


def _on(url: str, domain: str) -> bool:
    host = urlsplit(url).hostname or ""
    return host == domain or host.endswith(f".{domain}")


def _of_page(db: Database, target: Target) -> tuple[set[str], set[int]]:
    ids = {key.removeprefix("id:") for key in target.keys}
    names = spellings(target.name) if len(target.name) != _ID_LENGTH or "." in target.name else []
    urls = {row[0] for row in _each(db, "select id from urls where url = ?", names)}
    articles = {row[0] for row in _each(db, "select id from articles where id = ?", ids)}
    # Whatever is read from this URL or is known under it: its canonical address may give another id.
    articles |= {row[0] for row in _each(db, "select id from articles where url_id = ?", urls)}
    articles |= {row[0] for row in _each(db, "select id from articles where url = ?", names)}
    articles |= {
        row[0]
        for row in _each(db, "select article_id from urls where id = ? and article_id is not null", urls)
        if db.execute("select 1 from articles where id = ?", [row[0]]).fetchone()
    }
    return articles, urls


def _with_relatives(db: Database, articles: Iterable[str], urls: set[int]) -> set[int]:
    """Also the URLs that gave the articles or led to them, and those that answered with the very same bytes."""
    found = set(urls)
    found |= {row[0] for row in _each(db, "select id from urls where article_id = ?", articles)}
    found |= {row[0] for row in _each(db, "select url_id from articles where id = ? and url_id is not null", articles)}
    same = """
        select distinct c.url_id from captures c join urls on urls.id = c.url_id and urls.kind = 'page'
        where c.payload_digest in (
            select payload_digest from captures where id in (
                select capture_id from articles where id = :id union select capture_id from revisions
                where article_id = :id))
          and c.status = 200 and not exists (select 1 from articles where url_id = c.url_id and id <> :id)
    """
    for id_ in articles:
        found |= {row[0] for row in db.execute(same, {"id": id_})}
    return found


def _captures(db: Database, urls: set[int], articles: Iterable[str]) -> set[int]:
    """Every exchange for one of the URLs, and whatever the articles' texts were read from."""
    found = {row[0] for row in _each(db, "select id from captures where url_id = ?", urls)}
    by_address = "select c.id from urls join captures c on c.url = urls.url where urls.id = ?"
    found |= {row[0] for row in _each(db, by_address, urls)}
    for table, column in (("articles", "id"), ("revisions", "article_id")):
        sql = f"select capture_id from {table} where {column} = ? and capture_id is not null"  # noqa: S608
        found |= {row[0] for row in _each(db, sql, articles)}
    return found


def _lists(db: Database, folder: Path, urls: set[int], titles: list[str], addresses: list[str]) -> set[int]:
    """Captures of the documents that listed the URLs, as far as they quote a headline or an address."""
    where = {row[0] for row in _each(db, "select where_url from sightings where url_id = ?", urls)}
    said = [form.encode() for text in (*titles, *addresses) for form in _written(text)]
    found = set()
    sql = (
        f"select c.id, {CAPTURE} from captures c {PLACED}"  # noqa: S608 (our own words)
        " where c.url = ? and not exists (select 1 from erasures e where e.warc_file_id = w.id and e.offset = c.offset)"
    )
    for row in (row for address in sorted(where) for row in list(db.query(sql, [address]))):
        ref = capture_from_row(row)
        assert ref is not None, "a capture has a place"
        try:
            body = read_capture(folder, ref).body
        except (DamagedCapture, Unpackable):
            continue
        if any(text in body for text in said):
            found.add(row["id"])
    return found


def _written(text: str) -> set[str]:
    """A text as HTML, XML and JSON write it."""
    return {text, html.escape(text), html.escape(text, quote=False), json.dumps(text)[1:-1]} - {""}


def _files_with(folder: Path, texts: Iterable[str]) -> Iterator[Path]:
    """Reports that quote one of the texts."""
    said = [form.encode() for text in texts if text for form in _written(text)]
    for path in sorted((folder / "reports").glob("*")) if said else ():
        if path.is_file() and any(text in path.read_bytes() for text in said):
            yield path
