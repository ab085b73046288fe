from __future__ import annotations

from pathlib import Path

import pytest

from archive import Archive
from archive.explain import Explained, explain
from archive.terminal import print_article
from tests.archive.sample import Sample

ORIGINS = {
    "title": {"origin": "html", "confidence": 0.9},
    "access": {"origin": "json-ld", "confidence": 0.9, "evidence": "isAccessibleForFree: false"},
    "body": {"origin": "trafilatura", "confidence": 0.9},
    "published_at": {
        "origin": "text",
        "confidence": 0.96,
        "rivals": [["json-ld", "2026-11-18T16:02:46Z"], ["url", "2026-11-17"]],
        "conflict": True,
    },
    "tags": {"origin": "meta", "confidence": 0.75},
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with Sample(tmp_path / "archive") as sample:
        sample.article(
            "Ropes again",
            "The harbour office has let the north quay to a ropemaker.",
            url="https://gazette.test/ropes",
            access="paywalled",
            tags=["ropes", "harbour"],
            published_at="2026-05-14T00:00:00Z",
            published_precision="day",
            published_as_written="May 14, 2026",
            origins=ORIGINS,
        )
    return tmp_path / "archive"


def explained(folder: Path) -> dict[str, Explained]:
    with Archive(folder) as archive:
        return {told.field: told for told in explain(archive.get("https://gazette.test/ropes"))}


def test_every_field_with_an_origin_is_explained_in_its_order(folder: Path) -> None:
    assert list(explained(folder)) == list(ORIGINS)


def test_a_day_is_shown_as_one_and_with_the_words_it_was_read_from(folder: Path) -> None:
    told = explained(folder)["published_at"]
    assert (told.value, told.evidence, told.conflict) == ("2026-05-14", "May 14, 2026", True)
    assert told.rivals == ("not json-ld: 2026-11-18T16:02:46Z", "not url: 2026-11-17")


def test_evidence_is_shown_and_the_text_itself_is_not(folder: Path) -> None:
    told = explained(folder)
    assert told["access"].evidence == "isAccessibleForFree: false"
    assert told["body"].value == ""
    assert told["tags"].value == "ropes, harbour"
    assert not told["tags"].conflict


def test_the_explanation_stands_in_two_columns(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Archive(folder) as archive:
        print_article(archive.get("https://gazette.test/ropes"), [], origins=True)
    lines = capsys.readouterr().out.splitlines()
    start = lines.index("  published_at   2026-05-14")
    assert [line.strip() for line in lines[start + 1 : start + 6]] == [
        "text, confidence 0.96",
        "read from 'May 14, 2026'",
        "conflict: a rival is about as good",
        "not json-ld: 2026-11-18T16:02:46Z",
        "not url: 2026-11-17",
    ]
    assert {len(line) - len(line.lstrip()) for line in lines[start + 1 : start + 6]} == {17}
