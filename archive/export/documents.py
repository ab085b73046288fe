"""The chosen → one file an article: Markdown, plain text or TEI, loose in a folder or in a zip."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from archive.export.records import iter_records
from archive.export.tei import document
from archive.record import StoredArticle, plain

if TYPE_CHECKING:
    from sqlite_utils import Database

#: In the front matter of a Markdown file.
_FRONT = (
    *(
        "id",
        "title",
        "url",
        "source",
        "authors",
        "published_at",
        "published_precision",
        "modified_at",
        "section",
        "tags",
    ),
    *("language", "description", "access", "type", "first_seen_at", "revision", "revised_at", "content_hash"),
)


def documents_of(db: Database, format_: str) -> Iterator[tuple[str, bytes]]:
    """The chosen as files: a path of letters, digits and hyphens inside a folder, and what the file holds."""
    written, suffix = _WAYS[format_]
    for article in iter_records(db):
        yield _name(article) + suffix, written(article)


def fill_folder(folder: Path, documents: Iterable[tuple[str, bytes]]) -> None:
    """Write the files into a folder. Raises OSError."""
    made = set()
    for name, data in documents:
        path = folder / name
        if path.parent not in made:
            path.parent.mkdir(exist_ok=True)
            made.add(path.parent)
        path.write_bytes(data)


def fill_zip(file: BinaryIO, documents: Iterable[tuple[str, bytes]]) -> None:
    """Write the files into a zip: the same bytes each time, for every file in it is of 1980."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, data in documents:
            zipped.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)


def _name(article: StoredArticle) -> str:
    """``2026-11/2026-11-10-gazette-z6sdbko5kffc5elh``: sorts by day, says where it is from, and is of one article."""
    moment = article.published_at or article.first_seen_at
    source = re.sub(r"[^a-z0-9]+", "-", article.source.lower()).strip("-")[:40]
    id_ = re.sub(r"[^a-z0-9]", "", article.id.lower())
    return f"{moment:%Y-%m}/{'-'.join(filter(None, [f'{moment:%Y-%m-%d}', source, id_]))}"


def _markdown(article: StoredArticle) -> bytes:
    told = plain(article)
    front = "".join(f"{name}: {_yaml(told[name])}\n" for name in _FRONT if told[name] not in (None, [], ""))
    return f"---\n{front}---\n\n# {' '.join(article.title.split())}\n\n{article.markdown or article.body}\n".encode()


def _yaml(value: object) -> str:
    """JSON is YAML, but for signs that YAML does not print."""
    written = json.dumps(value, ensure_ascii=False)
    return written if written.isprintable() else json.dumps(value)


def _text(article: StoredArticle) -> bytes:
    return f"{article.title}\n\n{article.body}\n".encode()


_WAYS: dict[str, tuple[Callable[[StoredArticle], bytes], str]] = {
    "markdown": (_markdown, ".md"),
    "text": (_text, ".txt"),
    "tei-files": (document, ".xml"),
}
