"""Many at once gives the very rows and the very index that one by one gives."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from archive import bulk
from archive.bulk import BulkLoader
from archive.errors import Locked
from archive.facts import LETTER
from archive.reading import Archive
from archive.row import row_of
from archive.segments import _levels, _listing, _numbers, _varint
from archive.seq import seq_floor
from archive.times import from_iso, iso
from archive.urls import article_id
from archive.writer import ArchiveWriter
from bench.corpus import Corpus
from tests.archive.sample import Sample


def rows(corpus: Corpus) -> list[dict[str, object]]:
    made = []
    for source, article in corpus:
        assert article.published_at and article.url
        at = iso(article.published_at)
        row = row_of(article) | {"id": article_id(article.url), "source": source}
        made.append(row | {"first_seen_at": at, "last_seen_at": at, "revised_at": at})
    made[3] |= {"title": "北京大学", "spaced": '{"title": "\\u001f北\\u001f京\\u001f大\\u001f学\\u001f"}'}
    return made


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return Corpus(seed=3, articles=300)


def an_archive(folder: Path) -> Path:
    ArchiveWriter(folder, purpose="test").close()
    with Sample(folder) as sample:
        for number in range(60):
            sample.source(f"paper{number:03}")
    return folder


def contents(folder: Path) -> list[list[tuple[object, ...]]]:
    """Articles, words of the index, values, facts: all but the numbers of values, which are given as they come."""
    with closing(sqlite3.connect(folder / "archive.db")) as db:
        db.execute("insert into articles_fts (articles_fts, rank) values ('integrity-check', 1)")
        db.execute("create virtual table temp.terms using fts5vocab(main, articles_fts, row)")
        terms = db.execute("select term, doc, cnt from terms order by term").fetchall()
        return [
            db.execute("select * from articles order by seq").fetchall(),
            [term for term in terms if LETTER not in term[0]],
            db.execute(
                f"select seq, field, value from facts, facet_values"
                f" where instr(one || ' ' || many || ' ', '{LETTER}' || id || ' ') order by 1, 2, 3"
            ).fetchall(),
            db.execute("select seq, words, revision, published, modified, first_seen, gone from facts").fetchall(),
        ]


def test_the_same_articles_one_by_one_and_in_bulk(
    tmp_path: Path, corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "_BATCH", 20)
    monkeypatch.setattr(bulk, "_BATCHES", 2)
    monkeypatch.setattr(bulk, "_MERGE_AT", 6)
    made = rows(corpus)
    one, many = an_archive(tmp_path / "one"), an_archive(tmp_path / "many")
    with Sample(one) as sample:
        used: dict[int, int] = {}
        for row in made:
            floor = seq_floor(from_iso(str(row["published_at"])))
            used[floor] = used.get(floor, -1) + 1
            sample._insert("articles", {**row, "seq": floor + used[floor]})
    with BulkLoader(many, processes=2) as load:
        load.add(reversed(made[:200]))
        with pytest.raises(Locked):
            ArchiveWriter(many, purpose="test")
        load.flush()
        with Archive(many) as archive:  # there already
            assert len(archive) == 200
        load.add(made[200:])
    assert contents(many) == contents(one)
    with ArchiveWriter(many, purpose="test") as writer:  # and it goes on from there
        writer.db.execute("delete from articles where rowid in (select seq from articles limit 30)")
        writer.db.execute("update articles set title = 'Anew' where rowid in (select seq from articles limit 30)")
        writer.db.execute("insert into articles_fts (articles_fts, rank) values ('integrity-check', 1)")
    with Archive(many) as archive:
        assert (len(archive), archive.count("title:anew")) == (270, 30)


def test_segments_of_a_load_stand_above_those_of_a_crawl(
    tmp_path: Path, corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "_BATCH", 20)
    folder, made = an_archive(tmp_path / "a"), rows(corpus)
    for number in range(2):  # the second load finds the first one's segments raised
        with BulkLoader(folder, processes=1) as load:
            load.add(made[100 * number : 100 * number + 100])
        levels = levels_of(folder)
        assert levels[:4] == [0, 0, 0, 0]
        assert levels[4:] == [5 * (number + 1)]
    with ArchiveWriter(folder, purpose="test") as writer:
        for seq in range(40):  # more commits than a level has room for
            columns = made[200 + seq] | {"seq": seq}
            marks = ", ".join(f":{name}" for name in columns)
            writer.db.execute(f"insert into articles ({', '.join(columns)}) values ({marks})", columns)
            writer.commit()
        writer.db.execute("insert into articles_fts (articles_fts, rank) values ('integrity-check', 1)")
    with Archive(folder) as archive:
        assert len(archive) == 240
        assert archive.count(made[5]["title"]) >= 1  # type: ignore[arg-type]


def levels_of(folder: Path) -> list[int]:
    """How many segments each level of the index has."""
    with closing(sqlite3.connect(folder / "archive.db")) as db:
        (structure,) = db.execute("select block from articles_fts_data where id = 10").fetchone()
    return [len(segments) for _, segments in _levels(structure)]


def test_what_was_not_flushed_is_not_there_after_an_error(tmp_path: Path, corpus: Corpus) -> None:
    folder = an_archive(tmp_path / "a")
    made = rows(corpus)
    with pytest.raises(sqlite3.IntegrityError), BulkLoader(folder, processes=1) as load:
        load.add(made[:10])
        load.flush()
        load.add([made[11], made[11]])
        load.flush()
    assert mode(folder) == "wal"
    with ArchiveWriter(folder, purpose="test") as writer:
        writer.db.execute("insert into articles_fts (articles_fts, rank) values ('integrity-check', 1)")
        writer.db.execute("delete from articles where rowid in (select seq from articles limit 1)")
    with Archive(folder) as archive:
        assert len(archive) == archive.count("source:" + ",".join(f"paper{n:03}" for n in range(60))) == 9


_KILLED = """
import os, signal, sys
from pathlib import Path
from archive.bulk import BulkLoader
from tests.archive.test_bulk import rows
from bench.corpus import Corpus

