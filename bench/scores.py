"""Two texts, names or dates in, a figure from 0 to 1 out: the definitions behind every table. Pure.

- ``word_f1``: F1 of the bags of lower-cased ``\\w+`` words; two empty texts are equal, 1.
- ``share_found``, ``share_absent``: snippets that a text contains or does not, white space collapsed and case
  folded on both sides.
- ``share_said``: the same as ``share_found``, blind to the shape of quotes and dashes.
- ``same_title``: equal after case folding and collapsing what is no letter or digit.
- ``name_f1``: F1 of the sets of names, each normalised like a title.
- ``same_day``: the same calendar day, as exactly as the truth is written (a month: the month).
"""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Iterable, Sequence

_WORD = re.compile(r"\w+")
_NO_WORD = re.compile(r"[\W_]+")
_STRAIGHT = str.maketrans(dict.fromkeys("‘’‚‛′", "'") | dict.fromkeys("“”„‟«»″", '"') | dict.fromkeys("‐‑‒–—―", "-"))
#: What stands between the names of a byline in one string.
_BETWEEN_NAMES = re.compile(r"\s*(?:,|;|&|\band\b|/)\s*")


def words(text: str) -> Counter[str]:
    """The bag of a text's words."""
    return Counter(_WORD.findall(text.lower()))


def word_f1(found: str, truth: str) -> float:
    """F1 of two texts' words."""
    ours, theirs = words(found), words(truth)
    if not ours and not theirs:
        return 1.0
    return _f1((ours & theirs).total(), ours.total(), theirs.total())


def plain(text: str | None) -> str:
    """Case folded, and only words left."""
    return _NO_WORD.sub(" ", (text or "").casefold()).strip()


def flat(text: str) -> str:
    """Case folded, white space collapsed."""
    return " ".join(text.casefold().split())


def share_found(text: str, snippets: Sequence[str]) -> float:
    """Share of the snippets that the text contains."""
    within = flat(text)
    return sum(flat(snippet) in within for snippet in snippets) / len(snippets)


def share_said(text: str, snippets: Sequence[str]) -> float:
    """The same whatever shape quotes and dashes have."""
    return share_found(text.translate(_STRAIGHT), [snippet.translate(_STRAIGHT) for snippet in snippets])


def share_absent(text: str, snippets: Sequence[str]) -> float:
    """Share of the snippets that the text does not contain."""
    return 1 - share_found(text, snippets)


def same_title(found: str | None, truth: str | None) -> bool:
    """Whether two headlines have the same words in the same order."""
    return plain(found) == plain(truth)


def names(written: str | Iterable[str] | None) -> set[str]:
    """The names of a byline in one string, taken apart; a list is taken as it is."""
    parts = _BETWEEN_NAMES.split(written) if isinstance(written, str) else list(written or ())
    return {name for name in map(plain, parts) if name}


def name_f1(found: set[str], truth: set[str]) -> float:
    """F1 of two sets of names."""
    return 1.0 if not found and not truth else _f1(len(found & truth), len(found), len(truth))


def same_day(found: str | None, truth: str) -> bool:
    """Whether two ISO dates are the same day."""
    return bool(found) and (found or "")[: min(len(truth), 10)] == truth[:10]


def mean(figures: Sequence[float]) -> float | None:
    """The mean; None of nothing."""
    return statistics.fmean(figures) if figures else None


def paired(ours: Sequence[float], theirs: Sequence[float]) -> tuple[float, float] | None:
    """Mean of the differences page by page and its standard error; None below two pages."""
    differences = [one - other for one, other in zip(ours, theirs, strict=True)]
    if len(differences) < 2:
        return None
    return statistics.fmean(differences), statistics.stdev(differences) / len(differences) ** 0.5


def _f1(common: int, ours: int, theirs: int) -> float:
    return 2 * common / (ours + theirs) if common else 0.0
