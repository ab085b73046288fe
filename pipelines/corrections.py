"""A paragraph in; whether it corrects or clarifies an earlier text of the article out."""

from __future__ import annotations

import re

#: Shorter lines are links to a page about corrections.
_SHORTEST = 30
_LONGEST = 1_500
_CORRECTS = re.compile(
    r"""(?ix)^\W*(?:
      (?:correction|clarification|corrections?\ and\ clarifications?|editor['’]?s?['’]?\ note|erratum|rectification)
        (?:\s*\([^()]{1,40}\)|,?\s+\w{3,9}\.?\s\d{1,2}(?:,?\s\d{4})?|\s\d{1,2}\s\w{3,9}\.?(?:\s\d{4})?)?\s*[:—–-]\s?\S
      | (?:an|a\ (?:previous|prior))\ (?:earlier|previous|original|prior)?\s?(?:version|edition|headline)\b
      | (?:this|the)\ (?:article|story|post|piece|report|column|page|headline)\ (?:was|has\ been|have\ been)
        \ (?:\w+\ (?:on\ )?.{0,30})?(?:corrected|amended|clarified)\b
      | (?:korrektur(?:hinweis)?|berichtigung|richtigstellung|klarstellung
        |anm(?:erkung|\.)\ d(?:er|\.)\ red(?:aktion|\.))
        \s*(?:\([^()]{1,40}\)|vom\ .{5,30})?\s*[:—–-]\s?\S
      | in\ einer\ (?:früheren|ersten|vorherigen)\ (?:version|fassung)\b
      | (?:correctif|rectificatif|erratum|précision|note\ de\ la\ rédaction)\s*:\s?\S
      | (?:fe\ de\ erratas?|corrección|rectificación|aclaración|nota\ de\ la\ redacción)\s*:\s?\S
      | (?:rettifica|errata\ corrige|nota\ della\ redazione|correção|errata|nota\ da\ redação)\s*:\s?\S
      | (?:rectificatie|correctie|ispravak|ispravka|popravek|sprostowanie|oprava|rättelse|rettelse|oikaisu)\s*:\s?\S
      | исправление\s*:\s?\S | поправка\s*:\s?\S
    )"""
)
#: The same said at the end of a note: "This article was updated on …" alone corrects nothing.
_MIXED = re.compile(
    r"(?i)\b(?:an (?:earlier|previous) version of this (?:article|story|post|piece|report|column)"
    r"|(?:misstated|misidentified|incorrectly (?:stated|said|identified|described|reported)))\b"
)
#: Without one of these no expression need look.
_MIXED_PARTS = ("version of this", "misstated", "misidentified", "incorrectly")


def is_correction(text: str) -> bool:
    """True for "Correction: …", "An earlier version of this article misstated …" and the like in several languages."""
    if not _SHORTEST <= len(text) <= _LONGEST:
        return False
    return bool(_CORRECTS.match(text)) or (len(text) < 600 and _is_mixed(text))


def _is_mixed(text: str) -> bool:
    lowered = text.lower()
    return any(part in lowered for part in _MIXED_PARTS) and len(_MIXED.findall(text)) >= 2
