"""Which articles an export holds: as of an instant, drawn by lot, new since, one a story; what a kill leaves."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive import Archive, ArchiveError, BadQuery
from archive.export.wanted import Sample as Drawing
from archive.export.wanted import Wanted, from_json, to_json
from archive.query import Query
from archive.times import iso
from tests.archive.sample import NIGHT_1, NIGHT_2, Sample, two_nights

ROOT = Path(__file__).parent.parent.parent
#: article → its texts: (seen from, title, body); the last is the present one.
TEXTS = {
    "alpha": [(1, "Bridge closed", "The old bridge is shut."), (3, "Bridge open", "The old bridge is open again.")],
    "beta": [
        (1, "Strike", "The dockers strike."),
        (2, "Strike ends", "They went back."),
        (4, "Strike over", "All of it."),
    ],
    "gamma": [(2, "Harbour", "The harbour is quiet.")],
    "delta": [(4, "Ferry", "A ferry for the bridge.")],
}


def day(number: int) -> str:
    return iso(NIGHT_1 + timedelta(days=number - 1))


@pytest.fixture(scope="module")
def edits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four articles, some with earlier texts."""
    folder = tmp_path_factory.mktemp("edits") / "a"
    with Sample(folder) as sample:
        run = sample.run()
        for name, texts in TEXTS.items():
            since, title, body = texts[-1]
            seen = {"first_seen_at": day(texts[0][0]), "revised_at": day(since), "last_seen_at": day(4)}
            columns = {"section": f"now-{name}", "content_hash": f"{name}-{since}", "revision": len(texts)}
            id_ = sample.article(title, body, url=f"https://gazette.test/{name}", **seen, **columns)
            url = sample.url(f"https://gazette.test/{name}", article_id=id_)
            sample.event(run, url, "new", at=NIGHT_1 + timedelta(days=texts[0][0] - 1))
            for number, (start, earlier_title, earlier_body) in enumerate(texts[:-1], 1):
                row = {
                    "article_id": id_,
                    "revision": number,
                    "valid_from": day(start),
                    "valid_until": day(texts[number][0]),
                }
                row |= {"title": earlier_title, "body": earlier_body, "content_hash": f"{name}-{start}"}
                sample.db["revisions"].insert(
                    row | {"record": json.dumps({"section": f"then-{name}", "word_count": 3})}
                )
            if name == "gamma":
                sample.event(run, url, "gone", at=NIGHT_1 + timedelta(days=2))
                sample.event(run, url, "unchanged", at=NIGHT_1 + timedelta(days=3))
    return folder


def rows(folder: Path, to: Path, query: str | None = None, **options: object) -> list[dict[str, str]]:
    with Archive(folder) as archive:
        done = archive.export(query, to, **options)  # type: ignore[arg-type]
    with to.open(newline="", encoding="utf-8") as file:
        found = list(csv.DictReader(file))
    assert done.rows == len(found)
    return found


def valid(texts: list[tuple[int, str, str]], at: int) -> tuple[int, str, str] | None:
    return next((text for text in reversed(texts) if text[0] <= at), None)


@pytest.mark.parametrize("at", [0, 1, 2, 3, 4])
@pytest.mark.parametrize("word", ["", "bridge", "dockers", "open", "NOT bridge"])
def test_as_of_finds_in_the_texts_of_then(edits: Path, tmp_path: Path, at: int, word: str) -> None:
    then = {name: text for name, texts in TEXTS.items() if (text := valid(texts, at))}
    bare = word.removeprefix("NOT ").lower()
    expected = {
        text[1]
        for text in then.values()
        if not bare or (bare in f"{text[1]} {text[2]}".lower().replace(".", " ").split()) != word.startswith("NOT")
    }
    found = rows(edits, tmp_path / "x.csv", word, as_of=day(at))
    assert {row["title"] for row in found} == expected
    for row in found:
        name = row["url"].rpartition("/")[2]
        start, _, body = then[name]
        assert (row["body"], row["revised_at"], row["revision"]) == (
            body,
            day(start),
            str(TEXTS[name].index(then[name]) + 1),
        )
        assert row["section"] == ("now-" if then[name] == TEXTS[name][-1] else "then-") + name


def test_as_of_filters_by_what_was_so_then(edits: Path, tmp_path: Path) -> None:
    assert len(rows(edits, tmp_path / "x.csv", None, as_of=day(2), section="then-alpha")) == 1
    assert not rows(edits, tmp_path / "x.csv", None, as_of=day(3), section="then-alpha")
    assert len(rows(edits, tmp_path / "x.csv", None, as_of=day(3), section="now-alpha")) == 1


