"""Changes to sources.toml: what was meant, and nothing besides."""

import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.errors import ConfigError
from crawler.sourcelist.edit import apply, drop_key, drop_table, new_table, put_key, spell
from crawler.sourcelist.layout import read_layout
from crawler.sourcelist.write import declare, pause, pin, remove, resume
from crawler.sources import load_config, part_paused

FILE = """\
# My papers.
[crawl]
delay = 3 # slow

# --- Millbrook ---
[sources.courier]
home = "http://courier.example/" # since 2024
feeds = [
  "http://courier.example/feed/", # the main one
]

# not sure about this one
[sources."bote.example"]
home = "http://bote.example/"
"""


def write(folder: Path, text: str = FILE) -> Path:
    (folder / "sources.toml").write_text(text, encoding="utf-8", newline="")
    return folder


def read(folder: Path) -> str:
    return (folder / "sources.toml").read_bytes().decode()


def test_pausing_adds_a_line_and_resuming_takes_it_out_again(tmp_path: Path) -> None:
    write(tmp_path)
    pause(tmp_path, ["courier", "bote.example"], None)
    assert read(tmp_path) == FILE.replace("]\n\n# not", "]\npaused = true\n\n# not") + "paused = true\n"
    pause(tmp_path, ["bote.example"], date(2027, 1, 31))
    assert read(tmp_path).endswith("paused = 2027-01-31\n")
    assert resume(tmp_path, ["courier", "bote.example"]) == ["courier", "bote.example"]
    assert read(tmp_path) == FILE
    assert resume(tmp_path, ["courier"]) == []
    assert read(tmp_path) == FILE


def test_a_reason_beside_the_key_stays_when_its_value_changes(tmp_path: Path) -> None:
    write(tmp_path, FILE + "paused = true # asked us to\n")
    pause(tmp_path, ["bote.example"], date(2027, 1, 31))
    assert read(tmp_path) == FILE + "paused = 2027-01-31 # asked us to\n"


def test_a_paused_source_comes_back_on_its_day(tmp_path: Path) -> None:
    pause(write(tmp_path), ["courier"], date(2027, 1, 31))
    declared = load_config(tmp_path).sources
    courier, bote = declared
    assert part_paused(declared, date(2027, 1, 30)) == ((bote,), (courier,))
    assert part_paused(declared, date(2027, 1, 31)) == (declared, ())
    pause(tmp_path, ["bote.example"], None)
    with pytest.raises(ConfigError, match=r"courier \(until 2027-01-31\), bote.example; nothing is left to crawl"):
        part_paused(load_config(tmp_path).sources, date(2027, 1, 30))


@pytest.mark.parametrize("value", ['"2027-01-31"', "2027-01-31T00:00:00Z", "1", "[]"])
def test_a_pause_is_true_or_a_day(tmp_path: Path, value: str) -> None:
    with pytest.raises(ConfigError, match=r":15: .* paused: must be true, or the day from which it is crawled again"):
        load_config(write(tmp_path, FILE + f"paused = {value}\n"))


def test_a_source_is_taken_out_and_the_comments_around_it_stay(tmp_path: Path) -> None:
    remove(write(tmp_path), ["courier"])
    assert read(tmp_path) == (
        "# My papers.\n[crawl]\ndelay = 3 # slow\n\n# --- Millbrook ---\n\n# not sure about this one\n"
        '[sources."bote.example"]\nhome = "http://bote.example/"\n'
    )
    remove(tmp_path, ["bote.example", "bote.example"])
    assert load_config(tmp_path).sources == ()


def test_what_was_discovered_is_written_into_the_right_table(tmp_path: Path) -> None:
    feeds = ("http://courier.example/a", "http://courier.example/b")
    pin(write(tmp_path), {"courier": {"feeds": feeds, "sections": ("http://courier.example/s",)}})
    courier, bote = load_config(tmp_path).sources
    assert (courier.feeds, courier.sections) == (feeds, ("http://courier.example/s",))
    assert (bote.feeds, bote.sections) == ((), ())
    assert 'home = "http://courier.example/" # since 2024\n' in read(tmp_path)


