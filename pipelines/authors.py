"""Bylines in, people and agencies out: a list of names, without roles, site names, dates and navigation."""

from __future__ import annotations

import re
from collections.abc import Iterable

from archive.fingerprint import plain

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
      | (?:by|von|vom|par|por|di|af|av|door|przez|napsal[a]?|piše|pišu|pise|autorstwa|de\s+la\s+rédaction\s+de)(?=[\s:])
      | (?:by|von|writer|writers|author|authors|autor|autorin|autoren|autora|autores|auteur|auteurs|autore|autori
      |auteure|tekst|text|texte|texto|testo|words|story|reporter|byline|piše|autorica|avtor|avtorica|författare
      |skribent|tekst\ og\ foto|text\ und\ fotos?|écrit\ par|redakteur|redakteurin|kirjoittaja|szerző|yazar)\s*[:|]
    )\s*)+""",
    re.IGNORECASE | re.VERBOSE,
)
_SPLIT = re.compile(
    r"\s*(?:[;|•·\n\t/]|,(?!\s*(?:jr|sr|ph\.?\s?d|m\.?d|mba|md|dds|rn|esq|ii|iii)\b)|\s(?:and|und|et|y|e"
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


def _without(piece: str, banned: set[str]) -> str:
    """A piece without a banned name behind it: "Jo Doe, Daily News" loses its comma on the way."""
    words = piece.split()
    for cut in range(1, len(words)):
        if plain(" ".join(words[cut:])).casefold() in banned:
            return " ".join(words[:cut])
    return piece


def clean_names(texts: Iterable[str], *, not_names: Iterable[str] = ()) -> list[str]:
    """Names from bylines, each once, in order. ``not_names``: the site's name and the like."""
    banned = {plain(name).casefold() for name in not_names if name}
    names: dict[str, str] = {}
    for text in texts:
        for whole in _pieces(text):
            piece = _without(whole, banned)
            key = plain(piece).casefold()
            if key not in banned and _is_name(piece):
                names.setdefault(key, piece)
    return list(names.values())[:_MOST_AUTHORS]


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
        piece = _DOUBLED.sub(r"\1", " ".join(piece.split()))
        if piece:
            pieces.append(_title_case(piece))
    return pieces


def _title_case(name: str) -> str:
    """ANA KOVAČ → Ana Kovač; agencies stay in capitals."""
    words = name.split()
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
    # In scripts with two cases a name's words begin with a capital, particles apart.
    cased = [word for word in words if _CASED.match(word) and word.lower() not in _PARTICLE]
    return all(word[0].isupper() or word[1:2].isupper() for word in cased) and (bool(cased) or not _CASED.search(piece))
