"""A text's identity, blind to changes that no reader sees."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable

_SHAPES = (*zip("‘’‚", "'''", strict=True), *zip("“”„–—", '"""--', strict=True), ("\u00ad", ""))
#: All shapes of quotes, of dashes, and what has no width, for lines.
_ALL_SHAPES = (("“”„‟«»″", '"'), ("‘’‚‛‹›′`´", "'"), ("‐‑–—―", "-"), ("\u00ad\u200b\u2060\ufeff", ""))
_SHAPES_IN_LINES = tuple((sign, straight) for signs, straight in _ALL_SHAPES for sign in signs)
_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")


def plain(text: str) -> str:
    """Compatibility-normalised, straight quotes, single spaces: the form in which texts are compared."""
    if not text.isascii():
        text = _replaced(unicodedata.normalize("NFKC", text), _SHAPES)
    return " ".join(text.split())


def _replaced(text: str, shapes: Iterable[tuple[str, str]]) -> str:
    # A line is looked at on every page: this takes a tenth of the time of ``str.translate``.
    for sign, plain_sign in shapes:
        text = text.replace(sign, plain_sign)
    return text


def content_hash(title: str, body: str) -> str:
    """SHA-256 hex over title and body in plain form: changed white space or curled quotes make no revision."""
    return hashlib.sha256(f"{plain(title)}\0{plain(body)}".encode(errors="surrogatepass")).hexdigest()


def same_text(title_a: str, body_a: str, title_b: str, body_b: str) -> bool:
    """True if two records are one article: equal headlines, or half of their distinct words shared (Jaccard)."""
    if plain(title_a).casefold() == plain(title_b).casefold():
        return True
    a, b = set(_WORD.findall(plain(body_a).casefold())), set(_WORD.findall(plain(body_b).casefold()))
    return bool(a | b) and len(a & b) / len(a | b) >= 0.5


def line_fingerprint(text: str) -> str:
    """16 hex digits for a line of a page, blind to case, white space, the shape of quotes and the value of numbers.

    So "3 comments" and "12 Comments" are one line.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", _replaced(text, _SHAPES_IN_LINES))
    key = _NUMBER.sub("#", " ".join(text.casefold().split()))
    return hashlib.blake2b(key.encode(errors="surrogatepass"), digest_size=8).hexdigest()
