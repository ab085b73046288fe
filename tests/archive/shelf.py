"""Articles that tests of the reading room look at."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

from archive.captures import Exchange
from archive.times import iso
from archive.writer import ArchiveWriter
from tests.archive.sample import HARBOUR, NIGHT_1, NIGHT_2, Sample, two_nights

_WORDS = "first second third fourth".split()  # noqa: SIM905
PAST_URL = "https://gazette.test/past"


def with_a_past(sample: Sample) -> str:
    """Add an article of four texts, each a sentence longer than the one before and under another headline. Its id."""
    moments = [NIGHT_1, *(NIGHT_2 + timedelta(days=n) for n in range(3))]
    texts = [" ".join(f"The {word} sentence stands here." for word in _WORDS[: n + 1]) for n in range(4)]
    id_ = sample.article(
        "Bridge stays closed, version 4",
        texts[3],
        url=PAST_URL,
        published_at="2026-11-10T08:00:00Z",
        authors=["Ana Kovač"],
        revision=4,
        revised_at=iso(moments[3]),
    )
    for n in range(3):
        sample.db["revisions"].insert(
            {
                "article_id": id_,
                "revision": n + 1,
                "valid_from": iso(moments[n]),
                "valid_until": iso(moments[n + 1]),
                "title": f"Bridge stays closed, version {n + 1}",
                "body": texts[n],
                "content_hash": f"hash{n}",
                "record": json.dumps({}),
            }
        )
    return id_


def reading_room(folder: Path) -> Path:
    """Two nights, an article with a past, forty of as many days, and a page as captured. Gives the archive's folder."""
    two_nights(folder)
    with Sample(folder) as sample:
        with_a_past(sample)
        for n in range(40):
            sample.article(
                f"Report {n}",
                f"A sentence of report {n}.",
                url=f"https://gazette.test/report/{n}",
                source=("gazette", "kurir")[n % 2],
                published_at=iso(NIGHT_1 - timedelta(days=n)),
                published_precision="minute",
                section="News",
                tags=["harbour"],
                language="en",
            )
    with ArchiveWriter(folder, purpose="test") as writer:
        answer = Exchange(
            url=HARBOUR,
            asked=HARBOUR,
            source="harbour-news",
            fetched_at=NIGHT_2,
            status=200,
            response_headers=(("Content-Type", "text/html; charset=utf-8"),),
            body=b"<!doctype html><title>Harbour</title><h1>Harbour talks</h1><p>As captured.</p>",
        )
        capture = writer.keep(answer, run=1, url_id=None)
        writer.db.execute("update articles set capture_id = ? where url = ?", [capture, HARBOUR])
        writer.commit()
    return folder
