"""Text that a database and a UTF-8 file can hold."""

from __future__ import annotations

import re

#: Scripts in which a sign says as much as two or three letters.
_IDEOGRAPHS = re.compile("[\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff]")


def storable(text: str) -> str:
    """The text with lone surrogates (half a character, as broken JSON escapes give) replaced by U+FFFD, without NUL."""
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.replace("\0", "")


def extent(text: str) -> int:
    """How much a text says, in letters: an ideograph or a Hangul syllable stands for two and a half."""
    return len(text) if text.isascii() else len(text) + 3 * len(_IDEOGRAPHS.findall(text)) // 2
