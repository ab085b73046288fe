"""Citations: names in their parts, days in the paper's zone, each format by its definition, whatever a title holds."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from archive.cite.bibtex import write_bibtex
from archive.cite.csl import to_csl
from archive.cite.names import Name, split_name
from archive.cite.prose import write_apa, write_chicago
from archive.cite.reference import Reference
from archive.cite.ris import write_ris
from archive.cli import archive_commands
from archive.errors import BadQuery, NotFound
from archive.query import Query
from archive.reading import Archive
from archive.types import CaptureRef
from tests.archive.sample import HARBOUR, Sample, two_nights


@pytest.mark.parametrize(
    ("written", "language", "name"),
    [
        ("Ana Kovač", "en", Name(family="Kovač", given="Ana")),
        ("Jean-Paul de la Rue", "fr", Name(family="Rue", given="Jean-Paul", particle="de la")),
        ("Ludwig van Beethoven", None, Name(family="Beethoven", given="Ludwig", particle="van")),
        ("Robert De Niro", "en", Name(family="De Niro", given="Robert")),
        ("Martin Van Buren", "en", Name(family="Van Buren", given="Martin")),
        ("Mohammed bin Salman", "en", Name(family="Salman", given="Mohammed", particle="bin")),
        ("Ahmed al-Masri", "en", Name(family="al-Masri", given="Ahmed")),
        ("Martin Luther King Jr.", "en", Name(family="King", given="Martin Luther", suffix="Jr.")),
        ("John Smith, III", "en", Name(family="Smith", given="John", suffix="III")),
        ("Smith, John", "en", Name(family="Smith", given="John")),
        ("J. K. Rowling", "en", Name(family="Rowling", given="J. K.")),
        ("Gabriel García Márquez", "es", Name(family="García Márquez", given="Gabriel")),
        ("María José López", "es", Name(family="López", given="María José")),
        ("José Ortega y Gasset", "es", Name(family="Ortega y Gasset", given="José")),
        ("Gabriel García Márquez", "en", Name(family="Márquez", given="Gabriel García")),
        ("Nagy Péter", "hu", Name(family="Nagy", given="Péter")),
        ("Nguyễn Văn An", "vi", Name(family="Nguyễn", given="Văn An")),
        ("John Smith", "vi", Name(family="Smith", given="John")),
        ("王小明", "zh", Name(family="王", given="小明")),
        ("欧阳修文", "zh-CN", Name(family="欧阳", given="修文")),
        ("山田 太郎", "ja", Name(family="山田", given="太郎")),
        ("山田太郎", "ja", Name(literal="山田太郎")),
        ("ジョン・スミス", "ja", Name(family="スミス", given="ジョン")),
        ("김민준", "ko", Name(family="김", given="민준")),
        ("dpa", "de", Name(literal="dpa")),
        ("The Associated Press", "en", Name(literal="The Associated Press")),
        ("Gazette Staff", "en", Name(literal="Gazette Staff")),
        ("Ministry of Health, Zagreb", "en", Name(literal="Ministry of Health, Zagreb")),
        ("Banksy", "en", Name(literal="Banksy")),
        ("kovac_ana", "en", Name(literal="kovac_ana")),
        ("de la", "es", Name(family="la", given="de")),
        ("  Ana   Kovač ", None, Name(family="Kovač", given="Ana")),
    ],
)
def test_a_name_is_split_where_it_has_parts_and_left_whole_where_it_has_none(
    written: str, language: str | None, name: Name
) -> None:
    assert split_name(written, language) == name


@given(st.text(max_size=40), st.sampled_from([None, "en", "es", "hu", "zh", "vi"]))
def test_no_name_loses_a_letter(written: str, language: str | None) -> None:
    name = split_name(written, language)
    letters = sorted("".join((name.literal, name.particle, name.family, name.given, name.suffix)).replace(" ", ""))
    assert [letter for letter in letters if letter not in ",・"] == sorted(
        letter for letter in "".join(written.split()) if letter not in ",・"
    )


PLAIN = Reference(
    id="m25wyxmf3wzbxahk",
    title="Harbour talks continue",
    authors=(Name(family="Kovač", given="Ana Marija"), Name(literal="dpa")),
    newspaper="Harbour News",
    published=date(2026, 11, 10),
    url="https://harbour-news.test/talks?a=1&b=100%25_x#top",
    section="News",
    language="en-GB",
    abstract="The third round.",
    keywords=("harbour", "union"),
    retrieved_at=datetime(2026, 11, 11, 2, tzinfo=UTC),
    revision=2,
    revisions=3,
    capture=CaptureRef(file="warc/a.warc.gz", offset=7, length=9, digest="sha1:ABC"),
    blog=False,
)
ARCHIVED = "nightdesk m25wyxmf3wzbxahk, revision 2 of 3, retrieved 2026-11-11T02:00:00Z, sha1:ABC"
HOSTILE = [
    r"50% off & $5 #1_best ~now^ \o/ {open",
    "}} closing, @book{injected, title = {x}}",
    "A “quoted” 'title' with \"all\" sorts\nand a line\r\nER  - \r\nTY  - BOOK",
    "NUL \x00, escape \x1b[31m, bell \x07 and \u2028 separator",
    "عنوان بالعربية، 標題, заголовок, 🗞️ emoji and e\u0301",
    "<script>alert(1)</script> &amp; NATO's iPhone",
    "Ends with a question?",
]


# ── CSL-JSON ─────────────────────────────────────────────────────────────────────────────────────────

#: From the schema of CSL's input data: names of text variables that we use, and of the parts of a name.
_TEXT = {"title", "container-title", "URL", "section", "language", "abstract", "keyword", "archive", "archive_location"}
_PARTS = {"family", "given", "non-dropping-particle", "suffix", "literal"}


def test_csl_json_keeps_to_its_schema_and_leaves_out_what_is_not_known() -> None:
    item = to_csl(PLAIN)
    assert item.keys() <= _TEXT | {"id", "type", "author", "issued", "accessed", "note"}
    assert all(isinstance(item[name], str) for name in (_TEXT | {"id", "note"}) & item.keys())
    assert (item["type"], item["container-title"], item["note"]) == ("article-newspaper", "Harbour News", ARCHIVED)
    assert item["author"] == [{"family": "Kovač", "given": "Ana Marija"}, {"literal": "dpa"}]
    assert all(set(name) <= _PARTS for name in item["author"])
    assert item["issued"] == {"date-parts": [[2026, 11, 10]]}
    assert item["accessed"] == {"date-parts": [[2026, 11, 11]]}
    bare = to_csl(replace(PLAIN, authors=(), published=None, url=None, section=None, abstract=None, keywords=()))
    assert not {"author", "issued", "URL", "section", "abstract", "keyword"} & bare.keys()
    assert to_csl(replace(PLAIN, blog=True))["type"] == "post-weblog"


# ── BibTeX ───────────────────────────────────────────────────────────────────────────────────────────

_TEX = {
    r"\textbackslash{}": "\\",
    r"\textbraceleft{}": "{",
    r"\textbraceright{}": "}",
    r"\textasciitilde{}": "~",
    r"\textasciicircum{}": "^",
    **{f"\\{sign}": sign for sign in "%&#$_"},
}


def read_bibtex(entry: str) -> dict[str, str]:
    """The fields of one entry as BibTeX reads them: braces are counted, escaped or not."""
    head = re.match(r"@article\{([a-z0-9-]+),\n", entry)
    assert head, entry
    found, at = {"key": head[1]}, head.end()
    while field := re.compile(r"  (\w+) = (?:(\w+)|\{)").match(entry, at):
        at = field.end()
        if field[2] is None:
            depth, start = 1, at
            while depth:
                depth += {"{": 1, "}": -1}.get(entry[at], 0)
                at += 1
            found[field[1]] = entry[start : at - 1]
        else:
            found[field[1]] = field[2]
        assert entry[at : at + 2] == ",\n"
        at += 2
    assert entry[at:] == "}", entry[at:]
    return found


def read_tex(text: str) -> str:
    """What TeX prints for a text."""
    return re.sub(r"\\text\w+\{\}|\\[%&#$_]|[{}]", lambda found: _TEX.get(found[0], ""), text)


def cleaned(text: str) -> str:
    return " ".join(re.sub("[\x00-\x1f\x7f-\x9f]+", " ", text).split())


@given(st.one_of(st.sampled_from(HOSTILE), st.text(alphabet=r"aB é\{}%&#$_~^@,\"= " + "\n", max_size=40)))
def test_bibtex_reads_back_whatever_title_and_name_hold(text: str) -> None:
    person = Name(family=f"K{text.replace(',', '')}", given="A")
    fields = read_bibtex(write_bibtex(replace(PLAIN, title=text, newspaper=text, authors=(person, Name(literal=text)))))
    assert read_tex(fields.get("title", "")) == cleaned(text)
    assert read_tex(fields.get("journal", "")) == cleaned(text)
    assert cleaned(text) in read_tex(fields["author"])
    assert fields["url"] == PLAIN.url, "as it is: a URL is no text"


def test_a_bibtex_entry_has_what_classic_styles_and_biblatex_need() -> None:
    fields = read_bibtex(write_bibtex(PLAIN))
    assert fields["key"] == "kovac2026-m25wyxmf3wzbxahk"
    assert fields["author"] == "Kovač, Ana Marija and {dpa}"
    assert (fields["year"], fields["month"], fields["date"]) == ("2026", "nov", "2026-11-10")
    assert (fields["entrysubtype"], fields["urldate"], fields["note"]) == ("newspaper", "2026-11-11", ARCHIVED)
    assert read_bibtex(write_bibtex(replace(PLAIN, title="Who is NATO's McDonald?")))["title"] == (
        "Who is {NATO}'s {McDonald}?"
    )
    nameless = read_bibtex(write_bibtex(replace(PLAIN, authors=(), published=None)))
    assert nameless["key"] == "anonnodate-m25wyxmf3wzbxahk"
    assert not {"author", "year", "month", "date"} & nameless.keys()
    parts = (Name(family="Berg", given="Jan", particle="van den", suffix="Jr."),)
    assert read_bibtex(write_bibtex(replace(PLAIN, authors=parts)))["author"] == "van den Berg, Jr., Jan"
    assert (
        read_bibtex(write_bibtex(replace(PLAIN, url="http://a.test/{x}\\y z")))["url"]
        == "http://a.test/%7Bx%7D%5Cy%20z"
    )


# ── RIS ──────────────────────────────────────────────────────────────────────────────────────────────


def read_ris(record: str) -> list[tuple[str, str]]:
    lines = record.split("\r\n")
    assert all(re.fullmatch(r"[A-Z][A-Z0-9]  - [^\r\n]*", line) for line in lines), record
    return [(line[:2], line[6:]) for line in lines]


@given(st.one_of(st.sampled_from(HOSTILE), st.text(max_size=40)))
def test_ris_is_one_record_of_whole_lines_whatever_a_title_holds(text: str) -> None:
    tags = read_ris(write_ris(replace(PLAIN, title=text, abstract=text, keywords=(text,))))
    assert tags[0] == ("TY", "NEWS")
    assert [tag for tag, _ in tags].count("ER") == 1
    assert tags[-1] == ("ER", "")
    title = " ".join(re.sub("[\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", text).split())
    assert [value for tag, value in tags if tag == "TI"] == ([title] if title else [])


def test_a_ris_record_has_the_tags_that_zotero_reads() -> None:
    tags = read_ris(write_ris(PLAIN))
    assert dict(tags) == {
        "TY": "NEWS",
        "TI": "Harbour talks continue",
        "AU": "dpa",
        "T2": "Harbour News",
        "PY": "2026",
        "DA": "2026/11/10/",
        "UR": PLAIN.url,
        "Y2": "2026/11/11/02:00:00 UTC",
        "SE": "News",
        "LA": "en-GB",
        "AB": "The third round.",
        "KW": "union",
        "DB": "nightdesk",
        "AN": "m25wyxmf3wzbxahk",
        "N1": ARCHIVED,
        "ER": "",
    }
    assert [value for tag, value in tags if tag == "AU"] == ["Kovač, Ana Marija", "dpa"]
    office = replace(PLAIN, authors=(Name(literal="Ministry of Health, Zagreb"),), keywords=("a; b",))
    assert ("AU", "Ministry of Health Zagreb") in read_ris(write_ris(office))
    assert ("KW", "a, b") in read_ris(write_ris(office))


# ── APA and Chicago ──────────────────────────────────────────────────────────────────────────────────


def test_apa_and_chicago_write_a_newspaper_article_as_their_manuals_do() -> None:
    assert write_apa(PLAIN) == (
        "Kovač, A. M., & dpa. (2026, November 10). Harbour talks continue. Harbour News. Retrieved November 11, 2026,"
        f" from {PLAIN.url} [{ARCHIVED}]"
    )
    assert write_chicago(PLAIN) == (
        "Kovač, Ana Marija, and dpa. “Harbour talks continue.” Harbour News, November 10, 2026. Accessed November 11,"
        f" 2026. {PLAIN.url}. [{ARCHIVED}]"
    )
    bare = replace(PLAIN, authors=(), published=None, url=None, title="Who said “no”?")
    assert write_apa(bare) == f"Who said “no”? (n.d.). Harbour News. [{ARCHIVED}]"
    assert write_chicago(bare) == (f"“Who said ‘no’?” Harbour News, n.d. Accessed November 11, 2026. [{ARCHIVED}]")


def test_initials_many_authors_and_other_scripts() -> None:
    names = (
        Name(family="Rue", given="Jean-Paul", particle="de la"),
        Name(family="王", given="小明"),
        Name(family="King", given="Martin Luther", suffix="Jr"),
    )
    assert write_apa(replace(PLAIN, authors=names)).startswith("de la Rue, J.-P., 王, 小明, & King, M. L., Jr. (2026")
    assert write_chicago(replace(PLAIN, authors=names)).startswith(
        "de la Rue, Jean-Paul, 王小明, and Martin Luther King Jr."
    )
    many = tuple(Name(family=f"N{n}", given="A") for n in range(22))
    assert "N18, A., … N21, A. (2026" in write_apa(replace(PLAIN, authors=many))
    assert write_chicago(replace(PLAIN, authors=many)).startswith("N0, A, A N1, A N2, et al. “")


# ── in an archive ────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def cited(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = two_nights(tmp_path_factory.mktemp("cited") / "archive")
    with Sample(folder) as sample:
        sample.article(
            "Late in the evening",
            url="https://west.test/late",
            source="west",
            published_at="2026-11-11T04:30:00Z",
            published_precision="minute",
            published_as_written="2026-11-10T20:30:00-08:00",
            site_name="The Western",
        )
        sample.db.execute("update sources set title = null where id = 'west'")
    return folder


def run(folder: Path, *arguments: str, status: int = 0) -> Result:
    result = CliRunner().invoke(archive_commands, ["cite", *arguments, "-a", str(folder)])
    assert result.exit_code == status, result.output
    return result


def test_a_citation_tells_the_paper_the_capture_and_the_day_in_the_papers_own_zone(cited: Path) -> None:
    with Archive(cited) as archive:
        (item,) = json.loads(archive.cite(HARBOUR))
        assert item["container-title"] == "Harbour-News"
        assert item["issued"] == {"date-parts": [[2026, 11, 10]]}
        assert "retrieved 2026-11-11T02:00:00Z, sha1:3I42" in item["note"]
        (late,) = json.loads(archive.cite("https://west.test/late"))
        assert late["issued"] == {"date-parts": [[2026, 11, 10]]}, "not the day in UTC"
        assert late["container-title"] == "The Western"
        (before,) = json.loads(archive.cite(HARBOUR, revision=1))
        assert before["title"] == "Harbour talks continue"
        assert "revision 1 of 2, retrieved 2026-11-10T02:00:00Z" in before["note"]
        with pytest.raises(NotFound, match="has no revision 3; it has 1 to 2"):
            archive.cite(HARBOUR, revision=3)
        with pytest.raises(BadQuery, match="'mla' is no format of citations; there are csl-json"):
            archive.cite(HARBOUR, "mla")
        assert len(json.loads(archive.cite(Query(source="kurir")))) == archive.count(source="kurir")


def test_the_verb_cites_what_is_named_and_what_is_found(cited: Path) -> None:
    one = run(cited, HARBOUR, "--as", "bibtex").stdout
    assert one.startswith("@article{kovac2026-z6sdbko5kffc5elh,")
    both = run(cited, "z6sdbko5kffc5elh", "https://west.test/late", "--as", "ris")
    assert both.stdout_bytes.count(b"ER  - \r\n") == 2
    found = json.loads(run(cited, "--source", "kurir").stdout)
    assert len(found) == 3
    assert run(cited, "luka", "--as", "apa").stdout.startswith("Horvat, I. (2025, January 15). Luka čeka odgovor.")
    nothing = run(cited, "nosuchword")
    assert (json.loads(nothing.stdout), nothing.stderr) == ([], "no articles match\n")
    assert "no article has the id" in run(cited, "aaaaaaaaaaaaaaaa", status=5).stderr
    assert "name it by its id or URL" in run(cited, "luka", "--revision", "1", status=2).stderr
    assert "need no filters" in run(cited, HARBOUR, "--source", "kurir", status=2).stderr


def test_as_json_each_line_is_the_reference_to_an_article(cited: Path) -> None:
    (line,) = run(cited, "luka", "--as", "apa", "--json").stdout.splitlines()
    told = json.loads(line)
    assert (told["as"], told["revision"]) == ("apa", 1)
    assert told["reference"] == run(cited, "luka", "--as", "apa").stdout.strip()
    lines = run(cited, "--source", "kurir", "--json").stdout.splitlines()
    assert [json.loads(each)["reference"] for each in lines] == json.loads(run(cited, "--source", "kurir").stdout)
    before = json.loads(run(cited, HARBOUR, "--revision", "1", "--json").stdout)
    assert (before["revision"], before["reference"]["title"]) == (1, "Harbour talks continue")
    nothing = run(cited, "nosuchword", "--json")
    assert (nothing.stdout, nothing.stderr) == ("", "no articles match\n")


def test_times_are_told_to_the_second_and_the_present_text_is_the_last_revision() -> None:
    only = replace(PLAIN, revision=1, revisions=1, capture=None, retrieved_at=PLAIN.retrieved_at + timedelta(seconds=5))
    assert only.archived == "nightdesk m25wyxmf3wzbxahk, the only text, retrieved 2026-11-11T02:00:05Z"
