"""Text → the same with a separator between the signs of scripts that put no space between words.

The index's tokenizer breaks words where there are no letters, and would take a whole Chinese sentence for one word.
With a separator around each sign a word of such a script is found as a phrase of its signs, wherever it stands. The
separator is put in only, and taken out again from what is shown: marks around found words stay where they belong.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping

#: "Unit separator": no letter to the tokenizer, and nothing that a text needs.
SEPARATOR = "\x1f"
#: First and last code points: Han with its radicals, kana, Bopomofo, Yi, Thai, Lao, Myanmar, Khmer, Tai.
_SCRIPTS = (
    (0x2E80, 0x2FD5), (0x3005, 0x3007), (0x3021, 0x3029), (0x3041, 0x3096), (0x309D, 0x309F), (0x30A1, 0x30FA),
    (0x30FC, 0x312F), (0x31A0, 0x31BF), (0x31F0, 0x31FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xA000, 0xA48C),
    (0xF900, 0xFAFF), (0xFF66, 0xFF9F), (0x1B000, 0x1B16F), (0x20000, 0x323AF),
    (0x0E01, 0x0E5B), (0x0E81, 0x0EDF), (0x1000, 0x109F), (0x1780, 0x17DD), (0x1950, 0x19DF), (0x1A20, 0x1AAD),
    (0xA9E0, 0xA9FE), (0xAA60, 0xAADF),
)  # fmt: skip
_MARKS = "".join(
    chr(code)
    for first, last in _SCRIPTS
    if last < 0xAAE0
    for code in range(first, last + 1)
    if unicodedata.category(chr(code)).startswith("M")
)
_SIGN = re.compile("[" + "".join(f"{chr(a)}-{chr(b)}" for a, b in _SCRIPTS) + f"][{_MARKS}]*")
#: Columns that the index holds words of.
INDEXED = ("title", "authors", "description", "body")


def spaced(text: str) -> str:
    """The text with a separator on either side of each sign of a script without spaces."""
    if text.isascii() or not _SIGN.search(text):
        return text
    return _SIGN.sub(rf"{SEPARATOR}\g<0>{SEPARATOR}", text).replace(SEPARATOR * 2, SEPARATOR)


def joined(text: str) -> str:
    """The text as it was before ``spaced``."""
    return text.replace(SEPARATOR, "")


def spaced_columns(row: Mapping[str, object]) -> str | None:
    """The column ``spaced`` of an article's row: a JSON object of the indexed columns that need it; None: none does."""
    texts = {name: text for name in INDEXED if isinstance(text := row.get(name), str) and not text.isascii()}
    changed = {name: new for name, text in texts.items() if (new := spaced(text)) != text}
    return json.dumps(changed, ensure_ascii=False) if changed else None
