"""A text's identity, blind to changes that no reader sees."""

from __future__ import annotations

import hashlib
import re
import unicodedata

_QUOTES = str.maketrans({"‘": "'", "’": "'", "‚": "'", "“": '"', "”": '"', "„": '"', "–": "-", "—": "-", "\u00ad": ""})
_WORD = re.compile(r"\w+")


def plain(text: str) -> str:
    """Compatibility-normalised, straight quotes, single spaces: the form in which texts are compared."""
    return " ".join(unicodedata.normalize("NFKC", text).translate(_QUOTES).split())


def content_hash(title: str, body: str) -> str:
    """SHA-256 hex over title and body in plain form: changed white space or curled quotes make no revision."""
    return hashlib.sha256(f"{plain(title)}\0{plain(body)}".encode(errors="surrogatepass")).hexdigest()


def same_text(title_a: str, body_a: str, title_b: str, body_b: str) -> bool:
    """True if two records are one article: equal headlines, or half of their distinct words shared (Jaccard)."""
    if plain(title_a).casefold() == plain(title_b).casefold():
        return True
    a, b = set(_WORD.findall(plain(body_a).casefold())), set(_WORD.findall(plain(body_b).casefold()))
    return bool(a | b) and len(a & b) / len(a | b) >= 0.5
