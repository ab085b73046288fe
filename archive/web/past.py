"""An article's revisions → one change of them as a page shows it: what was asked for, sentence by sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from archive.edits.diff import Op, Piece
from archive.edits.kinds import WORDS
from archive.edits.reading import Change, change_between
from archive.errors import NotFound
from archive.record import Revision
from archive.web.asked import Asked
from archive.web.layout import minute

#: Characters of two texts above which they are not compared for a page.
_LONGEST = 300_000
#: Characters of a change that are shown, sentences around what changed, and characters of one sentence.
_SHOWN, _AROUND, _SENTENCE = 12_000, 1, 1_500
#: Texts that are listed, the last ones.
_LISTED = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence of a change as it stands on the page; ``gap``: others that did not change stand before it."""

    op: str
    #: (op, words) within it.
    words: tuple[tuple[str, str], ...]
    gap: bool
    begins: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text that the article had, for a list of them."""

    number: int
    at: datetime
    #: How it differs from the one before at a glance: "+28 words", "another headline".
    told: str
    captured: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """The texts of an article, and what changed from one to another."""

    texts: tuple[Text, ...]
    before: Revision
    after: Revision
    #: In words.
    kinds: tuple[str, ...]
    #: None: they are too long to be compared for a page.
    change: Change | None
    sentences: tuple[Sentence, ...]
    #: True: there is more of it than is shown.
    more: bool

    @property
    def names(self) -> list[str]:
        """Each text that something changed in, as a slider tells it."""
        return [f"text {each.number}, since {minute(each.at)}" for each in self.texts[1:]]

    @property
    def earlier(self) -> int | None:
        """The text whose change comes before the one shown; None: there is none."""
        return next((each.number for each in reversed(self.texts[1:]) if each.number < self.after.number), None)

    @property
    def later(self) -> int | None:
        """The text whose change comes after the one shown; None: there is none."""
        return next((each.number for each in self.texts[1:] if each.number > self.after.number), None)


def past_of(revisions: Sequence[Revision], wanted: Asked) -> Past:
    """The change that ``to`` and ``from`` ask for: of the last text if they say nothing, from the one before it.

    Raises NotFound for a text that there is not.
    """
    listed = revisions[-_LISTED:]
    numbers = [revision.number for revision in listed]
    to = wanted.number("to") or numbers[-1]
    if to not in numbers[1:]:
        raise NotFound(f"there is no text {to} that something changed in; there are {numbers[1]} to {numbers[-1]}")
    at = numbers.index(to)
    since = wanted.number("from")
    before = listed[numbers.index(since) if since in numbers[:at] else at - 1]
    after = listed[at]
    texts = tuple(_text(each, listed[n - 1] if n else None) for n, each in enumerate(listed))
    if len(before.body) + len(after.body) > _LONGEST:
        return Past(texts=texts, before=before, after=after, kinds=(), change=None, sentences=(), more=False)
    change = change_between(before, after)
    sentences, more = _sentences(change)
    kinds = tuple(WORDS[kind] for kind in change.kinds)
    return Past(texts=texts, before=before, after=after, kinds=kinds, change=change, sentences=sentences, more=more)


def _text(revision: Revision, before: Revision | None) -> Text:
    told = []
    if before is not None:
        grown = len(revision.body.split()) - len(before.body.split())
        told += ["another headline"] if revision.title != before.title else []
        told += [f"{'+' if grown > 0 else '−'}{abs(grown):,} words"] if grown else []
    captured = revision.capture is not None
    return Text(number=revision.number, at=revision.valid_from, told=", ".join(told), captured=captured)


def _sentences(change: Change) -> tuple[tuple[Sentence, ...], bool]:
    """What changed with the sentences next to it; and whether there is more than is shown."""
    pieces = change.pieces
    near = {
        n + step for n, piece in enumerate(pieces) if piece.op is not Op.SAME for step in range(-_AROUND, _AROUND + 1)
    }
    shown: list[Sentence] = []
    length, last = 0, -1
    for n in sorted(near & set(range(len(pieces)))):
        words = tuple(_words(pieces[n]))
        length += sum(len(text) for _, text in words)
        if length > _SHOWN:
            return tuple(shown), True
        shown.append(Sentence(op=str(pieces[n].op), words=words, gap=n != last + 1, begins=pieces[n].begins))
        last = n
    return tuple(shown), False


def _words(piece: Piece) -> Iterator[tuple[str, str]]:
    if piece.op is Op.CHANGED and piece.words:
        for each in piece.words:
            yield str(each.op), each.text[:_SENTENCE]
    else:
        yield str(piece.op), (piece.after or piece.before or "")[:_SENTENCE]
