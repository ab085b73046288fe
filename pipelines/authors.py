"""Bylines in, people and agencies out: a list of names, without roles, site names, dates and navigation."""

from __future__ import annotations

import re
from collections.abc import Iterable

from archive.fingerprint import plain
from pipelines.given_names import is_given_name
from pipelines.months import month_number

_LONGEST_NAME = 60
_MOST_WORDS = 6
_MOST_AUTHORS = 20

#: What stands before a name, in any order and number: "Writer: By Ana Kovač".
_LEAD = re.compile(
    r"""^(?:(?:
        (?:this\s(?:post|article|story)\s(?:was|is)\s)?(?:written|posted|published|reported|words|story|text
          |texte|texto|testo|tekst|article|reviewed|edited|fact[- ]checked|created|contributed|photographs?
        |geschrieben|veröffentlicht|escrito|publicado|publié|écrit|napisa[ol]a?)
            \s+(?:and\s+\w+\s+)?(?:by|von|par|por|da|di)
      | (?:by|von|vom|par|por|di|af|av|door|przez|napsal[a]?|piše|pišu|pise|autorstwa|de\s+la\s+rédaction\s+de)
          (?=[\s:]|$)
      | (?:by|von|writer|writers|author|authors|autor|autorin|autoren|autora|autores|auteur|auteurs|autore|autori
      |auteure|tekst|text|texte|texto|testo|words|story|reporter|byline|piše|autorica|avtor|avtorica|författare
      |skribent|tekst\ og\ foto|text\ und\ fotos?|écrit\ par|redakteur|redakteurin|kirjoittaja|szerző|yazar)\s*[:|]
    )\s*)+""",
    re.IGNORECASE | re.VERBOSE,
)
_SPLIT = re.compile(
    r"\s*(?:[;|•·\n\t/]|,(?!\s*(?:jr|sr|ph\.?\s?d|m\.?d|mba|md|dds|rn|esq|ii|iii)\b\.?\s*(?:$|[,;&]|and\b))|\s(?:and|und|et|y|e"
    r"|en|og|och|ja|i|and\s+by|with|&|\+)\s)\s*",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"\(?\b[\w.+-]+@[\w-]+\.[\w.-]+\b\)?")
_URL = re.compile(r"(?i)\bhttps?://\S+|\bwww\.\S+")
_HANDLE = re.compile(r"(?<!\w)@\w+")
_PARENTHESIS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_TAIL = re.compile(
    r"""(?ix)\s*(?:
        \s[-–—|]\s.* | \b(?:updated|published|posted|modified|aktualisiert|on|am|le)\b[\s:]+.* | \b\d{1,2}[./:]\d.* |
        \b(?:19|20)\d\d\b.* | ,?\s+(?:in|reporting\ from|reports|writes)\s+[A-Z].* | \bfor\s+(?:the\s)?[A-Z].* |
        ,?\s*\b(?:ph\.?\s?d\.?|m\.?d\.?|mba|rn|esq\.?|rdn?|dds|jd|cpa|msc?|ba|mph|facp)\b.*
    )$"""
)
#: Words that are roles or departments: a piece that has one is no name, except for agencies.
_ROLE = re.compile(
    r"""(?ix)\b(?:
        staff | editors? | editorial | reporters? | correspondents? | writers? | contributors? | contributing
          | columnist |
        journalists? | author | admin | administrator | webmaster | team | desk | newsroom | redaktion
          | redakteur(?:in)? |
        redakcija | redakcja | rédaction | redacción | redazione | redação | redactie | toimitus | chief
          | senior | junior |
        producer | photographer | director | manager | president | founder | ceo | cto | professor | assistant
          | intern |
        user | guest | anonymous | unknown | none | null | undefined | subscribe | follow | share | comments?
          | read | more |
        view | profile | posts? | articles? | about | contact | home | news | login | sign | click | photo
          | image | getty |
        copyright | min | minutes? | ago | published | updated | sponsored | advertis\w+ | partner | content
          | blog | online |
        expert | consultant | specialist | coach | nurse | strategist | engineer | researcher | certified | licensed |
        facebook | twitter | linkedin | instagram | youtube | pinterest | reddit | shares? | reply | says |
        marketing | support | official | written | this | that | with | our | your | the | how | why | what | when
    )\b"""
)
_AGENCY = re.compile(
    r"""(?ix)^(?:
        (?:the\s)?associated\ press | ap | reuters | afp | agence\ france[- ]presse | dpa | apa | ansa | efe
          | hina | sta |
        tanjug | pap | ctk | čtk | tass | upi | pti | ani | xinhua | bloomberg | ap\ news | pa\ media
          | press\ association |
        press\ trust\ of\ india | kyodo(?:\ news)? | yonhap | belga | anp | ntb | tt | ritzau | stt | lusa | mti | ats |
        keystone-ats | sda | kna | epd | sid | europa\ press | ips | canadian\ press | the\ canadian\ press | aap |
        staff\ and\ agencies | agencies | agenturen | agencias | agences | (?:[\w.]+\s){0,3}(?:news\ agency|wire
          |news\ service)
    )$"""
)
#: A name shown twice without a space between ("Ana KovačAna Kovač"), as nested elements make it.
_DOUBLED = re.compile(r"^(.{4,40}?)\s?\1$")
_WORD = re.compile(r"[^\W\d_]")
_LEADS = "by von par por di af av door przez text foto tekst texte texto testo words"
_LEAD_WORDS = frozenset(_LEADS.split())
_PARTICLES = "de da do dos das del della di du la le van von der den ter ten zu zur bin ibn al el e y i und san st o of"
_PARTICLE = frozenset(_PARTICLES.split())
_CASED = re.compile(r"[A-Za-zÀ-ɏΑ-ωА-я]")


