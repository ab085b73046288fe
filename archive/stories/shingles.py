"""A text in; its shingles out (every five words side by side), and the few of them by which it is looked up.

The few are chosen by winnowing (Schleimer, Wilkerson and Aiken, SIGMOD 2003): of every ``WINDOW`` shingles in a row the
one with the lowest hash. Two texts that share a passage of ``WINDOW + 4`` words are sure to share one of the chosen,
wherever the passage stands and whatever is around it; so a short piece inside a long article is found like a copy.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from archive.fingerprint import plain

#: Of so many shingles in a row one is chosen.
WINDOW = 16
#: Words in a shingle. Where no spaces stand between words: signs (ideographs, kana), letters (Thai and its kin).
_WORDS, _SIGNS, _LETTERS = 5, 8, 16

#: Room for a place in one number with its hash: texts are shorter.
_PLACE_BITS = 32
_LAST_PLACE = (1 << _PLACE_BITS) - 1

#: Taken off a hash, so that SQLite keeps it in four bytes.
_MIDDLE = 1 << 31

_HAN = "\u2e80-\u2fdf\u3005-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
#: Signs on and between letters that Python's ``\w`` leaves out, the full stops of Indic scripts not among them.
_SIGNS_IN_WORDS = "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff"
_TOKEN = re.compile(f"[{_HAN}{_UNSPACED}]|(?:[^\\W{_HAN}{_UNSPACED}]|[{_SIGNS_IN_WORDS}])+")
_ALONE = re.compile(f"[{_HAN}{_UNSPACED}]")
#: Texts without any of these, most of them, are split by a plain ``\\w+`` at a third of the time.
_OTHER = re.compile(f"[{_HAN}{_UNSPACED}{_SIGNS_IN_WORDS}]")
_WORD = re.compile(r"\w+")
_IS_HAN = re.compile(f"[{_HAN}]")
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shingles:
    """A text as what it is compared by."""

    #: Hashes of 32 bits with a sign, one for each place where a shingle begins, in the order of the text.
    hashes: Sequence[int]
    #: Places in ``hashes`` of those that were chosen, in order.
    chosen: Sequence[int]
    #: The different numbers in the text, as written.
    numbers: frozenset[str]

    @property
    def prints(self) -> frozenset[int]:
        """The chosen hashes."""
        return frozenset(self.hashes[place] for place in self.chosen)

    def without(self, common: frozenset[int]) -> frozenset[int]:
        """The hashes of all passages but those that stand for one of the chosen in ``common``."""
        if not common:
            return frozenset(self.hashes)
        ends = [*self.chosen[1:], len(self.hashes)]
        left: set[int] = set(self.hashes[: self.chosen[0]]) if self.chosen else set()
        for place, end in zip(self.chosen, ends, strict=True):
            if self.hashes[place] not in common:
                left.update(self.hashes[place:end])
        return frozenset(left)


def shingles_of(text: str) -> Shingles:
    """The shingles of a text, blind to case, punctuation, white space and the shape of letters."""
    text = plain(text).casefold()
    spaced = text.isascii() or not _OTHER.search(text)
    hashes = _hashes((_WORD if spaced else _TOKEN).findall(text), spaced=spaced)
    return Shingles(hashes=hashes, chosen=winnowed(hashes), numbers=frozenset(_NUMBER.findall(text)))


def _hashes(tokens: Sequence[str], *, spaced: bool) -> list[int]:
    # The words lie in one string of bytes and every shingle is a slice of it: a third of the time of joining each.
    starts, at = [0], 0
    packed = [token.encode(errors="surrogatepass") + b" " for token in tokens]
    for word in packed:
        at += len(word)
        starts.append(at)
    data = b"".join(packed)
    crc = zlib.crc32
    if spaced:
        return [crc(data[a:b]) - _MIDDLE for a, b in zip(starts, starts[_WORDS:], strict=False)]
    ends = [n + _length(token) for n, token in enumerate(tokens)]
    return [crc(data[starts[n] : starts[end]]) - _MIDDLE for n, end in enumerate(ends) if end <= len(tokens)]


def _length(token: str) -> int:
    """In tokens, of the shingle that begins with this one."""
    if not _ALONE.match(token):
        return _WORDS
    return _SIGNS if _IS_HAN.match(token) else _LETTERS


def winnowed(hashes: Sequence[int]) -> list[int]:
    """Places of the lowest hash, the last of equal ones, in each window; of a text shorter than that, in all of it."""
    # Hash and place in one number, so that the lowest is found without looking anything up.
    keys = [value << _PLACE_BITS | _LAST_PLACE - place for place, value in enumerate(hashes)]
    chosen: list[int] = []
    lowest, place = 0, -1
    for end in range(min(WINDOW, len(keys)), len(keys) + 1) if keys else ():
        start = max(0, end - WINDOW)
        if place < start:  # it has left the window: look through all of it
            lowest = min(keys[start:end])
        elif keys[end - 1] < lowest:
            lowest = keys[end - 1]
        else:
            continue
        place = _LAST_PLACE - (lowest & _LAST_PLACE)
        chosen.append(place)
    return chosen
