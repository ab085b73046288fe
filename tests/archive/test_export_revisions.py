"""A history: a row for each text that the articles of a query had, in every table, and in packages."""

from __future__ import annotations

import csv
import gzip
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive import Archive, BadQuery
from archive.cli import archive_commands
from archive.export.chosen import choose, select_chosen, snapshot
from archive.export.columns import HISTORY, WORDING
from archive.export.revisions import add_earlier_texts
from archive.query import Query
from archive.times import from_iso, iso
from archive.writer import ArchiveWriter
from tests.archive.sample import NIGHT_1, Sample
from tests.archive.test_export_package import article as a_gazette_article
from tests.archive.test_export_package import first_night, night, second_night

WORDS = ("bridge", "ferry", "mill")
#: Of each article the texts that it had, each since a day of its own, as the number of a word.
LIVES = st.lists(st.lists(st.integers(0, 2), min_size=1, max_size=4), max_size=5)


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(archive_commands, [str(argument) for argument in arguments])


def day(number: int) -> str:
    return iso(NIGHT_1 + timedelta(days=number))


def build(folder: Path, lives: list[list[int]]) -> None:
    """An archive of articles with these texts: the text ``n`` of an article is seen from the day ``n`` on."""
    with Sample(folder) as sample:
        night_run = sample.run()
        for number, life in enumerate(lives):
            url = f"https://gazette.test/{number}"
            captures = [sample.capture(night_run, url, payload_digest=f"sha1:{number}-{n}") for n in range(len(life))]
            texts = [f"{n}: the {WORDS[word]}, “{number}”" for n, word in enumerate(life)]
            last = len(life) - 1
            id_ = sample.article(
                f"Title {last}",
                texts[last],
                url=url,
                section=f"Section {last}",
                revision=len(life),
                revised_at=day(last),
                last_seen_at=day(9),
                content_hash=f"{number}-{last}",
                capture_id=captures[last],
            )
            sample.event(night_run, sample.url(url, article_id=id_), "new")
            for n, text in enumerate(texts[:-1]):
                row = {"article_id": id_, "revision": n + 1, "valid_from": day(n), "valid_until": day(n + 1)}
                row |= {"title": f"Title {n}", "body": text, "content_hash": f"{number}-{n}"}
                record = json.dumps({"section": f"Section {n}", "word_count": 4})
                sample.db["revisions"].insert(row | {"capture_id": captures[n], "record": record})


def expected(archive: Archive, found: list[tuple[str, int]]) -> list[dict[str, Any]]:
    """The rows that a history of these articles, each up to a revision, has: by the way of ``Archive.revisions``."""
    rows = []
    for id_, number in found:
        texts = [text for text in archive.revisions(id_) if text.number <= number]
        for text in texts:
            assert text.capture
            rows.append(
                {
                    "id": id_,
                    "revision": text.number,
                    "valid_from": iso(text.valid_from),
                    "valid_until": iso(text.valid_until) if text.valid_until and text is not texts[-1] else None,
                    "title": text.title,
                    "body": text.body,
                    "content_hash": text.content_hash,
                    "section": text.record["section"],
                    "capture_digest": text.capture.digest,
                    "capture_offset": text.capture.offset,
                }
            )
    return rows


