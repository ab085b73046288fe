"""A text in, its sentences out, in any script: good enough to tell which of them changed, and the same every time.

Both sides of a comparison go through it, so a sentence cut in the wrong place does no harm as long as it is cut there
again. A library was not worth it: those that are maintained and permissive know a dozen languages.
"""

from __future__ import annotations

import re
from itertools import pairwise

#: Where a sentence may end: a stop, with brackets and quotation marks that close behind it, and white space.
_STOP = re.compile(r"[.!?…؟]+(?:[\"'“”’»›)\]]|\s»(?=\s))*(?=\s+(?P<next>\S))")
#: Stops that need no space behind them: of Chinese, Japanese, Hindi, Urdu, Armenian, Ethiopic, Khmer, Burmese, Tibetan.
_ALWAYS = re.compile('[。！？｡।॥۔։።។။།]+[」』”’）)»"]*')
_THAI_SPACE = re.compile("(?<=[\u0e00-\u0eff])\\s+(?=[\u0e00-\u0eff])")
#: A sentence that is longer is cut at its commas: a change in a list is told without printing the list.
_LONGEST = 800
_CLAUSE = re.compile(r"[,;:،、，；](?=\s|[^\x00-\x7f])\s*")
#: Words whose dot is theirs; single letters are so anyway.
_ABBREVIATIONS = """
    mr mrs ms mx dr prof st gen lt col capt sgt maj gov sen rep rev hon pres jr sr vs etc approx nos vol inc ltd
    co corp bros dept univ assn jan feb apr jun jul aug sept sep oct nov dec tue thu a.m p.m e.g i.e u.s u.k u.n
    nr bzw ca usw abs art bd hrsg str z.b d.h u.a s.o vgl evtl ggf inkl mio mrd geb gest mme mlle mgr av sra
    srta ud uds ing arq lic dott avv geom sig tzv npr itd sl kč tj např ok г гг ул др проф
"""
_DOTTED = frozenset(_ABBREVIATIONS.split())
_LAST_WORD = re.compile(r"[\w.]*$")


def sentences_of(text: str) -> list[list[str]]:
    """Paragraphs, each as its sentences; of a text without any, none."""
    paragraphs = (" ".join(paragraph.split()) for paragraph in re.split(r"\n\s*\n", text))
    return [_sentences(paragraph) for paragraph in paragraphs if paragraph]


def _sentences(paragraph: str) -> list[str]:
    ends = {match.end() for match in _ALWAYS.finditer(paragraph)}
    ends |= {match.end() for match in _STOP.finditer(paragraph) if _ends_here(paragraph, match)}
    if not ends:
        ends = {match.start() for match in _THAI_SPACE.finditer(paragraph)}
    cut = _cut(paragraph, ends)
    return [part for sentence in cut for part in (_clauses(sentence) if len(sentence) > _LONGEST else [sentence])]


def _ends_here(paragraph: str, stop: re.Match[str]) -> bool:
    """False after an abbreviation, an initial, the number of a day, and before a small letter."""
    if stop["next"].islower():
        return False
    if not stop[0].startswith(".") or stop[0].startswith(".."):
        return True
    found = _LAST_WORD.search(paragraph[max(0, stop.start() - 20) : stop.start()])
    word = found[0] if found else ""
    if word.isdigit():
        return len(word) > 2 or not stop["next"].isalpha()
    return not (len(word) == 1 and word.isalpha()) and word.casefold() not in _DOTTED


def _clauses(sentence: str) -> list[str]:
    return _cut(sentence, {match.end() for match in _CLAUSE.finditer(sentence)})


def _cut(text: str, ends: set[int]) -> list[str]:
    places = [0, *sorted(ends), len(text)]
    parts = (text[a:b].strip() for a, b in pairwise(places))
    return [part for part in parts if part]
