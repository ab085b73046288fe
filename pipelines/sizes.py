"""A text in; how much it says out, in letters and words, also in scripts that put no spaces between words."""

from __future__ import annotations

import re

#: A paragraph of this size is running text, not a label or a line of data.
RUNNING_TEXT = 120

_DENSE = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
#: Letters of a word in such a script: two signs in Chinese and Japanese.
_SIGNS = 2


def size_of(text: str) -> int:
    """A text's length in Latin letters: a Chinese, Japanese or Korean sign says as much as three."""
    return len(text) if text.isascii() else len(text) + 2 * len(_DENSE.findall(text))


def count_words(text: str) -> int:
    """A text's words: what stands between spaces, and two signs for a word where there are none."""
    spaced = len(text.split())
    return spaced if text.isascii() else spaced + len(_UNSPACED.findall(text)) // _SIGNS
