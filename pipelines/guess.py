"""Bytes of a page without a declaration that fits in, the codec that makes the likeliest text of them out."""

from __future__ import annotations

import re
from collections import Counter

#: What browsers know and pages of newspapers are found in, as charset-normalizer calls them.
_CANDIDATES = [
    *("cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp874", "cp866"),
    *("iso8859_2", "iso8859_5", "iso8859_6", "iso8859_7", "iso8859_8", "koi8_r", "koi8_u", "mac_cyrillic"),
    *("gb18030", "big5hkscs", "euc_jp", "cp932", "cp949"),
]
#: Codecs of Latin letters, the likeliest first: which of them it is, the letters beyond ASCII decide.
_LATIN = ("cp1252", "cp1250", "iso8859_2", "cp1254", "cp1257")
#: The letters beyond ASCII of languages that were written in them.
_ALPHABETS = tuple(
    frozenset(letters + letters.upper())
    for letters in (
        "äöüß",  # German
        "àâæçéèêëîïôœùûüÿ",  # French
        "áéíóúüñ",  # Spanish
        "áâãàçéêíóôõú",  # Portuguese
        "àèéìíòóù",  # Italian
        "àçèéíïòóúü·",  # Catalan
        "åäöéæø",  # the Nordic ones
        "áðéíóúýþæö",  # Icelandic
        "éëïóöüèê",  # Dutch
        "ąćęłńóśźż",  # Polish
        "áčďéěíňóřšťúůýžäľĺôŕ",  # Czech and Slovak
        "áéíóöőúüű",  # Hungarian
        "čćđšž",  # Croatian, Serbian, Slovene
        "ăâîşţ",  # Romanian
        "çğıöşüİâî",  # Turkish
        "ąčęėįšųūž",  # Lithuanian
        "āčēģīķļņšūž",  # Latvian
        "äöõüšž",  # Estonian
    )
)
#: In every alphabet: typographer's marks.
_MARKS = frozenset("“”„‘’‚«»‹›–—…•·°§©®™€£¡¿\xa0\xad")
_NO_TEXT = re.compile(rb"(?is)<(script|style)\b.*?</\1\s*>|<!--.*?-->|<[^>]*>")
_BEYOND_ASCII = re.compile(rb"[^\r\n]*[\x80-\xff][^\r\n]*")
_ASCII = bytes(range(128))
_NO_LETTERS = bytes(byte for byte in _ASCII if not chr(byte).isalpha())
#: Share of bytes beyond ASCII among letters below which a text is in Latin ones. Czech has 0.16, Russian 1; a text
#: with a © and nothing else has too little for any statistics.
_MOSTLY_ASCII = 0.25
_RUSSIAN, _UKRAINIAN, _GREEK = "оеаинтсрвлк", "оаніиетвсрлк", "αοιτεσνηυρπίάόέή"
_HEBREW, _ARABIC, _THAI = "יולאהמרתשנב", "الينمروتبعةدف", "านรอกเงมยลว่ัีดท้ส"
#: Codecs of other scripts with one byte a letter → the commonest letters of what was written in them. The wrong
#: codec gives letters of the alphabet too, but not these, or capitals.
_COMMON = [
    *((codec, _RUSSIAN) for codec in ("cp1251", "koi8_r", "iso8859_5", "cp866", "mac_cyrillic")),
    *((codec, _UKRAINIAN) for codec in ("cp1251", "koi8_u", "iso8859_5")),
    *((codec, _GREEK) for codec in ("cp1253", "iso8859_7")),
    *((codec, _HEBREW) for codec in ("cp1255", "iso8859_8")),
    *((codec, _ARABIC) for codec in ("cp1256", "iso8859_6")),
    ("cp874", _THAI),
]
#: Share of the commonest letters in a text of some length: 0.6 to 0.8; read with the codec of another script: 0.44.
_COMMON_ENOUGH = 0.48
#: Bytes that are looked at: the answer hardly changes after them, and its cost grows with their number.
_SAMPLE = 8_000
_READ = 500_000


def guess_codec(body: bytes) -> str | None:
    """The likeliest codec; None for bytes that no candidate reads."""
    sample = _sample(body)
    if len(sample.translate(None, _ASCII)) < _MOSTLY_ASCII * len(sample.translate(None, _NO_LETTERS)):
        return _latin(sample)
    if likely := _other_script(sample) or _japanese(sample):
        return likely
    from charset_normalizer import from_bytes  # slow to import, and seldom needed

    best = from_bytes(sample, cp_isolation=_CANDIDATES, explain=False).best()
    if best is None or best.encoding == "ascii":
        return None
    if best.encoding in _LATIN:
        return _latin(sample)
    return best.encoding


def _sample(body: bytes) -> bytes:
    """The lines of the text that have bytes beyond ASCII, without the markup: there is nothing else to go by."""
    text = _NO_TEXT.sub(b" ", body[:_READ])
    return b"\n".join(_BEYOND_ASCII.findall(text))[:_SAMPLE]


def _other_script(sample: bytes) -> str | None:
    def share(pair: tuple[str, str]) -> float:
        codec, common = pair
        letters = [letter for letter in sample.decode(codec, errors="replace") if letter > "\x7f"]
        return sum(letter in common for letter in letters) / len(letters)

    best = max(_COMMON, key=share)
    return best[0] if share(best) >= _COMMON_ENOUGH else None


def _japanese(sample: bytes) -> str | None:
    """A Japanese codec if the text has kana in it: the same bytes are readable Chinese and Korean, but without any."""
    for codec in ("euc_jp", "cp932"):
        letters = [letter for letter in sample.decode(codec, errors="replace") if letter > "\x7f"]
        kana = sum("ぁ" <= letter <= "ヺ" for letter in letters)
        if kana > 0.2 * len(letters) and letters.count("�") < 0.02 * len(letters):
            return codec
    return None


def _latin(sample: bytes) -> str:
    def fit(codec: str) -> float:
        counts = Counter(letter for letter in sample.decode(codec, errors="replace") if letter > "\x7f")
        return max(
            sum(number if letter in alphabet or letter in _MARKS else -number for letter, number in counts.items())
            for alphabet in _ALPHABETS
        )

    return max(_LATIN, key=fit)