#: Desks that sign with their house's name: "The Gazette Team", "ABC Lifestyle Desk".
_COLLECTIVE = re.compile(
    r"(?:The )?(?:[A-Z][\w.&'’-]* ){1,3}(?:Team|Desk|Staff|Editors|Editorial (?:Team|Board|Staff)|Newsroom|Redaktion)"
)
_HOUSELESS = re.compile(
    r"(?i)^(?:the |our |all )?(?:(?:news|sports?|web|online|digital|social|media|content|editorial|marketing|guest"
    r"|admin|business|culture|city|national|foreign|writing|communications|support|product|design|blog)\b[\s&]*)+\w+$"
    r"|^(?:the|our|all) \w+$"
)
_PRESS_WORDS = """
    times post gazette herald tribune journal magazine star sun chronicle courier mirror guardian independent
    telegraph press daily weekly observer record review digest today world life media group clinic health studio company
"""
_PRESS = frozenset(_PRESS_WORDS.split())
_SHORTEST_NAME_IN_CAPITALS = 9


def _without(piece: str, banned: set[str]) -> str:
    """A piece without a banned name behind it: "Jo Doe, Daily News" loses its comma on the way."""
    words = piece.split()
    for cut in range(1, len(words)):
        if plain(" ".join(words[cut:])).casefold() in banned:
            return " ".join(words[:cut])
    return piece


def clean_names(texts: Iterable[str], *, not_names: Iterable[str] = (), told: bool = True) -> list[str]:
    """Names from bylines, each once, in order.

    ``not_names``: the site's name and the like; it may be an author's all the same if it is plainly a person's.
    ``told``: the texts are known to be bylines; else a word alone and a desk are not taken for a name.
    """
    banned = {plain(name).casefold() for name in not_names if name}
    names: dict[str, str] = {}
    for text in texts:
        if told and _is_collective(text):
            names.setdefault(plain(text).casefold(), text.strip())
            continue
        for whole in _pieces(text):
            piece = _without(whole, banned)
            key = plain(piece).casefold()
            allowed = key not in banned or is_person(piece)
            if allowed and _is_name(piece) and (told or not _is_lone(piece)):
                names.setdefault(key, piece)
    return list(names.values())[:_MOST_AUTHORS]


def _is_collective(text: str) -> bool:
    bare = text.strip()
    return bool(_COLLECTIVE.fullmatch(bare)) and not _HOUSELESS.match(bare)


def _is_lone(piece: str) -> bool:
    """True for one word in a script with capitals ("Reply", "Alberta") that is no given name and no agency."""
    lone = len(piece.split()) == 1 and bool(_CASED.search(piece))
    return lone and not is_given_name(piece) and not _AGENCY.match(piece)


def is_person(name: str) -> bool:
    """True for what is plainly a person's name: a common given name first, and no word of the press after it."""
    words = name.split()
    return (
        2 <= sum(word.lower() not in _PARTICLE for word in words) <= 3
        and is_given_name(words[0])
        and all(word[0].isupper() or word.lower() in _PARTICLE for word in words)
        and _PRESS.isdisjoint(name.lower().split())
        and _is_name(name)
    )


def strip_lead(text: str) -> str:
    """A byline without "By", "Writer:", "Von", "Text:" before the names."""
    return _LEAD.sub("", text.strip())


def has_lead(text: str) -> bool:
    """True if a text begins as a byline does."""
    return bool(_LEAD.match(text.strip()))


def _pieces(text: str) -> list[str]:
    bare = text[:500]
    if _AGENCY.match(strip_lead(bare)):
        return [strip_lead(bare)]
    for noise in (_EMAIL, _URL, _HANDLE, _PARENTHESIS):
        bare = noise.sub(" ", bare)
    pieces = []
    for part in _SPLIT.split(strip_lead(bare)):
        piece = _TAIL.sub("", strip_lead(part or "")).strip(" .,:;|-–—·•\"'“”*")
        piece = _without_day(_DOUBLED.sub(r"\1", " ".join(piece.split())))
        if piece:
            pieces.append(_title_case(piece))
    return pieces


def _without_day(piece: str) -> str:
    """ "Jo Doe December 2" → "Jo Doe"."""
    words = piece.split()
    day, month = (words[-1], words[-2]) if len(words) > 2 else ("", "")
    return " ".join(words[:-2]) if day.isdigit() and month_number(month) else piece


def _title_case(name: str) -> str:
    """ANA KOVAČ, ana kovač → Ana Kovač; agencies stay in capitals, and words that are no name as they are."""
    words = name.split()
    if len(words) in (2, 3) and name.islower() and is_given_name(words[0]):
        return name.title()
    if len(words) < 2 or not name.isupper() or not _CASED.search(name) or _AGENCY.match(name):
        return name
    return " ".join(word if "." in word else "-".join(p.capitalize() for p in word.split("-")) for word in words)


def _is_name(piece: str) -> bool:
    if _AGENCY.match(piece):
        return True
    words = piece.split()
    if not (2 <= len(piece) <= _LONGEST_NAME and len(words) <= _MOST_WORDS and _WORD.search(piece)):
        return False
    if _ROLE.search(piece) or piece.casefold() in _LEAD_WORDS or any(c in piece for c in "<>{}=#@?!:\\"):
        return False
    if any(c.isdigit() for c in piece):
        return False
    if len(words) == 1 and piece.isupper() and len(piece) < _SHORTEST_NAME_IN_CAPITALS:
        return False  # a degree: MD, RDN
    # In scripts with two cases a name's words begin with a capital, particles apart.
    cased = [word for word in words if _CASED.match(word) and word.lower() not in _PARTICLE]
    return all(word[0].isupper() or word[1:2].isupper() for word in cased) and (bool(cased) or not _CASED.search(piece))
