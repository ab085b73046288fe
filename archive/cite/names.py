"""A byline's name in, its parts out: family name, given names, particle, suffix; or whole, where it has no such parts.

A name that is split wrongly is worse than one that is not split: what may be an agency, an institution or a single
name stays whole, and family names come first only where the script or the article's language says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from archive.stories.credit import is_agency


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A name in its parts. Either ``literal`` or ``family`` is not empty."""

    family: str = ""
    given: str = ""
    #: "van der", "de": written before the family name, not part of what it is filed under everywhere.
    particle: str = ""
    #: "Jr.", "III".
    suffix: str = ""
    #: The whole name, where it has no parts: an agency, an institution, a single name.
    literal: str = ""

    @property
    def natural(self) -> str:
        """As one says it: the family name first in the scripts of East Asia, without a space."""
        if self.family and _EAST.fullmatch(self.family) and _EAST.fullmatch(self.given):
            return self.family + self.given
        return self.literal or " ".join(filter(None, [self.given, self.last, self.suffix]))

    @property
    def last(self) -> str:
        """What stands before the comma in a list: particle and family name, or the whole."""
        return self.literal or " ".join(filter(None, [self.particle, self.family]))


_PARTICLES = """
    de da do dos das del della dello di du des d' l' la le van von der den het 't ter ten te zu zur zum vom af av bin
    ibn ben abu el al bint san st. ter y e i da' dalla degli dei
"""
_PARTICLE = frozenset(_PARTICLES.split())
#: Before a family name also with a capital, and then a part of it: "Van Buren", "De Niro", "Le Pen".
_CAPITALS = "Van Von De Di Da Du Del Della Le La El Al Mac Mc Saint St. San Santa Ter Ten Der Den Dos O"
_CAPITAL = frozenset(_CAPITALS.split())
_SUFFIX = re.compile(r"(?:jr|sr|ii|iii|iv|ph\.?\s?d|m\.?\s?d|esq|mba|dds|rn|cpa|obe|mbe|cbe)\.?", re.IGNORECASE)
#: What no person is called.
_INSTITUTION = re.compile(
    r"""(?ix)\b(?:agency|press|news|newsroom|media|team|desk|staff|editors?|editorial|redaktion|redaction|rédaction
      | redacción|redazione|redação|redactie|redakcja|redakcija|agencies|agenturen|agencias|university|universität
      | université|universidad|institute?|ministry|ministerium|department|office|bureau|council|committee|commission
      | association|foundation|federation|society|bank|group|company|corporation|studio|network|times|post|gazette
      | herald|tribune|journal|guardian|inc|ltd|llc|gmbh|ag|corp|s\.a)\b | [&@/\d] | редакция | редакція
    """
)
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff々]+")
_HANGUL = re.compile("[\uac00-\ud7a3]+")
_EAST = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7a3々]+")
#: Chinese and Korean family names of two signs.
_DOUBLE = """
    欧阳 歐陽 司马 司馬 上官 诸葛 諸葛 东方 東方 皇甫 尉迟 尉遲 公孙 公孫 慕容 令狐 端木 夏侯
    남궁 황보 제갈 선우 독고 사공 서문
"""
_TWO_SIGNS = frozenset(_DOUBLE.split())
#: Second given names: "María José López" has one family name, "Gabriel García Márquez" two.
_SPANISH = """
    josé maría luis carlos antonio manuel miguel ángel jesús pablo francisco juan javier andrés ignacio alberto isabel
    teresa carmen elena cristina fernanda alejandra alejandro eduardo enrique ramón pilar dolores mercedes belén
"""
_SECOND_GIVEN = frozenset(_SPANISH.split())
_VIETNAMESE_NAMES = """
    nguyễn trần lê phạm hoàng huỳnh phan vũ võ đặng bùi đỗ hồ ngô dương lý đinh đoàn trịnh trương mai đào
"""
_VIETNAMESE = frozenset(_VIETNAMESE_NAMES.split())


def split_name(name: str, language: str | None = None) -> Name:
    """The parts of a name. ``language``: of the article, a BCP 47 tag; it tells the order of some names."""
    name = " ".join(name.split())
    tongue = (language or "").lower().partition("-")[0]
    if not name or is_agency(name) or _INSTITUTION.search(name):
        return Name(literal=name)
    if _EAST.fullmatch(re.sub(r"[\s・]", "", name)):
        return _eastern(name, tongue)
    name, suffix = _without_suffix(name)
    if "," in name:
        family, _, given = (part.strip() for part in name.partition(","))
        return _filed(family, given, suffix) if family and given else Name(literal=family or given)
    words = name.split()
    if len(words) == 1:
        return Name(literal=name)
    if _family_first(words, tongue):
        return Name(family=words[0], given=" ".join(words[1:]), suffix=suffix)
    at = _family_begins(words, tongue)
    return _filed(" ".join(words[at:]), " ".join(words[:at]), suffix)


def _eastern(name: str, tongue: str) -> Name:
    """Family name first; after a middle dot, as in foreign names in katakana, last."""
    if "・" in name:
        foreign, _, family = name.rpartition("・")
        return Name(family=family, given=foreign)
    if " " in name:
        family, _, given = name.partition(" ")
        return Name(family=family, given=given)
    chinese = tongue == "zh" and _HAN.fullmatch(name) and 2 <= len(name) <= 4
    korean = _HANGUL.fullmatch(name) and 2 <= len(name) <= 4
    if not (chinese or korean):
        return Name(literal=name)  # of a Japanese name nobody can tell where the family name ends
    signs = 2 if name[:2] in _TWO_SIGNS and len(name) > 2 else 1
    return Name(family=name[:signs], given=name[signs:])


def _without_suffix(name: str) -> tuple[str, str]:
    head, separator, tail = name.rpartition(" ")
    if separator and _SUFFIX.fullmatch(tail) and len(head.rstrip(",").split()) > 1:
        return head.rstrip(","), tail
    return name, ""


def _family_first(words: list[str], tongue: str) -> bool:
    if tongue == "vi":
        return words[0].casefold() in _VIETNAMESE
    return tongue == "hu" and 2 <= len(words) <= 3 and not any(word.casefold() in _PARTICLE for word in words)


def _family_begins(words: list[str], tongue: str) -> int:
    """Place of the first word of the family name, its particles included; the first word is always given."""
    at = len(words) - 1
    if tongue in ("es", "ca", "gl") and _has_two_family_names(words):
        at -= 1
    if at >= 3 and words[at - 1] in ("y", "i", "e"):  # Ortega y Gasset
        at -= 2
    while at > 1 and (words[at - 1].casefold() in _PARTICLE or words[at - 1] in _CAPITAL):
        at -= 1
    return at


def _has_two_family_names(words: list[str]) -> bool:
    own = [word for word in words if word.casefold() not in _PARTICLE]
    if len(own) < 3 or words[-2].casefold() in _PARTICLE:
        return False
    return len(own) > 3 or (own[1].casefold() not in _SECOND_GIVEN and not own[1].endswith("."))


def _filed(family: str, given: str, suffix: str) -> Name:
    """With the particles in small letters set apart."""
    words = family.split()
    at = 0
    while at < len(words) - 1 and words[at] in _PARTICLE:
        at += 1
    return Name(family=" ".join(words[at:]), given=given, particle=" ".join(words[:at]), suffix=suffix)
