"""Lists of newspapers, OPML and tables: what they propose, and what is refused in them."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.errors import CrawlerError
from crawler.sourcelist.lists import read_list
from crawler.sourcelist.opml import read_opml
from crawler.sourcelist.proposal import Proposal, Wrong, sort_out
from crawler.sourcelist.table import read_table
from crawler.sourcelist.write import enter
from crawler.sources import CrawlConfig, load_config

OPML = """\
<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0">
  <head><title>My papers</title></head>
  <body>
    <outline text="Local">
      <outline text="Towns">
        <outline type="rss" text="Courier" title="Millbrook Courier" xmlUrl="https://courier.example/feed/"
                 htmlUrl="https://courier.example/"/>
      </outline>
      <outline type="rss" text="Courier: sport" xmlUrl="https://courier.example/sport/feed/" htmlUrl="https://courier.example"/>
    </outline>
    <outline type="rss" text="  Žurnal &amp;
       Söhne " XMLURL="feed://zurnal.example/rss.xml"/>
    <outline type="link" text="Bote" url="https://bote.example/"/>
    <outline text="An empty folder"/>
  </body>
</opml>
"""


def values(proposals: list[Proposal | Wrong]) -> list[dict[str, Any]]:
    assert all(isinstance(each, Proposal) for each in proposals), proposals
    return [dict(each.values) for each in proposals if isinstance(each, Proposal)]


def only_wrong(proposals: list[Proposal | Wrong]) -> tuple[int, str]:
    (wrong,) = proposals
    assert isinstance(wrong, Wrong)
    return wrong.line, wrong.reason


# ── OPML ─────────────────────────────────────────────────────────────────────────────────────────────


def test_every_feed_and_page_of_nested_outlines_is_proposed_with_its_line() -> None:
    found = read_opml(OPML.encode())
    assert values(found) == [
        {"home": "https://courier.example/", "title": "Millbrook Courier", "feeds": ["https://courier.example/feed/"]},
        {
            "home": "https://courier.example",
            "title": "Courier: sport",
            "feeds": ["https://courier.example/sport/feed/"],
        },
        {"home": "http://zurnal.example/", "title": "Žurnal & Söhne", "feeds": ["http://zurnal.example/rss.xml"]},
        {"home": "https://bote.example/", "title": "Bote"},
    ]
    assert [each.line for each in found] == [8, 10, 13, 14]
    assert [each.guessed for each in found if isinstance(each, Proposal)] == [False, False, True, False]


def test_feeds_of_one_newspaper_become_one_source() -> None:
    found = sort_out(read_opml(OPML.encode()), CrawlConfig())
    assert [(new.name, new.values.get("feeds")) for new in found.new] == [
        ("courier.example", ("https://courier.example/feed/", "https://courier.example/sport/feed/")),
        ("zurnal.example", ("http://zurnal.example/rss.xml",)),
        ("bote.example", None),
    ]
    assert found.new[0].values["title"] == "Millbrook Courier"
    assert [(known.line, known.name, known.same_as) for known in found.known] == [(10, "courier.example", 8)]
    assert found.wrong == ()


def test_opml_in_another_encoding_is_read() -> None:
    assert len(read_opml(OPML.replace("UTF-8", "UTF-16").encode("utf-16"))) == 4
    assert len(read_opml(OPML.replace("UTF-8", "windows-1250").encode("cp1250"))) == 4


def body(outlines: str, before: str = "") -> bytes:
    return f"{before}<opml><body>\n{outlines}\n</body></opml>".encode()


@pytest.mark.parametrize(
    ("data", "line", "said"),
    [
        (body('<outline type="rss" text="Courier"/>'), 2, "a feed without its address, xmlUrl: Courier"),
        (body('<outline type="include" url="http://a.example/b.opml"/>'), 2, "includes another list, http://a.example"),
        (body('\n<outline xmlUrl="http://a.example/?a=1&b=2"/>'), 3, "is not well-formed XML: EntityRef"),
        (b"<opml><body><outline", 1, "is not well-formed XML"),
        (b"<html><body>\n</body></html>", 1, "is a document of <html>, not of <opml>"),
        (b"<" + b"a" * 20, 1, "is not well-formed XML"),
        (body("<outline>" * 400 + "</outline>" * 400), 2, "is not well-formed XML: Excessive depth"),
    ],
)
def test_what_is_wrong_with_a_list_is_told_with_its_line(data: bytes, line: int, said: str) -> None:
    found, reason = only_wrong(read_opml(data))
    assert found == line
    assert said in reason


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))


@pytest.mark.parametrize(
    "data",
    [
        body('<outline xmlUrl="http://a.example/&l11;"/>', f'<!DOCTYPE opml [<!ENTITY l0 "ha">{LAUGHS}]>'),
        body('<outline xmlUrl="http://a.example/">&l11;</outline>', f'<!DOCTYPE opml [<!ENTITY l0 "ha">{LAUGHS}]>'),
        body('<outline text="&p;" xmlUrl="http://a.example/"/>', '<!DOCTYPE opml [<!ENTITY p SYSTEM "SECRET">]>'),
        body('<outline xmlUrl="http://a.example/">&p;</outline>', '<!DOCTYPE opml [<!ENTITY p SYSTEM "SECRET">]>'),
        body('<outline xmlUrl="http://a.example/"/>', '<!DOCTYPE opml [<!ENTITY % p SYSTEM "SECRET"> %p;]>'),
    ],
    ids=["bomb in an attribute", "bomb in a text", "file in an attribute", "file in a text", "file in the DTD"],
)
def test_a_list_that_declares_entities_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "secret").write_text("confidential", encoding="utf-8")
    _, reason = only_wrong(read_opml(data.replace(b"SECRET", (tmp_path / "secret").as_uri().encode())))
    assert "declares entities" in reason or "is not well-formed XML" in reason
    assert "confidential" not in reason


@given(st.binary(max_size=200))
@settings(max_examples=200)
def test_no_bytes_make_a_reader_fail(data: bytes) -> None:
    for found in (read_opml(data), read_opml(b"<opml>" + data), read_table(data), read_table(b"url,name\n" + data)):
        sort_out(found, CrawlConfig())


# ── tables and bare lists ────────────────────────────────────────────────────────────────────────────


def test_a_table_may_give_every_key_and_a_name() -> None:
    table = (
        "\ufeffURL,name,title,feed,sitemaps,section,timezone,delay,max_pages,max_bytes,also_on,paused\r\n"
        'courier.example,courier,"The ""Courier"", daily",https://a.example/1 https://a.example/2,,,Europe/London,2.5,500,'
        "200MB,news.example,2027-01-31\r\n"
        "\r\n"
        "https://bote.example/,,,,,,,,,,,TRUE\r\n"
    )
    found = read_table(table.encode())
    assert values(found) == [
        {
            "home": "https://courier.example",
            "title": 'The "Courier", daily',
            "feeds": ["https://a.example/1", "https://a.example/2"],
            "timezone": "Europe/London",
            "delay": 2.5,
            "max_pages": 500,
            "max_bytes": "200MB",
            "also_on": ["news.example"],
            "paused": date(2027, 1, 31),
        },
        {"home": "https://bote.example/", "paused": True},
    ]
    assert [(each.line, each.name) for each in found if isinstance(each, Proposal)] == [(2, "courier"), (4, None)]
    assert sort_out(found, CrawlConfig()).wrong == ()


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_a_spreadsheet_may_part_its_cells_otherwise(delimiter: str) -> None:
    table = f'"title"{delimiter}"home"\nThe Courier, daily{delimiter}courier.example\n'
    assert values(read_table(table.encode())) == [{"title": "The Courier, daily", "home": "https://courier.example"}]


def test_a_cell_of_two_lines_does_not_shift_the_lines_of_the_others() -> None:
    found = read_table(b'url,title\na.example,"two\nlines"\nb.example,\n')
    assert [each.line for each in found] == [2, 4]


def test_a_list_without_a_header_is_a_url_a_line() -> None:
    found = read_table(b"# mine\n\nhttps://courier.example/  # daily\nbote.example\nhttps://a.example/#top\n")
    assert [v["home"] for v in values(found)] == [
        "https://courier.example/",
        "https://bote.example",
        "https://a.example/#top",
    ]


@pytest.mark.parametrize(
    ("table", "line", "said"),
    [
        ("url,feeed,mood\na.example,,\n", 1, "unknown column 'feeed', 'mood'; allowed are url, name, title, feeds"),
        ("url,home\na.example,\n", 1, "two columns of home"),
        ("url,name\na.example,a,b\n", 2, "has 3 cells where the header has 2 columns"),
        ('url,title\na.example,"open\n', 2, "cannot be read as CSV"),
        ("https://a.example/,The Courier\n", 1, "is more than a URL; a table begins with the names of its columns"),
        ("https://a.example/\nhttps://b\xff.example/\n", 2, "is not UTF-8"),
    ],
)
def test_what_is_wrong_with_a_table_is_told_with_its_line(table: str, line: int, said: str) -> None:
    found, reason = only_wrong([e for e in read_table(table.encode("latin-1")) if isinstance(e, Wrong)])
    assert found == line
    assert said in reason


@pytest.mark.parametrize(
    ("header", "row", "said"),
    [
        ("url,delay", 'a.example,"2,5"', "delay: must be a number of seconds"),
        ("url,max_pages", "a.example,many", "max_pages: must be a whole number"),
        ("url,timezone", "a.example,Mars/Olympus", "timezone: must be an IANA time zone"),
        ("url,feed", "a.example,ftp://a.example/", "feeds: must be a full http or https URL"),
        ("url,paused", "a.example,soon", "paused: must be true"),
        ("url,paused", "a.example,false", ""),
        ("url,name", "a.example,The Courier", "name 'The Courier': a name has lower-case letters"),
        ("url,name", "a.example,import", "name 'import': the name 'import' is kept"),
        ("url,name", "a.example,gazette", "the name 'gazette' is taken"),
        ("name,url", "courier,", "no front page is given"),
        ("url", "https://a b/", "home: must be a full http or https URL"),
    ],
)
def test_a_value_that_will_not_do_is_told_as_in_sources_toml(tmp_path: Path, header: str, row: str, said: str) -> None:
    (tmp_path / "sources.toml").write_text('[sources.gazette]\nhome = "http://gazette.example/"\n', encoding="utf-8")
    found = sort_out(read_table(f"{header}\n{row}\n".encode()), load_config(tmp_path))
    assert [(each.line, said in each.reason) for each in found.wrong] == ([(2, True)] if said else [])


# ── into sources.toml ────────────────────────────────────────────────────────────────────────────────


def archive(folder: Path) -> Path:
    (folder / "sources.toml").write_text(
        '# mine\n[sources.gazette]\nhome = "http://gazette.example/"\n', encoding="utf-8"
    )
    return folder


def test_thousands_are_added_in_one_write(tmp_path: Path) -> None:
    archive(tmp_path)
    lines = [f"paper-{n}.example,The {n},https://paper-{n}.example/feed" for n in range(3000)]
    (tmp_path / "list.csv").write_text("\n".join(["url,title,feed", *lines]), encoding="utf-8")
    inode = (tmp_path / "sources.toml").stat().st_ino
    found = enter(tmp_path, read_list(tmp_path / "list.csv"))
    assert (len(found.new), found.known, found.wrong) == (3000, (), ())
    assert (tmp_path / "sources.toml").stat().st_ino != inode
    declared = load_config(tmp_path).sources
    assert [s.name for s in declared] == ["gazette", *(f"paper-{n}.example" for n in range(3000))]
    assert declared[1].feeds == ("https://paper-0.example/feed",)
    again = enter(tmp_path, read_list(tmp_path / "list.csv"))
    assert (len(again.new), len(again.known)) == (0, 3000)


def test_nothing_is_written_while_something_is_wrong_unless_it_may_be_skipped(tmp_path: Path) -> None:
    before = (archive(tmp_path) / "sources.toml").read_bytes()
    (tmp_path / "list").write_text("https://a.example/\nftp://b.example/\nc.example\n", encoding="utf-8")
    found = enter(tmp_path, read_list(tmp_path / "list"))
    assert [wrong.line for wrong in found.wrong] == [2]
    assert (tmp_path / "sources.toml").read_bytes() == before
    enter(tmp_path, read_list(tmp_path / "list"), skip_wrong=True)
    assert [s.name for s in load_config(tmp_path).sources] == ["gazette", "a.example", "c.example"]


def test_a_chosen_name_is_kept_from_the_suggestions_and_chosen_once(tmp_path: Path) -> None:
    table = b"url,name\nhttps://one.example/,\nhttps://two.example/,one.example\nhttps://three.example/,one.example\n"
    found = sort_out(read_table(table), CrawlConfig())
    assert [(new.line, new.name) for new in found.new] == [(2, "one.example-2"), (3, "one.example")]
    assert [(wrong.line, wrong.reason) for wrong in found.wrong] == [
        (4, "the name 'one.example' is taken by another source; choose another")
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "lists no newspaper"),
        (b"# nothing\n", "lists no newspaper"),
        (b"<opml><body/></opml>", "lists no newspaper"),
    ],
)
def test_a_list_of_nothing_is_told(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "list").write_bytes(content)
    with pytest.raises(CrawlerError, match=said):
        read_list(tmp_path / "list")


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    for file in (tmp_path / "absent", tmp_path):
        with pytest.raises(CrawlerError, match="cannot be read: "):
            read_list(file)
    with (tmp_path / "huge").open("wb") as file_:
        file_.truncate(33 * 1024 * 1024)
    with pytest.raises(CrawlerError, match="larger than 32 MiB"):
        read_list(tmp_path / "huge")