def test_as_of_tells_visits_and_absence_as_they_were_known(edits: Path, tmp_path: Path) -> None:
    def gamma(at: int) -> tuple[str, str]:
        (row,) = rows(edits, tmp_path / "x.csv", "harbour", as_of=day(at))
        return row["last_seen_at"], row["gone_at"]

    assert gamma(2) == (day(2), "")
    assert gamma(3) == (day(2), day(3))
    assert gamma(4) == (day(4), "")


def test_as_of_now_is_the_archive_as_it_is(edits: Path, tmp_path: Path) -> None:
    rows(edits, tmp_path / "now.csv")
    rows(edits, tmp_path / "then.csv", as_of=day(9))
    assert (tmp_path / "now.csv").read_bytes() == (tmp_path / "then.csv").read_bytes()
    assert (
        rows(edits, tmp_path / "x.csv", as_of=day(4), limit=2, sort="newest")
        == rows(edits, tmp_path / "y.csv")[::-1][:2]
    )


def test_as_of_cannot_be_ordered_by_relevance(edits: Path, tmp_path: Path) -> None:
    with Archive(edits) as archive, pytest.raises(BadQuery, match="relevance"):
        archive.export("bridge", tmp_path / "x.csv", as_of="2026-11-10", sort="relevance")


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("many") / "a"
    with Sample(folder) as sample:
        sample.run()
        for number in range(90):
            at = f"2026-{number % 3 + 1:02}-{number % 28 + 1:02}T08:00:00Z"
            sample.article(f"Report {number}", "Words.", source=("gazette", "kurir")[number % 2], published_at=at)
    return folder


def test_a_sample_is_the_same_again_and_does_not_depend_on_order(many: Path, tmp_path: Path) -> None:
    first = [row["id"] for row in rows(many, tmp_path / "x.csv", sample=20, seed=7)]
    assert [row["id"] for row in rows(many, tmp_path / "y.csv", sample=20, seed=7, sort="newest")] == first[::-1]
    other = [row["id"] for row in rows(many, tmp_path / "z.csv", sample=20, seed=8)]
    assert len(first) == len(other) == 20
    assert first != other
    smaller = {row["id"] for row in rows(many, tmp_path / "x.csv", sample=5, seed=7)}
    assert smaller < set(first)  # a larger sample adds to a smaller one


def test_a_sample_within_strata_draws_so_many_of_each(many: Path, tmp_path: Path) -> None:
    drawn = rows(many, tmp_path / "x.csv", sample=4, by=["source", "month"])
    strata = [(row["source"], row["published_at"][:7]) for row in drawn]
    assert {stratum: strata.count(stratum) for stratum in strata} == dict.fromkeys(set(strata), 4)
    assert len(set(strata)) == 6
    assert len(rows(many, tmp_path / "x.csv", sample=1000, by=["source"])) == 90


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"sample": 0}, "too small"),
        ({"sample": 1, "by": ["colour"]}, "'colour' is unknown; write some of source"),
        ({"sample": 1, "by": ["source", "source"]}, "once"),
        ({"as_of": "soon"}, "as of: 'soon'"),
    ],
)
def test_what_cannot_be_meant_is_told(many: Path, tmp_path: Path, options: dict[str, object], message: str) -> None:
    with Archive(many) as archive, pytest.raises(BadQuery, match=message):
        archive.export(None, tmp_path / "x.csv", **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["had.csv", "had.jsonl.zst", "had.parquet", "had.hf.jsonl"])
def test_since_an_export_only_what_is_new_or_has_another_text(edits: Path, tmp_path: Path, name: str) -> None:
    with Archive(edits) as archive:
        archive.export(None, tmp_path / name, as_of=day(2))
    since = {row["title"] for row in rows(edits, tmp_path / "x.csv", since_export=[tmp_path / name])}
    assert since == {"Bridge open", "Strike over", "Ferry"}
    both = rows(edits, tmp_path / "y.csv", since_export=[tmp_path / name, tmp_path / "x.csv"])
    assert not both