if __name__ == "__main__":
    load = BulkLoader(Path(sys.argv[1]), processes=1)
    made = rows(Corpus(seed=3, articles=300))
    load.add(made[:10])
    load.flush()
    load.add(made[10:])
    load._enter()
    load._db.execute("pragma cache_spill = 1")
    load._db.execute("pragma cache_size = 5")
    load._db.execute("update articles set title = title || 'x'")  # by now pages are in the file
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_load_that_is_killed_leaves_what_was_flushed(tmp_path: Path) -> None:
    folder = an_archive(tmp_path / "a")
    script = tmp_path / "load.py"
    script.write_text(_KILLED)
    root = Path(__file__).resolve().parents[2]
    killed = subprocess.run([sys.executable, script, folder], env={**os.environ, "PYTHONPATH": str(root)}, check=False)
    assert killed.returncode == -signal.SIGKILL
    with ArchiveWriter(folder, purpose="test") as writer:
        writer.db.execute("insert into articles_fts (articles_fts, rank) values ('integrity-check', 1)")
    assert mode(folder) == "wal"
    with Archive(folder) as archive:
        assert len(archive) == 10 and not archive.count("title:x")


def mode(folder: Path) -> str:
    with closing(sqlite3.connect(folder / "archive.db")) as db:
        return str(db.execute("pragma journal_mode").fetchone()[0])


def test_numbers_are_written_as_sqlite_reads_them() -> None:
    for number in (0, 1, 127, 128, 16_383, 16_384, 2**40):
        assert list(_numbers(_varint(number))) == [number]
    assert _varint(300) == b"\x82\x2c"
    assert list(_numbers(_listing([(0, [(1, 1, 300)])], 7))) == [1, 1, 7, 0, 1, 1, 1, 300]
