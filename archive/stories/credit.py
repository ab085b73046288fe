"""An article in; the news agency that it names as its own source out: a guess, with the words that it was read from.

Only places that sign a text count: the byline, the dateline at its head, the line at its end. An agency that is quoted
("told Reuters"), or that took the picture, wrote nothing of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

#: The agency as it is told → the ways in which it is written.
_AGENCIES = {
    "AP": r"ap|associated press|the associated press|ap news",
    "Reuters": r"reuters|thomson reuters|ロイター",
    "AFP": r"afp|agence france[- ]presse|法新社",
    "dpa": r"dpa(?:-\w{2,10})?|deutsche presse[- ]agentur",
    "APA": r"apa|austria presse agentur",
    "Keystone-SDA": r"keystone-sda|keystone-ats|sda|ats",
    "PA": r"pa|pa media|press association",
    "UPI": r"upi",
    "EFE": r"efe|agencia efe",
    "Europa Press": r"europa press|ep",
    "ANSA": r"ansa",
    "Adnkronos": r"adnkronos",
    "Lusa": r"lusa",
    "Belga": r"belga",
    "ANP": r"anp",
    "TT": r"tt",
    "NTB": r"ntb",
    "Ritzau": r"ritzau",
    "STT": r"stt",
    "PAP": r"pap",
    "ČTK": r"čtk|ctk",
    "TASR": r"tasr",
    "MTI": r"mti",
    "Hina": r"hina",
    "STA": r"sta",
    "Tanjug": r"tanjug|танјуг",
    "Fena": r"fena",
    "BETA": r"beta",
    "Agerpres": r"agerpres",
    "BTA": r"bta|бта",
    "Anadolu": r"aa|anadolu(?: agency| ajansı)?",
    "TASS": r"tass|тасс",
    "RIA Novosti": r"риа новости|ria novosti",
    "Interfax": r"interfax|интерфакс",
    "Ukrinform": r"ukrinform|укрінформ",
    "Xinhua": r"xinhua|新华社|新華社",
    "Kyodo": r"kyodo(?: news)?|共同(?:通信)?",
    "Jiji": r"jiji(?: press)?|時事(?:通信)?",
    "Yonhap": r"yonhap|연합뉴스|聯合通訊社",
    "PTI": r"pti|press trust of india",
    "ANI": r"ani",
    "IANS": r"ians",
    "Antara": r"antara",
    "AAP": r"aap|australian associated press",
    "CP": r"cp|(?:the )?canadian press",
    "Bloomberg": r"bloomberg(?: news)?",
    "KNA": r"kna",
    "epd": r"epd",
    "SID": r"sid",
}
_ANY = "|".join(f"(?P<a{n}>{written})" for n, written in enumerate(_AGENCIES.values()))
_NAMES = tuple(_AGENCIES)
_WHOLE = re.compile(f"(?i)(?:{_ANY})")
#: Looked for as written: "sta" and "beta" are words in some language.
_HEAD, _TAIL = 160, 80
_BETWEEN = r"[^\n.!?()（）【】]{0,70}?"
#: "LONDON, Nov 10 (Reuters) -", "Berlin (dpa/lby) –", "(ANSA) - ROMA", "MADRID, 10 (EUROPA PRESS)", "東京（共同）"
_IN_BRACKETS = re.compile(
    rf"{_BETWEEN}[(（](?P<inside>[^()（）\n]{{2,40}})[)）]\s*(?:[.:]?\s?[-–—―]|:|\s|$)|【(?P<square>[^【】\n]{{2,40}})】"
)
#: "МОСКВА, 10 ноя — РИА Новости.", "新华社北京11月10日电", "BRUSSEL - (Belga)"
_AFTER_DASH = re.compile(rf"{_BETWEEN}[-–—]\s?/?(?P<inside>[^\W\d_][^\n.,/—–-]{{1,24}})/?\s?[.—–-]")
_GLUED_NAME = re.compile(r"(?:法新社|新华社|新華社|共同(?:通信)?|時事(?:通信)?|ロイター|연합뉴스|聯合通訊社)$")
_GLUED = re.compile(r"(?P<inside>新华社|新華社|共同|時事)\S{0,12}(?:电|電|日)")
#: "dpa", "(dpa/AFP)", "Quelle: dpa", "© 2026 AFP", "Source: AP", "Reporting by A; Editing by B"
_SIGNED = re.compile(
    r"(?i)[(\[/]?(?:(?:quelle|source|fuente|fonte|bron|zdroj|kilde|källa|izvor|źródło|lähde|via)\s?:\s?"
    r"|©\s?(?:\d{4}\s)?|copyright\s(?:\d{4}\s)?|with\s)?(?P<inside>[^()\[\]\n]{2,50}?)[)\]/]?\.?"
)
_REPORTING = re.compile(
    r"\(?(?:Additional )?[Rr]eporting by [^\n]{3,300}[;.] ?(?:[Ww]riting by [^\n]+; ?)?[Ee]diting by "
)
_PARTS = re.compile(r"\s?[/,;&+]\s?| und | and | et | y | e ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """The agency that a text comes from, as the text itself says."""

    #: As agencies call themselves: ``AP``, ``dpa``.
    agency: str
    #: ``byline``, ``dateline`` (at the head) or ``signature`` (at the end).
    origin: str
    #: The words that it was read from.
    evidence: str


def credit_of(authors: Sequence[str], body: str) -> Credit | None:
    """The agency of an article; None where it names none."""
    for author in authors:
        if agency := _agency(author):
            return Credit(agency=agency, origin="byline", evidence=author)
    head = body[:_HEAD].lstrip()
    for pattern in (_IN_BRACKETS, _AFTER_DASH, _GLUED):
        if (found := pattern.match(head)) and (agency := _inside(found)):
            return Credit(agency=agency, origin="dateline", evidence=found[0].strip())
    return _signature(body)


def is_agency(name: str) -> bool:
    """True for a name that is an agency's: "dpa", "The Associated Press"."""
    return _agency(name) is not None


def _signature(body: str) -> Credit | None:
    last = body.rstrip().rpartition("\n")[2].strip()
    if len(last) <= _TAIL and (found := _SIGNED.fullmatch(last)) and (agency := _inside(found)):
        return Credit(agency=agency, origin="signature", evidence=last)
    if found := _REPORTING.match(last):
        return Credit(agency="Reuters", origin="signature", evidence=found[0][:_TAIL].strip())
    return None


def _inside(found: re.Match[str]) -> str | None:
    inside = next(filter(None, found.groupdict().values()), "")
    return _agency(inside)


def _agency(text: str) -> str | None:
    """The first agency among the names in a text; short ones only in their own spelling, in capitals or not."""
    for part in _PARTS.split(text.strip(" .*")):
        glued = _GLUED_NAME.search(part)
        for name in (part, part.rpartition(" ")[2] if part[-1:].isupper() else "", glued[0] if glued else ""):
            if (found := _WHOLE.fullmatch(name)) and _spelt(name):
                return _NAMES[next(n for n in range(len(_NAMES)) if found[f"a{n}"])]
    return None


def _spelt(name: str) -> bool:
    """False for a short word that is an agency's only when it is written as one: "Beta", "Sta", "Pa"."""
    if len(name) > 4 or name.upper() == name:
        return True
    return name in _NAMES


def credit_from(agency: str | None, origin: str | None, evidence: str | None) -> Credit | None:
    """The credit of a row of ``story_texts``."""
    return Credit(agency=agency, origin=origin, evidence=evidence) if agency and origin and evidence else None
