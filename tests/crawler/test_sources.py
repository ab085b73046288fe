"""sources.toml: what it means, and what it says when it is wrong."""

import os
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.errors import ArchiveError
from crawler.agent import user_agent
from crawler.errors import ConfigError
from crawler.sourcelist.layout import lines_of
from crawler.sourcelist.proposal import suggest_name
from crawler.sourcelist.write import declare
from crawler.sources import (
    CrawlConfig,
    Source,
    load_config,
    pick,
    require_contact,
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


GAZETTE = '[sources.gazette]\nhome = "http://gazette.example/"\n'


def test_a_byte_order_mark_is_no_mistake_and_stays(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    path.write_bytes(b"\xef\xbb\xbf" + GAZETTE.encode())
    assert [s.name for s in load_config(tmp_path).sources] == ["gazette"]
    declare(tmp_path, ["http://post.example/"])
    assert path.read_bytes().startswith(b"\xef\xbb\xbf[sources")
    assert [s.name for s in load_config(tmp_path).sources] == ["gazette", "post.example"]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (GAZETTE + '[sources.b]\nhome = "http://GAZETTE.example"\n', 4, "home: is the front page of 'gazette' too"),
        ('[sources.import]\nhome = "http://a.example/"\n', 1, "kept for imported files"),
        (GAZETTE + "max_pages = 10000001\n", 3, "from 1 to 10000000"),
        (GAZETTE + 'also_on = ["-"]\n', 3, "'-' is no host name"),
        (GAZETTE + 'also_on = ["http://a.example/"]\n', 3, "is more than a host name"),
        (GAZETTE + 'also_on = ["a.example:80"]\n', 3, "is more than a host name"),
        (GAZETTE + "also_on = [3]\n", 3, "must be a list of host names"),
        (GAZETTE + 'also_on = "a.example"\n', 3, "must be a list of host names"),
        *(
            (GAZETTE + f'timezone = "{zone}"\n', 3, f"not '{zone}'")
            for zone in ("localtime", "posixrules", "right/Europe/Zagreb", "posix/UTC", "../UTC", "/etc/localtime")
        ),
    ],
)
def test_mistakes_that_would_do_harm_later_are_reported(tmp_path: Path, text: str, line: int, said: str) -> None:
    with pytest.raises(ConfigError) as raised:
        load_config(write(tmp_path, text))
    (only,) = str(raised.value).splitlines()
    assert only.startswith(f"{tmp_path / 'sources.toml'}:{line}: ")
    assert said in only


def test_hosts_and_zones_of_any_country_will_do(tmp_path: Path) -> None:
    text = GAZETTE + 'also_on = ["Žurnal.example", "img.gazette.example."]\ntimezone = "Europe/Zagreb"\n'
    (source,) = load_config(write(tmp_path, text)).sources
    assert source.also_on == ("xn--urnal-tib.example", "img.gazette.example")
    assert source.timezone == "Europe/Zagreb"


@pytest.mark.parametrize("home", ['http://a"b.example/', "http://a b/", 'x"]\nhome = 3'])
def test_what_is_no_url_never_gets_into_the_file(tmp_path: Path, home: str) -> None:
    write(tmp_path, GAZETTE)
    with pytest.raises(ConfigError, match="full http or https URL"):
        declare(tmp_path, ["http://fine.example/", home])
    assert (tmp_path / "sources.toml").read_text(encoding="utf-8") == GAZETTE


def test_a_declared_url_may_have_signs_that_toml_knows(tmp_path: Path) -> None:
    write(tmp_path, GAZETTE)
    (added,) = declare(tmp_path, ['http://žurnal.example/a"b\\c/ž?q=\'""'])
    assert load_config(tmp_path).sources[1].home == added.home


def test_a_file_that_nothing_can_be_appended_to_stays_as_it_was(tmp_path: Path) -> None:
    text = 'sources = {gazette = {home = "http://gazette.example/"}}\n'
    write(tmp_path, text)
    with pytest.raises(ConfigError, match="add it by hand"):
        declare(tmp_path, ["http://post.example/"])
    assert [p.read_text(encoding="utf-8") for p in tmp_path.iterdir()] == [text]


