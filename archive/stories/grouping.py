"""Articles as they come in, the story that each belongs to out: looked up by a few shingles, decided by the texts.

An article that is new, changed or gone stands in ``story_due`` (triggers see to that, in the same transaction), until
``catch_up`` has taken it up; so a process that is killed anywhere leaves nothing undone and nothing half done.

A story grows by articles that are copies of one in it, and at the same time related to most of its first members: a
page of briefs, which holds six agency pieces, does not make one story of the six. What an article costs does not
depend on how many there are: a shingle is kept for ``_HOLDERS`` articles at most, and few texts are read.
"""

from __future__ import annotations

import json
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from archive.sqlite import Database
from archive.stories.credit import credit_of
from archive.stories.likeness import FEWEST, Likeness, Text, likeness
from archive.stories.shingles import shingles_of

#: Articles that a shingle is kept for: the first ones. A piece that more newspapers have is found by these.
_HOLDERS = 32
#: Texts that a new one is compared with, the likeliest ones.
_COMPARED = 6
#: Members of a story that a new one must be related to, and of those of a story that another joins.
_ASKED = 4
#: A passage that one newspaper prints on so many days, under so many articles, is no news.
_COMMON_ARTICLES, _COMMON_DAYS = 4, 3
#: Part of the chosen shingles that must be shared for a text to be read at all.
_WORTH_READING = 0.15
#: Articles between two commits.
_BATCH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """An article that was taken up before."""

    number: int
    id: str
    source: str
    day: int
    prints: int


