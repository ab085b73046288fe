"""What several tests share."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.types import Article, Precision
from archive.writer import ArchiveWriter

# A shell that starts the tests in the background has them ignore Ctrl-C, and all commands that they start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


def open_archive(folder: Path) -> ArchiveWriter:
    """A new archive with one source and one run."""
    writer = ArchiveWriter(folder, purpose="test")
    writer.ledger.add_source("gazette", home="http://gazette.example/", title="The Gazette", now=NOW)
    writer.ledger.start_run("crawl", {}, NOW)
    return writer


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[ArchiveWriter]:
    """An open archive in ``tmp_path / "archive"``."""
    with open_archive(tmp_path / "archive") as opened:
        yield opened


def an_article(**changes: object) -> Article:
    """A plausible article; any field can be replaced."""
    fields: dict[str, object] = {
        "url": "http://gazette.example/news/bridge",
        "canonical_url": "http://gazette.example/news/bridge",
        "title": "Bridge reopens after repairs",
        "authors": ["Ana Kovač"],
        "published_at": datetime(2026, 11, 10, 8, 30, tzinfo=UTC),
        "published_precision": Precision.MINUTE,
        "body": "The old bridge reopened on Tuesday.\n\nRepairs had taken eight months and cost two million.",
        "extractor": "test 1",
    }
    return Article(**(fields | changes))  # type: ignore[arg-type]
