"""A page that was taken down is not asked for again: not by a night, not when it is named, not by a redirect."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive import Archive
from archive.care.verify import verify
from bench.clock import let_time_pass
from crawler.cli import nightdesk
from crawler.demo import DemoInternet
from tests.crawler.test_night import crawl, declare, query


@pytest.fixture(scope="module")
def internet() -> Iterator[DemoInternet]:
    with DemoInternet(1) as running:
        yield running


def test_a_taken_down_page_is_listed_but_neither_asked_for_nor_kept(internet: DemoInternet, tmp_path: Path) -> None:
    folder = declare(tmp_path, "millbrook-courier")
    before = crawl(internet, folder)["millbrook-courier"]
    ((url, title),) = query(folder, "select url, title from articles order by id limit 1")
    done = CliRunner().invoke(nightdesk, ["takedown", url, "--reason", "r", "--lists", "-a", str(folder)])
    assert done.exit_code == 0, done.output
    internet.reset_hits()
    let_time_pass(folder, timedelta(days=40))
    night = crawl(internet, folder, "--revisit", "all")["millbrook-courier"]
    assert sum(night.values()) == sum(before.values())
    crawl(internet, folder, "--url", url)
    path = url.split("/", 3)[3]
    assert [hit for hit in internet.hits() if hit.path == f"/{path}"] == []
    assert query(folder, f"select state, reason from urls where url = '{url}'") == [("refused", "taken-down")]
    with Archive(folder) as archive:
        assert len(archive) == before["new"] - 1
        assert title not in {article.title for article in archive}
    assert list(verify(folder)) == []