def test_declaring_keeps_the_files_mode_and_the_link_that_leads_to_it(tmp_path: Path) -> None:
    folder, kept = tmp_path / "archive", tmp_path / "kept.toml"
    folder.mkdir()
    kept.write_text(GAZETTE, encoding="utf-8")
    kept.chmod(0o640)
    (folder / "sources.toml").symlink_to(kept)
    declare(folder, ["http://post.example/"])
    assert (folder / "sources.toml").is_symlink()
    assert kept.stat().st_mode & 0o777 == 0o640
    assert len(load_config(folder).sources) == 2


def test_a_write_that_fails_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    write(tmp_path, GAZETTE)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ArchiveError, match="No space left"):
        declare(tmp_path, ["http://post.example/"])
    assert [p.read_text(encoding="utf-8") for p in tmp_path.iterdir()] == [GAZETTE]


def test_no_source_is_named_like_the_imported_files(tmp_path: Path) -> None:
    write(tmp_path, GAZETTE)
    assert [s.name for s in declare(tmp_path, ["http://import/"])] == ["import-2"]
    with pytest.raises(ConfigError, match="kept for imported files"):
        declare(tmp_path, ["http://third.example/"], name="import")


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


def test_hosts_and_networks_that_may_be_asked_are_read_in_one_spelling(tmp_path: Path) -> None:
    text = '[crawl]\nallow = ["Gazette.Test", "10.1.0.0/16", "[::1]", "127.0.0.2"]\n'
    assert load_config(write(tmp_path, text)).allow == ("gazette.test", "10.1.0.0/16", "::1", "127.0.0.2")


@pytest.mark.parametrize("entry", ['"http://gazette.test/"', '"10.1.2.3/8"', '"gazette.test:8080"', '"*"', '""', "7"])
def test_what_is_no_host_or_network_is_not_allowed(tmp_path: Path, entry: str) -> None:
    with pytest.raises(ConfigError, match=r"sources.toml:2: \[crawl\] allow: must be a list of hosts or networks"):
        load_config(write(tmp_path, f"[crawl]\nallow = [{entry}]\n"))


def test_a_file_of_two_thousand_wrong_sources_is_read_through_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    monkeypatch.setattr("crawler.sources.lines_of", lambda text: read.append(text) or lines_of(text))
    blocks = [f'[sources."paper-{n}.example"]\nhome = "https://paper-{n}.example/"\ndelay = -1\n' for n in range(2000)]
    with pytest.raises(ConfigError) as raised:
        load_config(write(tmp_path, "".join(blocks)))
    path = tmp_path / "sources.toml"
    assert [line.partition(" ")[0] for line in str(raised.value).splitlines()] == [
        f"{path}:{3 * n + 3}:" for n in range(2000)
    ]
    assert len(read) == 1


def test_mistakes_in_other_ways_to_write_a_table_have_their_line(tmp_path: Path) -> None:
    text = '[crawl]\n\n[sources]\na.home = "https://a.example/"\na.delay = -1\n\nb = { home = 3 }\n'
    with pytest.raises(ConfigError) as raised:
        load_config(write(tmp_path, text))
    assert [line.split(":")[1] for line in str(raised.value).splitlines()] == ["5", "7"]


def test_what_is_no_toml_is_told_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"sources\.toml:2: not valid TOML: "):
        load_config(write(tmp_path, "[crawl]\ndelay = 1,5\n"))


def test_what_is_rendered_is_a_word_with_a_default_for_all(tmp_path: Path) -> None:
    text = (
        '[crawl]\nrender = "auto"\n[sources.a]\nhome = "http://a.example/"\n[sources.b]\nhome = "http://b.example/"\n'
    )
    (tmp_path / "sources.toml").write_text(text + 'render = "never"\n', encoding="utf-8")
    assert [source.render for source in load_config(tmp_path).sources] == ["auto", "never"]
    (tmp_path / "sources.toml").write_text(text + "render = true\n", encoding="utf-8")
    with pytest.raises(ConfigError, match='must be "never", "auto" or "always"'):
        load_config(tmp_path)