def test_what_is_no_export_is_told(edits: Path, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")
    (tmp_path / "y.csv").write_text("id,title\nabc,x\n")
    (tmp_path / "z.jsonl").write_bytes(b"\xff\xfe")
    (tmp_path / "dir").mkdir()
    for name, message in (
        ("x.csv", "no id"),
        ("y.csv", "neither"),
        ("z.jsonl", "cannot be read"),
        ("dir", "no package"),
    ):
        with Archive(edits) as archive, pytest.raises(ArchiveError, match=message):
            archive.export(None, tmp_path / "out.csv", since_export=[tmp_path / name])
    assert not (tmp_path / "out.csv").exists()


def test_of_each_story_only_the_earliest_copy(many: Path, tmp_path: Path) -> None:
    every = rows(many, tmp_path / "x.csv")
    with Sample(many) as sample:
        for row in every[10:13]:
            sample.db.execute("insert into story_members values (?, ?, 1.0, null)", [row["id"], every[10]["id"]])
    found = rows(many, tmp_path / "y.csv", one_per_story=True)
    assert [row["id"] for row in found] == [row["id"] for row in every[:11] + every[13:]]
    narrowed = rows(many, tmp_path / "z.csv", f'"{every[12]["title"]}"', one_per_story=True)
    assert [row["id"] for row in narrowed] == [every[12]["id"]]
    then = rows(many, tmp_path / "then.csv", one_per_story=True, as_of="2027", limit=12)
    assert then == found[:12]
    assert len(rows(many, tmp_path / "x.csv", f"story:{every[12]['id']}", as_of="2027")) == 3


def test_what_is_wanted_goes_to_json_and_back() -> None:
    query = Query(text='harbour "x y"', source="gazette", since="2026-11", one_per_story=True, limit=5)
    wanted = Wanted(query=query, as_of="2026-11", sample=Drawing(size=3, seed=-1, by=("month",)))
    assert from_json(json.loads(json.dumps(to_json(wanted)))) == wanted
    with pytest.raises(BadQuery, match="no description"):
        from_json({"query": 3})


words = st.sampled_from(
    ["bridge", "dockers", "the", "nowhere", "the NOT bridge", "strike OR ferry", "NOT the", '"', "br*"]
)
queries = st.fixed_dictionaries(
    {"text": words},
    optional={
        "section": st.sampled_from(["now-alpha", "now-beta"]),
        "since": st.sampled_from(["2026-11-10", "2026-11-12"]),
        "limit": st.integers(1, 5),
        "sort": st.sampled_from(["newest", "oldest", "relevance"]),
    },
)


@given(
    filters=queries, name=st.sampled_from(["x.csv", "x.jsonl", "x.hf.jsonl", "x.parquet", "x.xml", "x.md.zip", "x.rss"])
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_format_has_as_many_rows_as_the_count(
    edits: Path, tmp_path: Path, filters: dict[str, object], name: str
) -> None:
    with Archive(edits) as archive:
        query = Query(**filters)  # type: ignore[arg-type]
        expected = archive.count(query)
        assert archive.export(query, tmp_path / name).rows == expected
        data = (tmp_path / name).read_bytes()
        counted = {
            "x.csv": lambda: len(list(csv.DictReader(data.decode().splitlines(keepends=True)))),
            "x.xml": lambda: data.count(b'<idno type="nightdesk">'),
            "x.rss": lambda: data.count(b"<item>"),
            "x.jsonl": lambda: data.count(b"\n"),
            "x.hf.jsonl": lambda: data.count(b"\n"),
        }
        if name in counted:
            assert counted[name]() == expected


def test_a_kill_leaves_nothing_under_the_name_and_the_next_export_clears_up(tmp_path: Path) -> None:
    with Sample(tmp_path / "a") as sample:
        sample.run()
        for number in range(300):
            sample.article(f"Report {number}", "m" * 96_000)  # one word: quickly indexed
    out = tmp_path / "out"
    out.mkdir()
    code = "import sys; from archive import Archive; Archive(sys.argv[1]).export(None, sys.argv[2])"
    target = out / "x.csv.zst"
    process = subprocess.Popen([sys.executable, "-c", code, tmp_path / "a", target], cwd=ROOT)
    while not any(path.stat().st_size for path in out.iterdir()):
        assert process.poll() is None
        time.sleep(0.002)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    (left,) = out.iterdir()
    assert left.name.startswith(".x.csv.zst.") and left.suffix == ".part"
    with Archive(tmp_path / "a") as archive:
        archive.export(None, target)
    assert [path.name for path in out.iterdir()] == ["x.csv.zst"]


def test_an_export_is_of_one_instant_though_the_archive_changes(tmp_path: Path) -> None:
    folder = two_nights(tmp_path / "a")

    class Meddling:
        """A file that has the archive changed by its first write."""

        def __init__(self) -> None:
            self.data = b""

        def write(self, data: bytes) -> int:
            if not self.data:
                with Sample(folder) as sample:
                    sample.article("Late", "Late news.", published_at=iso(NIGHT_2))
                    sample.db.execute("update articles set title = 'Changed'")
            self.data += data
            return len(data)

        def flush(self) -> None:
            """Nothing is kept back."""

    file = Meddling()
    with Archive(folder) as archive:
        done = archive.export(None, file, columns=["title"])  # type: ignore[arg-type]
        assert archive.count() == 5
    assert done.rows == 4
    assert b"Changed" not in file.data and b"Late" not in file.data
