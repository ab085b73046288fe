"""Many articles in at once: the same rows and the same index as one by one, several times as fast.

For imports and benchmarks; a crawl stores its articles through archive/articles.py, which also keeps revisions.
"""

from __future__ import annotations

import os
import sqlite3
from collections import deque
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import closing
from multiprocessing import get_context
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from archive.bitmaps import renew
from archive.facts import INDEX_COLUMNS, facts_of, values_of_all
from archive.lock import WriterLock
from archive.segments import Segments, add_segments, end_with_parent, make_segments, rest_segments
from archive.seq import SLOTS_PER_SECOND, seq_floor
from archive.times import from_iso

#: Articles that one process indexes at a time: some 20 MB while it does. Fewer: more segments to merge; more: at the
#: beginning and at the end processes wait for one another.
_BATCH = 4_000
#: Batches in one transaction, which the journal must hold.
_BATCHES = 20
#: So many segments are merged into one: SQLite would do so itself with 16, in the midst of a crawl.
_MERGE_AT = 12


class BulkLoader:
    """Rows of ``articles`` in, in any order; use as a context manager.

    A row has the columns of ``row_of`` and id, source, first_seen_at, last_seen_at, revised_at; its seq is made here.
    What was added is there after ``flush``, or at the end, or not at all. The archive must exist. Raises Locked.
    """

    def __init__(self, folder: Path, *, processes: int | None = None) -> None:
        self._lock = WriterLock(folder, "bulk load")
        self._path = folder / "archive.db"
        self._processes = processes or os.cpu_count() or 1
        self._pool = ProcessPoolExecutor(self._processes, get_context("spawn"), initializer=end_with_parent)
        self._db = sqlite3.connect(self._path, timeout=30, isolation_level=None)
        self._db.execute("pragma synchronous = normal")
        self._direct = self._write_directly()
        self._db.execute("pragma cache_size = -262144")  # 256 MiB
        (self._create,) = self._db.execute("select sql from sqlite_master where name = 'articles_fts'").fetchone()
        for _ in range(self._processes):  # so that they have started by the time there is work
            self._pool.submit(make_segments, self._create, [])
        self._rows: list[Mapping[str, Any]] = []
        self._making: deque[Future[Segments]] = deque()
        self._segments = 0
        self._batches = 0
        self._used: dict[int, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self.flush()
                self._merge()
                self._rest()
                self._picture()
        finally:
            if self._db.in_transaction:
                self._db.execute("rollback")
            if self._direct:
                self._db.execute("pragma journal_mode = wal")
            self._pool.shutdown(cancel_futures=True)
            self._db.close()
            self._lock.release()

    def add(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Take rows in."""
        for row in rows:
            self._rows.append(row)
            if len(self._rows) >= _BATCH:
                self._enter()
                if self._batches >= _BATCHES:
                    self.flush()

    def flush(self) -> None:
        """Make permanent what was added so far."""
        self._enter()
        while self._making:
            self._take()
        if self._db.in_transaction:
            for sql in self._triggers:
                self._db.execute(sql)
            self._db.execute("commit")
        self._batches = 0
        if self._segments >= _MERGE_AT:
            self._merge()

    def _write_directly(self) -> bool:
        """Where nobody reads yet, write pages where they belong, not first into the write-ahead log → whether so.

        New pages have no past that a journal must hold. If the load is killed, the next writer takes back what was
        not committed, and goes on with a write-ahead log (``schema.migrate``).
        """
        if self._db.execute("select 1 from articles").fetchone():
            return False
        try:
            (mode,) = self._db.execute("pragma journal_mode = truncate").fetchone()
        except sqlite3.OperationalError:  # somebody has it open
            return False
        return bool(mode == "truncate")

    def _enter(self) -> None:
        """Write the rows at hand, and have another process index them."""
        if not self._rows:
            return
        if not self._db.in_transaction:
            self._db.execute("begin immediate")
            self._triggers = [sql for (sql,) in self._db.execute(_OUR_TRIGGERS.format("sql"))]
            for (name,) in self._db.execute(_OUR_TRIGGERS.format("name")).fetchall():
                self._db.execute(f"drop trigger {name}")
        rows = sorted((self._numbered(row) for row in self._rows), key=lambda row: int(row["seq"]))
        self._rows = []
        columns = list(rows[0])
        self._db.executemany(
            f"insert into articles ({', '.join(columns)}) values ({', '.join(':' + name for name in columns)})", rows
        )
        self._db.execute("create temp table if not exists batch (seq integer primary key)")
        self._db.execute("delete from batch")
        self._db.executemany("insert into batch values (?)", [(row["seq"],) for row in rows])
        self._db.execute(
            f"insert into facet_values (field, value) select * from ({values_of_all('seq in batch')}) where true"
            " on conflict do nothing"
        )
        self._db.execute(facts_of("from temp.batch cross join articles new using (seq)"))
        indexed = self._db.execute(
            f"select seq, {INDEX_COLUMNS} from temp.batch cross join articles_indexed using (seq) order by batch.seq"
        ).fetchall()
        self._making.append(self._pool.submit(make_segments, self._create, indexed))
        self._batches += 1
        while len(self._making) > self._processes:
            self._take()

    def _take(self) -> None:
        self._segments = add_segments(self._db, self._making.popleft().result())

    def _numbered(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """The row with a seq that is free: as ``ArticleStore`` gives, but for many at once."""
        floor = seq_floor(from_iso(row["published_at"] or row["first_seen_at"]))
        while True:
            if floor not in self._used:
                (last,) = self._db.execute(
                    "select max(seq) from articles where seq between ? and ?", [floor, floor + SLOTS_PER_SECOND - 1]
                ).fetchone()
                self._used[floor] = 0 if last is None else last - floor + 1
            if self._used[floor] < SLOTS_PER_SECOND:
                self._used[floor] += 1
                return {**row, "seq": floor + self._used[floor] - 1}
            floor += SLOTS_PER_SECOND

    def _merge(self) -> None:
        """Merge segments of a size, on a connection that knows of them."""
        with closing(sqlite3.connect(self._path, timeout=30, isolation_level=None)) as db:
            db.execute("pragma cache_size = -262144")
            for name, value in (("usermerge", _MERGE_AT), ("merge", 1 << 30)):
                db.execute("insert into articles_fts (articles_fts, rank) values (?, ?)", [name, value])
            db.execute("pragma wal_checkpoint(truncate)")
        self._segments = 0

    def _rest(self) -> None:
        """Keep what a crawl will write apart from what was loaded."""
        with closing(sqlite3.connect(self._path, timeout=30, isolation_level=None)) as db:
            db.execute("begin immediate")
            rest_segments(db)
            db.execute("commit")

    def _picture(self) -> None:
        """Make the bitmap index of all that is there now."""
        with closing(sqlite3.connect(self._path, timeout=30)) as db:
            db.execute("pragma cache_size = -262144")
            renew(db, db.commit)
            db.execute("pragma wal_checkpoint(truncate)")


#: Those that keep the index; others see every row.
_OUR_TRIGGERS = "select {} from sqlite_master where type = 'trigger' and sql like '%articles_fts%'"
