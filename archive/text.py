"""Text that a database and a UTF-8 file can hold."""

from __future__ import annotations


def storable(text: str) -> str:
    """The text with lone surrogates (half a character, as broken JSON escapes give) replaced by U+FFFD, without NUL."""
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.replace("\0", "")