class Stories:
    """The tables of stories. All writing is part of the caller's transaction."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def catch_up(self, commit: Callable[[], None], *, most: int | None = None) -> int:
        """Take up what is due, in order, committing now and then → how many articles that were, ``most`` at most."""
        done = 0
        while True:
            size = _BATCH if most is None else min(_BATCH, most - done)
            due = self._db.execute("select article_id from story_due order by rowid limit ?", [size]).fetchall()
            if not due:
                return done
            for (id_,) in due:
                self.take_up(id_)
            done += len(due)
            commit()

    def take_up(self, id_: str) -> None:
        """Find the story of an article that is new or has changed; forget one that is gone."""
        number = self._forget(id_)
        self._leave(id_)
        rows = self._db.query(
            "select id, source, coalesce(published_at, first_seen_at) as at, authors, body from articles where id = ?",
            [id_],
        )
        for row in list(rows):
            self._place(row, number)
        self._db.execute("delete from story_due where article_id = ?", [id_])

    def _forget(self, id_: str) -> int | None:
        """Undo what an article is looked up by → its number, which it keeps."""
        found = self._db.execute("select number, prints from story_texts where article_id = ?", [id_]).fetchone()
        if found is None:
            return None
        number, prints = found
        self._db.conn.executemany(
            "delete from story_prints where print = ? and number = ?", [(value, number) for value in array("i", prints)]
        )
        self._db.execute("delete from story_texts where number = ?", [number])
        return int(number)

    def _leave(self, id_: str) -> None:
        """Take an article out of its story: that gets the name of its next member, or ends with its last but one."""
        (story,) = self._db.execute(
            # An article that was deleted took its row along; what deleted it left the name.
            "select coalesce((select story from story_members where article_id = :id),"
            " (select story from story_due where article_id = :id))",
            {"id": id_},
        ).fetchone()
        if story is None:
            return
        self._db.execute("delete from story_members where article_id = ?", [id_])
        left = self._db.execute(
            "select article_id from story_members join story_texts using (article_id) where story = ?"
            " order by number limit 2",
            [story],
        ).fetchall()
        if len(left) < 2:
            self._db.execute("delete from story_members where story = ?", [story])
        else:
            self._name(story, left[0][0])

    def _name(self, story: str, first: str) -> None:
        if first != story:
            self._db.execute("update story_members set story = ? where story = ?", [first, story])

    def _place(self, row: Mapping[str, Any], number: int | None) -> None:
        shingles = shingles_of(row["body"])
        day = date.fromisoformat(row["at"][:10]).toordinal()
        text = Text(shingles=shingles, source=row["source"], day=day)
        prints = shingles.prints if len(shingles.hashes) >= FEWEST else frozenset[int]()
        holders = self._holders(prints)
        new = number is None
        number = self._remember(row, number, day, prints)
        self._db.conn.executemany(
            "insert into story_prints (print, number) values (?, ?)",
            [(value, number) for value in prints if len(holders.get(value, ())) < _HOLDERS],
        )
        if holders:
            known = self._known({holder for numbers in holders.values() for holder in numbers})
            common = frozenset(value for value, numbers in holders.items() if _is_common(known[n] for n in numbers))
            if new:
                self._look_again(common, holders, known)
            self._join(row["id"], text, holders, known, common)

    def _remember(self, row: Mapping[str, Any], number: int | None, day: int, prints: Iterable[int]) -> int:
        credit = credit_of(json.loads(row["authors"]), row["body"])
        values = [credit.agency, credit.origin, credit.evidence] if credit else [None, None, None]
        cursor = self._db.execute(
            "insert into story_texts (number, article_id, source, day, prints, agency, agency_origin, agency_evidence)"
            " values (?, ?, ?, ?, ?, ?, ?, ?)",
            [number, row["id"], row["source"], day, array("i", sorted(prints)).tobytes(), *values],
        )
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def _holders(self, prints: Iterable[int]) -> dict[int, list[int]]:
        """Print → numbers of the articles that have it."""
        wanted = list(prints)
        marks = ", ".join("?" * len(wanted))
        holders: dict[int, list[int]] = defaultdict(list)
        for value, number in self._db.execute(
            f"select print, number from story_prints where print in ({marks})",  # noqa: S608 (marks)
            wanted,
        ):
            holders[value].append(number)
        return holders

    def _look_again(self, common: Iterable[int], holders: Mapping[int, list[int]], known: Mapping[int, _Known]) -> None:
        """Make due the articles that a passage holds together which only now shows itself as no news."""
        together = {
            known[n].id
            for value in common
            if not _is_common(known[n] for n in holders[value] if n != max(holders[value]))
            for n in holders[value]
        }
        self._db.conn.executemany(
            "insert or ignore into story_due (article_id) select article_id from story_members where article_id = ?",
            [(id_,) for id_ in sorted(together)],
        )

    def _join(
        self,
        id_: str,
        text: Text,
        holders: Mapping[int, list[int]],
        known: Mapping[int, _Known],
        common: frozenset[int],
    ) -> None:
        """Make the article a member of the story that it is of, if there is one."""
        shared = Counter(n for value, numbers in holders.items() if value not in common for n in numbers)
        own = len(text.shingles.prints) - len(common)
        likely = {n: count / max(1, min(own, known[n].prints)) for n, count in shared.items()}
        best = sorted((n for n, part in likely.items() if part >= _WORTH_READING), key=lambda n: (-likely[n], n))
        compared = _Compared(self._db, text, common)
        copies: dict[str, list[tuple[_Known, Likeness]]] = defaultdict(list)
        for n in best[:_COMPARED]:
            found = compared.with_(known[n])
            if found.copy:
                copies[self._story(known[n].id)].append((known[n], found))
        ranked = sorted(copies, key=lambda story: max(found.share for _, found in copies[story]), reverse=True)
        joined = [story for story in ranked if self._belongs(story, _shortest(copies[story]), compared)]
        if joined:
            self._enter(id_, joined, {story: copies[story] for story in joined}, compared)

    def _enter(
        self,
        id_: str,
        joined: list[str],
        copies: Mapping[str, list[tuple[_Known, Likeness]]],
        compared: _Compared,
    ) -> None:
        """Make the article a member of the best story; make one of those that it shows to be the same."""
        story, *others = joined
        nearest, found = max(copies[story], key=lambda pair: pair[1].share)
        self._add(story, story, 1.0, None)
        self._add(id_, story, found.share, nearest.id)
        for other in others:
            shortest = _shortest([*copies[story], *copies[other]])
            if compared.related(self._members(story, _ASKED), self._members(other, _ASKED), shortest):
                self._add(other, other, 1.0, None)
                self._name(other, story)
        self._name(story, self._members(story, 1)[0].id)

    def _add(self, id_: str, story: str, share: float, nearest: str | None) -> None:
        self._db.execute(
            "insert or ignore into story_members (article_id, story, share, nearest) values (?, ?, ?, ?)",
            [id_, story, round(share, 3), nearest],
        )

    def _belongs(self, story: str, shortest: int, compared: _Compared) -> bool:
        """True if the article is related to most of a story's first members: not only to one of several."""
        asked = self._members(story, _ASKED)
        return 2 * sum(compared.with_(member).is_related(shortest) for member in asked) > len(asked)

    def _story(self, id_: str) -> str:
        """The story that an article is in; its own id while it is alone."""
        found = self._db.execute("select story from story_members where article_id = ?", [id_]).fetchone()
        return str(found[0]) if found else id_

    def _members(self, story: str, most: int = -1) -> list[_Known]:
        """The members of a story in the order in which they were stored; of a lone article, itself."""
        rows = self._db.execute(
            """
            select number, t.article_id, source, day, length(prints) / 4
            from story_texts t where t.article_id in (select article_id from story_members where story = :story)
            union select number, article_id, source, day, length(prints) / 4 from story_texts where article_id = :story
            order by number limit :most
            """,
            {"story": story, "most": most},
        )
        return [_known(row) for row in rows]

    def _known(self, numbers: Iterable[int]) -> dict[int, _Known]:
        wanted = list(numbers)
        marks = ", ".join("?" * len(wanted))
        rows = self._db.execute(
            f"select number, article_id, source, day, length(prints) / 4"  # noqa: S608 (marks)
            f" from story_texts where number in ({marks})",
            wanted,
        )
        return {row[0]: _known(row) for row in rows}


