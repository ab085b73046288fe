"""Data packages: whole, told in numbers, and made again after more nights; texts filled in; exports noted."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archive import Archive
from archive.ledger import Verdict
from archive.types import Article, Hint, Kind, Link, State, Via
from archive.writer import ArchiveWriter
from crawler.cli import nightdesk
from tests.archive.sample import NIGHT_1, two_nights
from tests.conftest import an_article


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(nightdesk, [str(argument) for argument in arguments])


def night(folder: Path, number: int, *articles: Article, gone: str | None = None) -> None:
    """One more night: articles kept as a crawl keeps them."""
    now = NIGHT_1 + timedelta(days=number)
    with ArchiveWriter(folder, purpose="test") as writer:
        writer.ledger.add_source("gazette", home="https://gazette.test/", title="The Gazette", now=now)
        run_ = writer.ledger.start_run("crawl", {}, now)
        for each in articles:
            assert each.url
            link = Link(url=each.url, kind=Kind.PAGE, hint=Hint(via=Via.FRONT, where="https://gazette.test/"))
            writer.ledger.discover([link], source="gazette", run=run_, now=now)
            entry = writer.ledger.entry(each.url)
            assert entry
            kept = writer.articles.store(each, source="gazette", seen_at=now, capture_id=None, url_id=entry.id)
            verdict = Verdict(state=State.KEPT, outcome=kept.outcome, article_id=kept.article_id)
            writer.ledger.settle(entry, verdict, run=run_, now=now)
        if gone:
            writer.articles.mark_gone(gone, now)
        writer.ledger.finish_run(run_, "finished", now)


def article(name: str, body: str, **changes: object) -> Article:
    url = f"http://gazette.example/{name}"
    return an_article(url=url, canonical_url=url, title=f"About {name}", body=body, **changes)


def first_night(folder: Path) -> Path:
    bridge = article("bridge", "The bridge is shut.", comments=["Pity."], site_name="The Gazette", description="Shut.")
    night(folder, 0, bridge, article("ferry", "A ferry runs."), article("mill", 'The "mill", they say.'))
    return folder


def second_night(folder: Path) -> None:
    """An edit with other comments, an article seen again, a new one that is older than all, one that is gone."""
    bridge = article("bridge", "The bridge is open.", comments=["Hurrah!"], site_name="Gazette", published_at=None)
    old = article("old", "Found late.", published_at=NIGHT_1 - timedelta(days=900))
    with Archive(folder) as archive:
        mill = archive.get("http://gazette.example/mill").id
    night(folder, 1, bridge, article("ferry", "A ferry runs."), old, gone=mill)


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["--format", "jsonl", "--pack", "gz"],
        ["--format", "parquet"],
        ["--format", "tei", "--pack", "zst"],
        ["--format", "markdown"],
        ["--columns", "title,body,last_seen_at,gone", "--excel"],
        ["--no-text", "--sample", "2", "--by", "source"],
        ["bridge", "--sort", "relevance"],
    ],
)
def test_a_package_is_made_again_with_the_same_bytes_after_more_nights(tmp_path: Path, options: list[str]) -> None:
    folder, package = first_night(tmp_path / "a"), tmp_path / "package"
    made = run("export", *options, "-a", folder, "--package", package)
    assert made.exit_code == 0, made.output
    assert run("export", "verify", package).exit_code == 0
    again = run("export", "reproduce", package, "-a", folder)
    assert (again.exit_code, again.stdout) == (0, ""), again.output
    second_night(folder)
    after = run("export", "reproduce", package, "-a", folder, "--to", tmp_path / "again")
    assert (after.exit_code, after.stdout) == (0, ""), after.output
    assert "the same bytes again" in after.stderr
    (data,) = (tmp_path / "again").iterdir()
    assert data.read_bytes() == (package / data.name).read_bytes()


def test_what_was_taken_out_since_is_listed_and_the_rest_is_the_same(tmp_path: Path) -> None:
    folder, package = first_night(tmp_path / "a"), tmp_path / "package"
    assert run("export", "-a", folder, "--package", package).exit_code == 0
    second_night(folder)
    with ArchiveWriter(folder, purpose="takedown") as writer:
        (mill,) = writer.db.execute("select id from articles where url like '%mill'").fetchone()
        (bridge,) = writer.db.execute("select id from articles where url like '%bridge'").fetchone()
        with writer.db.atomic():
            writer.db.execute("delete from articles where id = ?", [mill])
            writer.db.execute("delete from revisions where article_id = ?", [bridge])
    result = run("export", "reproduce", package, "-a", folder)
    assert result.exit_code == 5
    assert {line.split("  ")[0]: line.split("  ")[1] for line in result.stdout.splitlines()} == {
        mill: "the article is gone from the archive",
        bridge: "the archive has the article, but no longer this text of it",
    }
    assert "1 of 3 articles are the same, 2 missing; none differs" in result.stderr


def test_what_the_archive_tells_otherwise_is_named(tmp_path: Path) -> None:
    folder, package = first_night(tmp_path / "a"), tmp_path / "package"
    assert run("export", "-a", folder, "--package", package).exit_code == 0
    with ArchiveWriter(folder, purpose="test") as writer, writer.db.atomic():
        writer.db.execute("update articles set authors = '[]' where url like '%ferry'")
    result = run("export", "reproduce", package, "-a", folder, "--json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    assert (found["rows"], len(found["different"]), found["same_bytes"]) == (3, 1, False)


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = two_nights(tmp_path_factory.mktemp("package") / "a")
    package = folder.parent / "harbour"
    told = [
        "--title",
        "Harbour <talks>",
        "--creator",
        "Kovač, Ana",
        "--creator",
        "Port Library",
        "--licence",
        "CC0-1.0",
    ]
    result = run("export", "-a", folder, "--package", package, *told, "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["rows"] == 4
    return package


def test_the_numbers_of_the_readme_are_those_of_the_data_and_the_ledger(package: Path) -> None:
    text = (package / "README.md").read_text(encoding="utf-8")
    assert "4 articles of 2 sources, published 2025-01-15 to 2026-11-10" in text
    assert "1 without a date" in text
    assert "| Kurir (`kurir`) | http://kurir.test/ | 3 | 2025-01-15 | 2025-02-15 |" in text
    assert "it knows 6 pages" in text
    assert "| fetched, and not kept | it asked for consent instead of showing the article | 1 |" in text
    assert "Kovač, Ana; Port Library (" in text and "Harbour &lt;talks>" in text
    assert hashlib.sha256((package / "articles.csv").read_bytes()).hexdigest() in text


def test_the_digests_are_for_any_tool(package: Path) -> None:
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=package, check=True)


def test_the_descriptor_is_a_frictionless_package_whose_schema_fits_the_data(package: Path) -> None:
    told = json.loads((package / "datapackage.json").read_bytes())
    assert told["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert {"name", "title", "created", "version", "contributors", "licenses", "sources"} <= told.keys()
    for resource in told["resources"]:
        data = (package / resource["path"]).read_bytes()
        assert (resource["bytes"], resource["hash"]) == (len(data), f"sha256:{hashlib.sha256(data).hexdigest()}")
    (table,) = [resource for resource in told["resources"] if "schema" in resource]
    with (package / "articles.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    fields = {field["name"]: field for field in table["schema"]["fields"]}
    assert list(fields) == list(rows[0])
    checks = {"integer": int, "array": json.loads, "object": json.loads, "boolean": ("true", "false").index}
    for row in rows:
        for name, cell in row.items():
            assert cell or not fields[name].get("constraints", {}).get("required"), name
            if cell and fields[name]["type"] in checks:
                checks[fields[name]["type"]](cell)
    assert all(field["description"] for field in fields.values())


def test_croissant_names_every_column_and_the_digest(package: Path) -> None:
    told = json.loads((package / "croissant.json").read_bytes())
    (file,) = told["distribution"]
    assert file["sha256"] == hashlib.sha256((package / "articles.csv").read_bytes()).hexdigest()
    columns = (package / "articles.csv").read_text(encoding="utf-8").split("\n")[0].split(",")
    assert [field["source"]["extract"]["column"] for field in told["recordSet"][0]["field"]] == columns


@pytest.mark.parametrize(
    ("format_", "encoding"), [("jsonl", "application/jsonlines"), ("parquet", "application/x-parquet")]
)
def test_croissant_names_types_as_its_readers_do(package: Path, tmp_path: Path, format_: str, encoding: str) -> None:
    made = run("export", "-a", package.parent / "a", "--package", tmp_path / "p", "--format", format_)
    assert made.exit_code == 0, made.output
    told = json.loads((tmp_path / "p" / "croissant.json").read_bytes())
    assert told["distribution"][0]["encodingFormat"] == encoding
    fields = {field["name"]: field.get("repeated", False) for field in told["recordSet"][0]["field"]}
    assert fields["authors"] and not fields["title"]
    assert not {"images", "rights"} & fields.keys()  # its reader fails at objects


def test_the_citation_names_persons_and_institutions(package: Path) -> None:
    text = (package / "CITATION.cff").read_text(encoding="utf-8")
    assert 'family-names: "Kova\\u010d"\n    given-names: "Ana"\n  - name: "Port Library"' in text


def test_a_package_is_not_written_over(package: Path) -> None:
    before = (package / "SHA256SUMS").read_bytes()
    result = run("export", "-a", package.parent / "a", "--package", package)
    assert result.exit_code == 1 and "there already" in result.stderr
    assert (package / "SHA256SUMS").read_bytes() == before


def spoil(kind: str, package: Path) -> None:
    data = package / "articles.csv"
    if kind == "a byte":
        data.write_bytes(data.read_bytes().replace(b"Luka", b"Luke", 1))
    elif kind == "a file less":
        (package / "README.md").unlink()
    elif kind == "a file more":
        (package / "notes.txt").write_text("mine")
    else:  # somebody who mends the digests, but forgets the list of articles
        data.write_bytes(b"\n".join(data.read_bytes().split(b"\n")[:-2]) + b"\n")
        sums = package / "SHA256SUMS"
        digest = hashlib.sha256(data.read_bytes()).hexdigest()
        for path in (sums, package / "datapackage.json"):
            old = hashlib.sha256((package.parent / "whole").read_bytes()).hexdigest()
            path.write_text(path.read_text(encoding="utf-8").replace(old, digest), encoding="utf-8")
        told = package / "datapackage.json"
        lines = [f"{hashlib.sha256(told.read_bytes()).hexdigest()}  datapackage.json" if "datapackage" in line else line
                 for line in sums.read_text().splitlines()]  # fmt: skip
        sums.write_text("\n".join(lines) + "\n")


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("a byte", "articles.csv is not what it was"),
        ("a file less", "README.md is missing"),
        ("a file more", "notes.txt is no part"),
        ("a row less", "the rows of articles.csv are not those of members.csv.gz"),
    ],
)
def test_verify_says_what_is_wrong(package: Path, tmp_path: Path, kind: str, message: str) -> None:
    spoilt = tmp_path / "spoilt"
    subprocess.run(["cp", "-r", package, spoilt], check=True)
    subprocess.run(["cp", package / "articles.csv", tmp_path / "whole"], check=True)
    assert run("export", "verify", spoilt).exit_code == 0
    spoil(kind, spoilt)
    result = run("export", "verify", spoilt)
    assert result.exit_code == 1
    assert message in result.stdout


@pytest.mark.parametrize("verb", ["verify", "reproduce"])
def test_a_folder_that_is_no_package_is_told(package: Path, tmp_path: Path, verb: str) -> None:
    for content in (None, "[]", '{"nightdesk": 3}', "no JSON"):
        if content is not None:
            (tmp_path / "datapackage.json").write_text(content)
        more = [] if verb == "verify" else ["-a", package.parent / "a"]
        result = run("export", verb, tmp_path, *more)
        assert result.exit_code == 1, result.output
        assert "is no package" in result.stderr and "Traceback" not in result.output


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".csv.gz"])
def test_texts_are_filled_in_to_the_very_bytes_of_the_export_with_text(tmp_path: Path, suffix: str) -> None:
    folder = first_night(tmp_path / "a")
    whole, bare, filled = (tmp_path / f"{name}{suffix}" for name in ("whole", "bare", "filled"))
    with Archive(folder) as archive:
        archive.export(None, whole)
        archive.export(None, bare, text=False)
    second_night(folder)  # the text that was exported is an earlier one now
    result = run("export", "rehydrate", bare, "-a", folder, "--to", filled)
    assert (result.exit_code, result.stdout) == (0, ""), result.output
    assert filled.read_bytes() == whole.read_bytes()


def test_texts_that_the_archive_does_not_have_are_listed(tmp_path: Path) -> None:
    folder, other = first_night(tmp_path / "a"), tmp_path / "b"
    night(other, 0, article("bridge", "Another text."), article("mill", "The “mill”, they say."))
    with Archive(folder) as archive:
        archive.export(None, tmp_path / "bare.csv", text=False)
    result = run("export", "rehydrate", tmp_path / "bare.csv", "-a", other, "--to", tmp_path / "x.csv")
    assert result.exit_code == 5
    assert sorted(line.split("  ")[1] for line in result.stdout.splitlines()) == [
        "the archive does not have this article",
        "the archive has another text of it",
    ]
    with (tmp_path / "x.csv").open(newline="", encoding="utf-8") as file:
        assert sorted(row["body"] for row in csv.DictReader(file)) == ["", "", "The “mill”, they say."]


def test_exports_are_noted_with_what_they_held(tmp_path: Path) -> None:
    folder = first_night(tmp_path / "a")
    run("export", "bridge", "-a", folder, "--to", tmp_path / "x.csv")
    run("export", "-a", folder, "--to", "-")
    run("export", "ferry", "-a", folder, "--package", tmp_path / "p")
    listed = [json.loads(line) for line in run("export", "log", "-a", folder, "--json").stdout.splitlines()]
    assert [(each["rows"], each["path"] and Path(each["path"]).name) for each in listed] == [
        (1, "x.csv"),
        (3, None),
        (1, "p"),
    ]
    assert listed[0]["wanted"] == {"query": "bridge"}
    assert listed[0]["sha256"] == hashlib.sha256((tmp_path / "x.csv").read_bytes()).hexdigest()
    held = run("export", "log", "-a", folder, "--with", "http://gazette.example/bridge").stdout.splitlines()
    assert len(held) == 2
    assert gzip.decompress((folder / "exports" / listed[0]["ids"]).read_bytes()).count(b"\n") == 1


def test_a_word_that_is_a_commands_name_is_looked_for_in_quotes(package: Path) -> None:
    result = run("export", '"verify"', "-a", package.parent / "a", "--to", "-")
    assert (result.exit_code, result.stderr) == (0, "0 articles\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "--to FILE, or --package DIR"),
        (["--to", "x.csv", "--package", "y"], "--to FILE, or --package DIR"),
        (["--to", "x.csv", "--seed", "3"], "--by and --seed are for"),
        (["--to", "x.csv", "--title", "T"], "for --package"),
        (["--package", "p", "--format", "parquet", "--pack", "gz"], "not packed again"),
        (["--to", "x.csv", "--columns", "colour"], "no column 'colour'"),
    ],
)
def test_options_that_do_not_go_together_are_told(package: Path, arguments: list[str], message: str) -> None:
    result = run("export", *arguments, "-a", package.parent / "a")
    assert result.exit_code == 2
    assert message in result.stderr
