"""A row of a table of articles in, an Article or a Rejection that names the column out. Pure."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from archive.types import Article, Image, Origin, Page, Precision, Reason, Rejection, Template
from archive.urls import normalise_or_none
from pipelines import EXTRACTOR, refine, refine_dump
from pipelines.authors import clean_names
from pipelines.clock import Clock, Moment, whole_day
from pipelines.dates import read_date
from pipelines.language import detect_language, language_tag
from pipelines.sheet import squeeze
from pipelines.told_body import read_told_body

#: What tables write where there is nothing.
_NOTHING = frozenset({"", "none", "null", "nan", "n/a", "na", "nil", "-", "nat", "[]", "{}"})
_EPOCH = re.compile(r"(\d{9,10})(\d{3})?(?:\.\d+)?")
_LONGEST = 5_000_000


class BadCell(ValueError):
    """A value that is not what its column is for."""

    def __init__(self, column: str, why: str) -> None:
        super().__init__(f"column {column}: {why}")


class NoRow(ValueError):
    """What stands where a row should be is none."""


def cells_of(raw: bytes) -> dict[str, Any]:
    """The cells of a row that is a JSON object, by their columns. Raises NoRow."""
    try:
        cells = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise NoRow(f"it is no JSON ({error})") from error
    if not isinstance(cells, dict):
        raise NoRow("it is no JSON object")
    return cells


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row as it is in its table, and what its columns are."""

    cells: Mapping[str, Any]
    #: Field → column: pipelines/columns.py.
    columns: Mapping[str, str]
    #: When its file was saved: for a row that does not say when it was fetched.
    saved_at: datetime

    def text(self, field: str) -> str | None:
        """A cell as text; None: it is empty. Raises BadCell for one that is no text."""
        value = self._cell(field)
        if isinstance(value, list | dict):
            raise BadCell(self.columns[field], "text is wanted, not a list")
        return None if value is None else str(value).strip()

    def texts(self, field: str) -> list[str]:
        """A cell as several texts: a list, or a text with a list in it, or one separated by ``;``, ``|`` or commas."""
        value = self._cell(field)
        if isinstance(value, str):
            value = _listed(value)
        values = value if isinstance(value, list) else [] if value is None else [value]
        texts = (each.get("name") if isinstance(each, dict) else each for each in values)
        return [text for each in texts if each is not None and (text := squeeze(str(each)))]

    def _cell(self, field: str) -> Any:
        value = self.cells.get(self.columns.get(field, ""))
        if isinstance(value, str) and value.strip().lower() in _NOTHING:
            return None
        return None if value in ([], {}) else value

    def url(self) -> str | None:
        """Its address, in the archive's spelling. Raises BadCell."""
        written = self.text("url")
        if written is None:
            return None
        url = normalise_or_none(written)
        if url is None:
            raise BadCell(self.columns["url"], f"{written[:80]!r} is no http or https address")
        return url

    def moment(self, field: str, clock: Clock) -> Moment | None:
        """A cell as an instant; without a zone it is UTC. Raises BadCell."""
        written = self.text(field)
        if written is None:
            return None
        moment = _moment(written, clock)
        if moment is None:
            raise BadCell(self.columns[field], f"{written[:80]!r} is no date")
        return moment

    def fetched_at(self) -> datetime:
        """When it was fetched, else when its file was saved. Raises BadCell."""
        moment = self.moment("fetched_at", Clock(fetched_at=self.saved_at))
        return min(moment.at.replace(microsecond=0), datetime.now(UTC)) if moment else self.saved_at


def _listed(text: str) -> list[Any] | str:
    if text.lstrip().startswith("["):
        for read in (json.loads, ast.literal_eval):  # as JSON and as Python print lists
            try:
                value = read(text)
            except (ValueError, SyntaxError, MemoryError, RecursionError):
                continue
            if isinstance(value, list):
                return value
    for sign in (";", "|"):
        if sign in text:
            return text.split(sign)
    return text


def _moment(written: str, clock: Clock) -> Moment | None:
    try:
        if len(written) == 10:
            return whole_day(datetime.fromisoformat(written).date(), written)
        at = datetime.fromisoformat(written)
        return Moment(
            at=at.replace(tzinfo=at.tzinfo or UTC).astimezone(UTC),
            precision=Precision.SECOND if written.count(":") > 1 else Precision.MINUTE,
            as_written=written,
            day=at.date(),
        )
    except (ValueError, OverflowError):
        pass
    if epoch := _EPOCH.fullmatch(written):
        at = datetime.fromtimestamp(int(epoch[1]), UTC)
        return Moment(at=at, precision=Precision.SECOND, as_written=written, day=at.date())
    return read_date(written, clock)


