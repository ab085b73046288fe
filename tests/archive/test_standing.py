"""Where each source stands."""

from pathlib import Path

import pytest

from archive.health import Health
from archive.health.verdicts import Level
from archive.reading import Archive
from archive.times import iso
from archive.writer import ArchiveWriter
from tests.archive.sample import NIGHT_1, NIGHT_2, Sample, two_nights


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    two_nights(tmp_path)
    with Sample(tmp_path) as sample:
        sample.db.execute("update urls set state_at = ? where url = 'https://harbour-news.test/'", [iso(NIGHT_2)])
    return tmp_path


def test_a_source_is_known_by_its_articles_and_its_last_run(folder: Path) -> None:
    with Archive(folder) as archive:
        found = archive.standings()
        for name, standing in found.items():
            assert standing.source == name
            assert standing.articles == archive.count(source=name)
            assert (standing.verdict, standing.level) == (None, None)
    assert {name: (each.last_run, each.last_run_at) for name, each in found.items()} == {
        "harbour-news": (2, NIGHT_2),
        "kurir": (1, NIGHT_1),
    }


def test_a_source_that_no_run_has_looked_at_has_no_run(folder: Path) -> None:
    with Sample(folder) as sample:
        sample.source("new")
    with Archive(folder) as archive:
        new = archive.standings()["new"]
    assert (new.articles, new.last_run, new.last_run_at) == (0, None, None)


def test_the_last_judged_night_counts(folder: Path) -> None:
    with ArchiveWriter(folder, purpose="test") as writer:
        for run, verdict in ((1, "fine"), (2, "feed-dead")):
            writer.db.execute("insert into nights (run_id, judged_at) values (?, '2026-11-12T00:00:00Z')", [run])
            writer.db.execute("insert into source_nights values (?, 'harbour-news', '{}', ?, '[]')", [run, verdict])
        writer.db.execute("insert into source_nights values (1, 'kurir', '{}', 'quiet', '[]')")
    with Archive(folder) as archive:
        found = archive.standings()
    harbour, kurir = found["harbour-news"], found["kurir"]
    assert (harbour.verdict, harbour.level, harbour.judged_run) == (Health.FEED_DEAD, Level.SICK, 2)
    assert (kurir.verdict, kurir.level, kurir.judged_run) == (Health.QUIET, Level.WATCH, 1)