def test_line_ends_of_another_system_and_a_byte_order_mark_stay(tmp_path: Path) -> None:
    pause(write(tmp_path, "\ufeff" + FILE.replace("\n", "\r\n").rstrip()), ["courier", "bote.example"], None)
    after = read(tmp_path)
    assert after.startswith("\ufeff# My papers.\r\n")
    assert after.replace("\r\n", "").count("\n") == 0
    assert after.endswith('home = "http://bote.example/"\r\npaused = true\r\n')


@pytest.mark.parametrize(
    "text",
    [
        'sources.courier.home = "http://courier.example/"\n',
        '[sources]\ncourier = { home = "http://courier.example/" }\n',
        'sources = { courier = { home = "http://courier.example/" } }\n',
    ],
)
def test_a_source_that_has_no_table_of_its_own_is_left_to_its_owner(tmp_path: Path, text: str) -> None:
    write(tmp_path, text)
    for change in (lambda: pause(tmp_path, ["courier"], None), lambda: remove(tmp_path, ["courier"])):
        with pytest.raises(ConfigError, match="change it by hand"):
            change()
    assert read(tmp_path) == text


def test_a_name_that_is_not_declared_is_told(tmp_path: Path) -> None:
    for change in (
        pause,
        lambda folder, names, _: resume(folder, names),
        lambda folder, names, _: remove(folder, names),
    ):
        with pytest.raises(ConfigError, match="declares no source 'kurir'; it has"):
            change(write(tmp_path), ["courier", "kurir"], None)
        assert read(tmp_path) == FILE


def test_two_thousand_sources_are_paused_in_one_pass_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path)
    added = [source.name for source in declare(tmp_path, [f"http://paper-{n}.example/" for n in range(2000)])]
    passes: list[str] = []
    monkeypatch.setattr("crawler.sourcelist.write.read_layout", lambda text: passes.append(text) or read_layout(text))
    pause(tmp_path, added, None)
    assert len(passes) == 1
    assert {source.name for source in load_config(tmp_path).sources if source.paused} == set(added)


def test_a_front_page_is_known_however_it_is_spelt(tmp_path: Path) -> None:
    write(tmp_path)
    assert declare(tmp_path, ["https://www.courier.example", "HTTP://bote.example:80/"]) == []
    assert [s.name for s in declare(tmp_path, ["courier.example/sport/", "courier.example/arts"])] == [
        "courier.example",
        "courier.example-arts",
    ]


TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)


@given(st.one_of(TEXTS, st.booleans(), st.integers(), st.dates(), st.lists(TEXTS, max_size=3).map(tuple)))
@settings(max_examples=200)
def test_a_value_comes_back_from_toml_as_it_was(value: object) -> None:
    read_back = tomllib.loads(f"v = {spell(value)}")["v"]  # type: ignore[arg-type]
    assert (tuple(read_back) if isinstance(value, tuple) else read_back) == value


NAMES = st.lists(st.sampled_from(["a", "b.c", "d-e", "ž", 'q"', ""]), unique=True, min_size=1, max_size=4)
EXTRAS = st.sampled_from(["", "# [sources.a]\n", "\n", 'x = """\n[sources.a]\n"""\n', "x = [ # ]\n 1 ]\n"])


@given(NAMES, st.lists(EXTRAS, min_size=4, max_size=4), st.sampled_from(["\n", "\r\n"]), st.booleans(), st.data())
@settings(max_examples=200)
def test_every_change_does_what_it_says_and_nothing_else(
    names: list[str], extras: list[str], end: str, cut: bool, data: st.DataObject
) -> None:
    text = "".join(new_table(("sources", n), {"home": n}) + extra for n, extra in zip(names, extras, strict=False))
    text = (text[:-1] if cut else text).replace("\n", end)
    tree, tables = tomllib.loads(text), {t.path[-1]: t for t in read_layout(text) if t.path}
    name = data.draw(st.sampled_from(names))
    with_key = apply(text, [put_key(text, tables[name], "paused", True)])
    assert tomllib.loads(with_key)["sources"] == tree["sources"] | {name: tree["sources"][name] | {"paused": True}}
    (table,) = (t for t in read_layout(with_key) if t.path == ("sources", name))
    dropped = drop_key(table, "paused")
    assert dropped is not None
    assert apply(with_key, [dropped]).rstrip("\r\n") == text.rstrip("\r\n")
    without = tomllib.loads(apply(text, [drop_table(text, tables[name])]))
    assert without.get("sources", {}) == {n: t for n, t in tree["sources"].items() if n != name}