def refine_row(
    row: Row,
    *,
    clean: bool = False,
    template: Template | None = None,
    refine: Callable[[Page, Template | None], Article | Rejection] = refine,
) -> Article | Rejection:
    """An article from what the row says of it; a page that it holds is cleaned like any other, by ``refine``.

    ``clean``: the body is cleaned as a text dump is. Raises BadCell.
    """
    url, fetched_at = row.url(), row.fetched_at()
    html = row.text("html")
    if html is not None:
        headers = (("content-type", "text/html; charset=utf-8"),)
        page = Page(
            url=url or "", final_url=url or "", headers=headers, body=html.encode(errors="replace"),
            fetched_at=fetched_at,
        )  # fmt: skip
        result = refine(page, template)
        return result if isinstance(result, Rejection) else _filled(result, row, url, fetched_at)
    return _from_text(row, url, fetched_at, clean=clean)


def _from_text(row: Row, url: str | None, fetched_at: datetime, *, clean: bool) -> Article | Rejection:
    title, body = squeeze(row.text("title") or ""), row.text("body") or ""
    if len(body) > _LONGEST:
        return _rejected(Reason.UNREADABLE, row, "body", f"{len(body)} characters, more than {_LONGEST}")
    if not title:
        return _rejected(Reason.NOT_ARTICLE, row, "title", "no headline")
    paragraphs = _paragraphs(body)
    if not paragraphs:
        return _rejected(Reason.TOO_SHORT if title else Reason.EMPTY, row, "body", "a headline and no text")
    if clean:
        dump = "\n\n".join([title, *paragraphs])
        read = refine_dump(dump, url=url, fetched_at=fetched_at, source=row.text("site_name"))
        return read if isinstance(read, Rejection) else _filled(replace(read, title=title), row, url, fetched_at)
    bare = Article(url=url, canonical_url=url, title=title, body="\n\n".join(paragraphs), extractor=EXTRACTOR)
    origins = {name: _origin(row, name) for name in ("title", "body")}
    language = None if row.text("language") else detect_language(bare.body)
    if language:
        origins["language"] = language.origin
    bare = replace(bare, origins=origins, language=language.value if language else None)
    return _filled(bare, row, url, fetched_at)


def _rejected(reason: Reason, row: Row, field: str, why: str) -> Rejection:
    return Rejection(reason=reason, detail=f"column {row.columns.get(field, field)}: {why}", extractor=EXTRACTOR)


def _paragraphs(body: str) -> list[str]:
    """The text's paragraphs: parted by empty lines, or where it has none, by lines. Tags are undone."""
    if "</" in body or "<br" in body:
        return [block.text for block in read_told_body({"articleBody": body})]
    text = re.sub(r"\r\n?", "\n", body)
    parts = re.split(r"\n[ \t]*\n", text) if re.search(r"\n[ \t]*\n", text.strip()) else text.split("\n")
    return [paragraph for part in parts if (paragraph := squeeze(part))]


def _filled(article: Article, row: Row, url: str | None, fetched_at: datetime) -> Article:
    """The article with what the row's other columns say where it has nothing itself."""
    clock = Clock(fetched_at=fetched_at, language=article.language)
    published, modified = row.moment("published_at", clock), row.moment("modified_at", clock)
    image = row.text("image")
    told: dict[str, Any] = {
        "description": row.text("description"),
        "authors": clean_names(row.texts("authors"), not_names=[row.text("site_name") or ""]),
        "published_at": published and published.at,
        "modified_at": modified and modified.at,
        "section": row.text("section"),
        "tags": list(dict.fromkeys(_tags(row))),
        "language": language_tag(row.text("language")),
        "images": [Image(url=normalise_or_none(image))] if image and normalise_or_none(image) else [],
        "site_name": row.text("site_name"),
    }
    new = {name: value for name, value in told.items() if value and not getattr(article, name)}
    if "published_at" in new and published:
        new |= {"published_precision": published.precision, "published_as_written": published.as_written}
    columns = {"images": "image"}
    origins = {name: _origin(row, columns.get(name, name)) for name in told if name in new}
    if article.url is None:
        new |= {"url": url or article.canonical_url}
    return replace(article, **new, origins={**article.origins, **origins})


def _tags(row: Row) -> list[str]:
    texts = row.texts("tags")
    return [tag for part in texts[0].split(",") if (tag := part.strip())] if len(texts) == 1 else texts


def _origin(row: Row, field: str) -> Origin:
    return Origin(origin="import", confidence=1.0, evidence=f"column {row.columns[field]}")