def read(path: Path) -> list[dict[str, Any]]:
    """The rows of a table, texts for times, None for what is missing."""
    if path.suffix == ".parquet":
        rows = pyarrow.parquet.read_table(path).to_pylist()
        return [{k: iso(v) if hasattr(v, "tzinfo") else v for k, v in row.items()} for row in rows]
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in path.read_bytes().split(b"\n") if line]
    with path.open(newline="", encoding="utf-8") as file:
        rows = [{k: v or None for k, v in row.items()} for row in csv.DictReader(file)]
    return [row | {n: int(row[n]) for n in ("revision", "capture_offset") if row[n]} for row in rows]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lives=LIVES,
    query=st.sampled_from(["", "bridge", "NOT ferry", "is:revised", "sort:newest limit:2"]),
    at=st.sampled_from([None, 0, 1, 2]),
    size=st.sampled_from([None, 1, 3]),
)
def test_a_history_has_every_revision_of_the_articles_in_every_table(
    tmp_path_factory: pytest.TempPathFactory, lives: list[list[int]], query: str, at: int | None, size: int | None
) -> None:
    folder = tmp_path_factory.mktemp("h")
    build(folder / "a", lives)
    options: dict[str, Any] = {"as_of": None if at is None else day(at), "sample": size, "seed": 3}
    with Archive(folder / "a") as archive:
        archive.export(query, folder / "plain.jsonl", **options)
        found = [(row["id"], row["revision"]) for row in read(folder / "plain.jsonl")]
        rows = expected(archive, found)
        for name in ("x.csv", "x.jsonl", "x.parquet"):
            done = archive.export(query, folder / name, history=True, **options)
            assert (done.rows, done.articles) == (len(rows), len(found))
            written = read(folder / name)
            assert all(list(row) == list(HISTORY) for row in written)
            assert [{key: row[key] for key in told} for row, told in zip(written, rows, strict=True)] == rows
        assert archive.to_arrow(query, history=True, **options).equals(pyarrow.parquet.read_table(folder / "x.parquet"))
        if at is None and size is None:
            assert done.articles == archive.count(query)
            assert done.rows == sum(len(archive.revisions(article.id)) for article in archive.articles(query))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three articles with three, one and two texts."""
    made = tmp_path_factory.mktemp("a") / "a"
    build(made, [[0, 0, 1], [2], [1, 0]])
    return made


def test_the_command_tells_how_many_revisions_of_how_many_articles(folder: Path, tmp_path: Path) -> None:
    done = run("export", "bridge", "--history", "--to", tmp_path / "x.csv", "-a", folder)
    assert (done.exit_code, done.stderr) == (0, f"2 revisions of 1 article in {tmp_path / 'x.csv'}\n"), done.output
    done = run("export", "--history", "--to", tmp_path / "x.csv", "--json", "-a", folder)
    assert {k: v for k, v in json.loads(done.stdout).items() if k in ("rows", "articles")} == {"rows": 6, "articles": 3}
    assert "6 revisions of 3 articles" in done.stderr


def test_columns_are_chosen_and_texts_left_out_as_in_any_export(folder: Path, tmp_path: Path) -> None:
    run("export", "--history", "--columns", "revision,valid_until,title", "--to", tmp_path / "x.csv", "-a", folder)
    head = (tmp_path / "x.csv").read_text().splitlines()[:4]
    assert head[0] == "revision,valid_until,title"
    assert sorted(head[1:])[-1].startswith(("1,", "2,", "3,"))
    bare, full = tmp_path / "bare.csv", tmp_path / "full.csv"
    assert run("export", "--history", "--no-text", "--to", bare, "-a", folder).exit_code == 0
    assert not {*WORDING} & {*read(bare)[0]}
    filled = run("export", "rehydrate", bare, "--to", full, "-a", folder)
    assert filled.exit_code == 0, filled.output
    run("export", "--history", "--to", tmp_path / "y.csv", "-a", folder)
    assert [row["body"] for row in read(full)] == [row["body"] for row in read(tmp_path / "y.csv")]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--to", "x.xml"], "a history has a row a revision: write csv, jsonl, parquet, not tei"),
        (["--to", "x.hf.jsonl"], "write csv, jsonl, parquet, not hf"),
        (["--package", "p", "--format", "markdown"], "write csv, jsonl, parquet, not markdown"),
        (["--to", "x.csv", "--since-export", "had.csv"], "leave out one of the two"),
    ],
)
def test_what_a_history_cannot_be_is_refused_and_nothing_written(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "had.csv").write_text("id,revision\n")
    done = run("export", "--history", *options, "-a", folder)
    assert (done.exit_code, done.stdout) == (1, "") or done.exit_code == 2, done.output
    assert message in " ".join(done.stderr.split())
    assert [path.name for path in tmp_path.iterdir()] == ["had.csv"]


def test_in_python_too_it_is_refused_plainly(folder: Path, tmp_path: Path) -> None:
    with Archive(folder) as archive, pytest.raises(BadQuery, match="write csv, jsonl, parquet, not atom"):
        archive.export(None, tmp_path / "x.atom", history=True)


def test_a_list_of_exports_names_each_article_once(tmp_path: Path) -> None:
    build(tmp_path / "a", [[0, 1, 2]])
    run("export", "--history", "--to", tmp_path / "x.csv", "-a", tmp_path / "a")
    with Archive(tmp_path / "a") as archive:
        (article,) = archive
    noted = run("export", "log", "--with", article.id, "--json", "-a", tmp_path / "a")
    told = json.loads(noted.stdout)
    assert (told["rows"], told["wanted"]["history"]) == (3, True)

    assert gzip.decompress((tmp_path / "a" / "exports" / told["ids"]).read_bytes()).decode() == f"{article.id}\n"


@pytest.mark.parametrize("options", [[], ["--format", "parquet"], ["--format", "jsonl", "--pack", "gz", "--no-text"]])
def test_a_package_of_a_history_is_whole_and_made_again_nights_later(tmp_path: Path, options: list[str]) -> None:
    archive, package = first_night(tmp_path / "a"), tmp_path / "package"
    second_night(archive)
    done = run("export", "--history", *options, "--package", package, "-a", archive)
    assert done.stderr == f"5 revisions of 4 articles in {package}\n", done.output
    checked = run("export", "verify", package)
    assert (checked.exit_code, checked.stderr) == (0, f"{package}: 7 files, 5 revisions: all as stated\n")
    night(archive, 2, a_gazette_article("bridge", "The bridge is gone."), a_gazette_article("ferry", "No ferry."))
    again = run("export", "reproduce", package, "-a", archive)
    assert (again.exit_code, again.stderr) == (0, "5 revisions: the same bytes again\n"), again.output


def test_a_package_of_a_history_counts_articles_and_revisions_apart(tmp_path: Path) -> None:
    archive, package = first_night(tmp_path / "a"), tmp_path / "package"
    second_night(archive)
    run("export", "--history", "--package", package, "-a", archive)
    told = json.loads((package / "datapackage.json").read_bytes())
    assert told["description"].startswith("4 articles in 5 revisions of 1 source, ")
    data = told["resources"][0]
    assert data["schema"]["primaryKey"] == ["id", "revision"]
    assert not any(field.get("constraints", {}).get("unique") for field in data["schema"]["fields"])
    words = (package / "README.md").read_text()
    assert "4 articles in 5 revisions, with " in words
    assert "| Rows | one for each text that an article had, the oldest first |" in words
    assert "| The Gazette (`gazette`) | https://gazette.test/ | 4 |" in words
    with (package / "dictionary.csv").open(newline="") as file:
        assert [row["column"] for row in csv.DictReader(file)] == list(HISTORY)
    assert "Data set, 4 articles in 5 revisions, as of " in words


def test_of_a_history_what_was_taken_out_is_named_by_its_revision(tmp_path: Path) -> None:
    archive, package = first_night(tmp_path / "a"), tmp_path / "package"
    second_night(archive)
    run("export", "--history", "--package", package, "-a", archive)
    with ArchiveWriter(archive, purpose="takedown") as writer, writer.db.atomic():
        writer.db.execute("delete from revisions")
    again = run("export", "reproduce", package, "-a", archive)
    assert again.exit_code == 5
    assert again.stdout.endswith("  revision 1: the archive has the article, but no longer this text of it\n")
    assert "4 of 5 revisions are the same, 1 missing; none differs" in again.stderr


def test_an_archive_without_edits_has_a_row_an_article(tmp_path: Path) -> None:
    build(tmp_path / "a", [[0], [1]])
    with Archive(tmp_path / "a") as archive:
        frame = archive.to_pandas(history=True)
    assert list(frame["revision"]) == [1, 1]
    assert frame["valid_until"].isna().all()
    assert frame["valid_from"].dt.to_pydatetime().tolist() == [from_iso(day(0))] * 2


def test_each_earlier_text_is_found_by_its_number_and_not_by_looking_through_all(folder: Path) -> None:
    with snapshot(folder / "archive.db") as db:
        choose(db, Query())
        add_earlier_texts(db)
        plan = [row[3] for row in db.execute(f"explain query plan {select_chosen(db, 'a.title')} order by place")]
    assert "SEARCH a USING INDEX past_row (row=?)" in plan
    assert plan.count("SCAN h") == sum(step.startswith("SCAN") for step in plan)