class _Compared:
    """One article's text held against those of others; each is read once."""

    def __init__(self, db: Database, text: Text, common: frozenset[int]) -> None:
        self._db = db
        self._text = text
        self._common = common
        self._texts: dict[int, Text] = {}
        self._found: dict[int, Likeness] = {}

    def with_(self, other: _Known) -> Likeness:
        """The article and another one."""
        if other.number not in self._found:
            self._found[other.number] = likeness(self._text, self._read(other), common=self._common)
        return self._found[other.number]

    def related(self, some: list[_Known], others: list[_Known], shortest: int) -> bool:
        """True if at least half of the pairs of two stories' members are related."""
        pairs = [likeness(self._read(one), self._read(other), common=self._common) for one in some for other in others]
        return 2 * sum(pair.is_related(shortest) for pair in pairs) >= len(pairs)

    def _read(self, known: _Known) -> Text:
        if known.number not in self._texts:
            found = self._db.execute("select body from articles where id = ?", [known.id]).fetchone()
            shingles = shingles_of(found[0] if found else "")
            self._texts[known.number] = Text(shingles=shingles, source=known.source, day=known.day)
        return self._texts[known.number]


def _known(row: tuple[int, str, str, int, int]) -> _Known:
    number, id_, source, day, prints = row
    return _Known(number=number, id=id_, source=source, day=day, prints=prints)


def _shortest(copies: Iterable[tuple[_Known, Likeness]]) -> int:
    """Shingles of the shortest of the texts, the new one among them."""
    return min(found.fewest for _, found in copies)


def _is_common(holders: Iterable[_Known]) -> bool:
    """True for a shingle that one newspaper prints again and again, on different days."""
    days: dict[str, list[int]] = defaultdict(list)
    for known in holders:
        days[known.source].append(known.day)
    return any(len(each) >= _COMMON_ARTICLES and len(set(each)) >= _COMMON_DAYS for each in days.values())
