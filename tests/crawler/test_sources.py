"""sources.toml: what it means, and what it says when it is wrong."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.errors import ConfigError
from crawler.sources import (
    CrawlConfig,
    Source,
    declare,
    load_config,
    pick,
    require_contact,
    suggest_name,
    user_agent,
)


def write(folder: Path, text: str) -> Path:
    (folder / "sources.toml").write_text(text, encoding="utf-8")
    return folder


def test_a_source_needs_no_more_than_its_front_page(tmp_path: Path) -> None:
    config = load_config(write(tmp_path, '[sources.gazette]\nhome = "https://gazette.example"\n'))
    assert config.sources == (
        Source(name="gazette", home="https://gazette.example/", delay=config.delay, max_pages=config.max_pages),
    )


def test_what_crawl_says_holds_for_sources_that_say_nothing(tmp_path: Path) -> None:
    text = (
        "[crawl]\ndelay = 5\nmax_pages = 10\n"
        '[sources.a]\nhome = "http://a.example/"\n[sources.b]\nhome = "http://b.example/"\ndelay = 0.5\n'
    )
    a, b = load_config(write(tmp_path, text)).sources
    assert (a.delay, a.max_pages, b.delay, b.max_pages) == (5.0, 10, 0.5, 10)


def test_every_mistake_is_reported_with_its_line_and_what_is_allowed(tmp_path: Path) -> None:
    text = """\
[crawl]
contact = "nobody"
speed = 3

[sources.gazette]
home = "gazette"
feeds = "http://gazette.example/feed"
delay = -1
timezone = "Mars/Olympus"

[sources."The Post"]
max_pages = 0
"""
    with pytest.raises(ConfigError) as raised:
        load_config(write(tmp_path, text))
    lines = str(raised.value).splitlines()
    path = tmp_path / "sources.toml"
    assert [line.removeprefix(f"{path}:").split(" ", 1)[0] for line in lines] == [
        "2:", "3:", "6:", "7:", "8:", "9:", "11:", "12:", "11:",
    ]  # fmt: skip
    assert "[crawl] contact: must be a mail address" in lines[0]
    assert "unknown key; allowed are contact, delay, max_pages, workers" in lines[1]
    assert "IANA time zone such as Europe/Zagreb, not 'Mars/Olympus'" in lines[5]
    assert 'needs its front page: home = "https://…/"' in lines[8]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[sources.a\n", "not valid TOML"),
        ("[feeds]\n", "unknown table"),
        ("sources = 3\n", "must be tables named"),
        ("[sources]\na = 3\n", "must be a table"),
    ],
)
def test_broken_files_are_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        load_config(write(tmp_path, text))


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="nightdesk init"):
        load_config(tmp_path)


def test_bytes_that_are_no_text_are_named(tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_bytes(b"\xff\xfe[crawl]")
    with pytest.raises(ConfigError, match="cannot be read"):
        load_config(tmp_path)


def test_declaring_appends_and_leaves_the_rest_alone(tmp_path: Path) -> None:
    before = "# mine\n[crawl]\ndelay = 3 # slow\n"
    write(tmp_path, before)
    added = declare(tmp_path, ["https://www.gazette.example/", "post.example"])
    assert [(s.name, s.home) for s in added] == [
        ("gazette.example", "https://www.gazette.example/"),
        ("post.example", "https://post.example/"),
    ]
    assert (tmp_path / "sources.toml").read_text(encoding="utf-8").startswith(before)
    assert [s.name for s in load_config(tmp_path).sources] == ["gazette.example", "post.example"]
    assert declare(tmp_path, ["https://post.example"]) == []
    with pytest.raises(ConfigError, match="taken"):
        declare(tmp_path, ["https://third.example"], name="post.example")
    with pytest.raises(ConfigError, match="full http or https URL"):
        declare(tmp_path, ["ftp://third.example"])


@given(host=st.from_regex(r"[A-Za-z0-9.-]{1,70}", fullmatch=True), taken=st.sets(st.sampled_from(["a", "a-2", "b.c"])))
@settings(max_examples=60)
def test_a_suggested_name_is_always_a_free_toml_key(host: str, taken: set[str]) -> None:
    name = suggest_name(f"http://{host}/", taken)
    assert name not in taken
    assert tomllib.loads(f'[sources."{name}"]\n') == {"sources": {name: {}}}


def test_picking_names_what_is_missing(tmp_path: Path) -> None:
    config = load_config(write(tmp_path, '[sources.a]\nhome = "http://a.example/"\n'))
    assert pick(config, ()) == pick(config, ("a", "a")) == config.sources
    with pytest.raises(ConfigError, match="no source 'b'; it has a"):
        pick(config, ("b",))
    with pytest.raises(ConfigError, match="declares no source"):
        pick(CrawlConfig(), ())


def test_real_sites_are_not_crawled_by_somebody_whom_nobody_can_reach() -> None:
    def source(home: str) -> Source:
        return Source(name="s", home=home, delay=1, max_pages=1)

    require_contact(CrawlConfig(), (source("http://paper.example/"), source("http://127.0.0.1/")))
    require_contact(CrawlConfig(contact="desk@example.org"), (source("https://paper.news/"),))
    with pytest.raises(ConfigError, match="contact"):
        require_contact(CrawlConfig(), (source("https://paper.news/"),))


def test_the_user_agent_tells_where_the_operator_is_reached() -> None:
    assert user_agent("desk@example.org").endswith(" (+mailto:desk@example.org)")
    assert user_agent("https://example.org/bot").endswith(" (+https://example.org/bot)")
    assert user_agent(None).startswith("nightdesk/")
