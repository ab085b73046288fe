"""Text → text inside XML."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

#: What XML 1.0 cannot hold, however it is written; and carriage returns, which a parser would make newlines.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


def xml_text(text: str) -> str:
    """The text between two tags; what XML cannot hold becomes U+FFFD."""
    return escape(_holdable(text))


def xml_value(text: str) -> str:
    """The text as the value of an attribute, in its quotes."""
    return quoteattr(_holdable(text))


def element(name: str, text: str | None, **attributes: str | None) -> str:
    """An element that holds a text; nothing for a text that there is not. ``_`` in a name is ``:``."""
    if not text:
        return ""
    return f"<{name}{_attributes(attributes)}>{xml_text(text)}</{name}>"


def empty(name: str, **attributes: str | None) -> str:
    """An element without content."""
    return f"<{name}{_attributes(attributes)}/>"


def _attributes(attributes: dict[str, str | None]) -> str:
    written = [
        f" {name.rstrip('_').replace('__', ':')}={xml_value(value)}" for name, value in attributes.items() if value
    ]
    return "".join(written)


def _holdable(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
