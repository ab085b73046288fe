"""Two texts in; what changed from one to the other out, sentence by sentence, within a sentence word by word."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from archive.edits.alignment import common_blocks
from archive.edits.sentences import sentences_of
from archive.fingerprint import plain


class Op(StrEnum):
    """What became of a sentence, or of words within one."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"  # it stands elsewhere now; told at its new place


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Words in a row within a changed sentence: SAME, REMOVED or ADDED."""

    op: Op
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A sentence, as it was and as it is."""

    op: Op
    #: None: it was not there.
    before: str | None
    #: None: it is not there any more.
    after: str | None
    #: Of a changed one: its words, those removed before those added in their place.
    words: tuple[Words, ...] = ()
    #: True: a paragraph begins with it.
    begins: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sentence:
    text: str
    key: str
    begins: bool


#: Sentences in a row that are compared each with each, to see which became which: the product of how many.
_MOST_PAIRS = 2_500
#: The part of their words that two sentences share of which one became the other.
_ALIKE = 0.5
#: A sentence of so many words or more that another one holds whole is as like it as this; of less, in proportion.
_HELD_WORDS, _HELD = 4, 0.6
#: A sentence of fewer words that went and came is not called moved.
_MOVED_WORDS = 4
_WORD = re.compile(r"\w+")
#: Words and the white space behind them; signs of scripts without spaces one by one.
_TOKEN = re.compile(
    "[\u2e80-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]|\\w+|\\s+|[^\\w\\s]"
)


def diff_texts(before: str, after: str) -> tuple[Piece, ...]:
    """Every sentence of both texts in order, with what became of it."""
    old, new = _listed(before), _listed(after)
    pieces: list[Piece] = []
    i = j = 0
    keys = [each.key for each in old], [each.key for each in new]
    for a, b, n in [*common_blocks(*keys), (len(old), len(new), 0)]:
        pieces += _replaced(old[i:a], new[j:b])
        pieces += [_piece(Op.SAME, old[a + k], new[b + k]) for k in range(n)]
        i, j = a + n, b + n
    return tuple(_moved(pieces))


def diff_lines(before: str, after: str) -> Piece:
    """A headline as it was and as it is."""
    old, new = (_Sentence(text=text, key=plain(text), begins=True) for text in (before, after))
    return _piece(Op.SAME if old.key == new.key else Op.CHANGED, old, new)


def _listed(text: str) -> list[_Sentence]:
    return [
        _Sentence(text=sentence, key=plain(sentence), begins=n == 0)
        for paragraph in sentences_of(text)
        for n, sentence in enumerate(paragraph)
    ]


def _piece(op: Op, before: _Sentence | None, after: _Sentence | None) -> Piece:
    shown = after or before
    return Piece(
        op=op,
        before=before.text if before else None,
        after=after.text if after else None,
        words=_words(before.text, after.text) if op is Op.CHANGED and before and after else (),
        begins=shown is not None and shown.begins,
    )


def _replaced(old: Sequence[_Sentence], new: Sequence[_Sentence]) -> list[Piece]:
    """Sentences that went and came in one place: those that became another are paired, in order."""
    pieces: list[Piece] = []
    i = j = 0
    for a, b in [*_pairs(old, new), (len(old), len(new))]:
        pieces += [_piece(Op.REMOVED, each, None) for each in old[i:a]]
        pieces += [_piece(Op.ADDED, None, each) for each in new[j:b]]
        if a < len(old) and b < len(new):
            pieces.append(_piece(Op.CHANGED, old[a], new[b]))
        i, j = a + 1, b + 1
    return pieces


def _pairs(old: Sequence[_Sentence], new: Sequence[_Sentence]) -> list[tuple[int, int]]:
    """Which sentence became which: the pairs in order that are most alike in sum."""
    if not old or not new or len(old) * len(new) > _MOST_PAIRS:
        return []
    bags = [[_bag(each) for each in side] for side in (old, new)]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    alike = [[_likeness(a, b) for b in bags[1]] for a in bags[0]]
    for i in range(len(old) - 1, -1, -1):
        for j in range(len(new) - 1, -1, -1):
            paired = alike[i][j] + best[i + 1][j + 1] if alike[i][j] >= _ALIKE else 0.0
            best[i][j] = max(best[i + 1][j], best[i][j + 1], paired)
    pairs, i, j = [], 0, 0
    while i < len(old) and j < len(new):
        if alike[i][j] >= _ALIKE and best[i][j] == alike[i][j] + best[i + 1][j + 1]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs


def _bag(sentence: _Sentence) -> Counter[str]:
    return Counter(token for token in _TOKEN.findall(sentence.key.casefold()) if token.isalnum())


def _likeness(a: Counter[str], b: Counter[str]) -> float:
    """The part of both sentences' words that is shared; more where the one is the other with words put in."""
    shared, fewest = (a & b).total(), min(a.total(), b.total())
    held = shared / fewest if fewest >= _HELD_WORDS else 0.0
    return max(2 * shared / max(1, a.total() + b.total()), _HELD * held)


def _moved(pieces: list[Piece]) -> list[Piece]:
    """A sentence that went in one place and came in another was moved."""
    gone = Counter(plain(each.before) for each in pieces if each.op is Op.REMOVED and each.before)
    come = Counter(plain(each.after) for each in pieces if each.op is Op.ADDED and each.after)
    moved = Counter({key: n for key, n in (gone & come).items() if len(_TOKEN.findall(key)) >= 2 * _MOVED_WORDS - 1})
    if not moved:
        return pieces
    left, told = moved.copy(), []
    for each in pieces:
        key = plain(each.before or each.after or "")
        if each.op is Op.REMOVED and moved[key] > 0:
            moved[key] -= 1
        elif each.op is Op.ADDED and left[key] > 0:
            left[key] -= 1
            told.append(Piece(op=Op.MOVED, before=each.after, after=each.after, begins=each.begins))
        else:
            told.append(each)
    return told


def _words(before: str, after: str) -> tuple[Words, ...]:
    """The words of both, those that stay, go and come."""
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    found: list[Words] = []
    i = j = 0
    for a, b, n in [*common_blocks(old, new), (len(old), len(new), 0)]:
        for op, tokens in ((Op.REMOVED, old[i:a]), (Op.ADDED, new[j:b]), (Op.SAME, new[b : b + n])):
            if tokens:
                found.append(Words(op=op, text="".join(tokens)))
        i, j = a + n, b + n
    return tuple(_without_islands(found))


def _without_islands(words: list[Words]) -> list[Words]:
    """A space or a comma that two changed stretches share is no word that stayed: they are one."""
    joined: list[Words] = []
    removed = added = ""
    for n, each in enumerate(words):
        island = each.op is Op.SAME and 0 < n < len(words) - 1 and not _WORD.search(each.text)
        if each.op is Op.SAME and not island:
            joined += _gone_and_come(removed, added)
            removed = added = ""
            joined.append(each)
        else:
            removed += each.text if each.op is not Op.ADDED else ""
            added += each.text if each.op is not Op.REMOVED else ""
    return joined + _gone_and_come(removed, added)


def _gone_and_come(removed: str, added: str) -> list[Words]:
    return [Words(op=op, text=text) for op, text in ((Op.REMOVED, removed), (Op.ADDED, added)) if text]
