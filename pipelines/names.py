"""A piece of a byline in, what it is out: a person's name, an agency, a desk, a user name, or no name at all."""

from __future__ import annotations

import re

from pipelines.given_names import is_given_name

_LONGEST_NAME = 60
_LONGEST_AGENCY = 100
_MOST_WORDS = 6
_SHORTEST_NAME_IN_CAPITALS = 9

#: Words that are roles or departments: a piece that has one is no name, except for agencies.
_ROLE = re.compile(
    r"""(?ix)\b(?:
        staff | editors? | editorial | reporters? | correspondents? | writers? | contributors? | contributing
          | columnist | editor-in-chief | co-?founder | freelancer? | analyst | analytics | associate | attorney |
        journalists? | journalism | author | authors | admin | administrator | webmaster | team | desk | newsroom
          | redaktion | redakteur(?:in)? |
        redakcija | redakcja | rédaction | redacción | redazione | redação | redactie | toimitus | chief | head |
          senior | junior |
        producer | photographer | director | manager | president | founder | ceo | cto | professor | assistant
          | intern |
        user | guest | anonymous | unknown | none | null | undefined | subscribe | follow | share | comments?
          | read | more | topics? | related |
        view | profile | posts? | articles? | about | contact | home | news | login | sign | click | photo
          | image | getty | learn | categor(?:y|ies) |
        copyright | min | minutes? | ago | published | updated | sponsored | advertis\w+ | partner | content
          | blog | online | disclosure |
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
#: "Center for Drug Evaluation and Research": an office, whose "and" joins no two names.
_OFFICE = re.compile(
    r"(?:The )?(?:[A-Z][\w.&'’-]* ){0,3}(?:Cent(?:er|re)|Department|Ministry|Office|Institute|Bureau|Commission"
    r"|Committee|Council|Division|Directorate|Association|Federation|Society) (?:for|of|on) [A-Z][^,;|/:@]*"
)
#: Desks that sign with their house's name: "The Gazette Team", "ABC Lifestyle Desk".
_COLLECTIVE = re.compile(
    r"(?:[Tt]he )?(?:[A-Z][\w.&'’-]* ){1,3}(?:[Tt]eam|Desk|[Ss]taff|[Ee]ditors|Editorial (?:Team|Board|Staff)|Newsroom"
    r"|Redaktion)|Team(?: [A-Z][\w.&'’-]*){1,3}"
)
_HOUSELESS = re.compile(
    r"(?i)^(?:the |our |all )?(?:(?:news|sports?|web|online|digital|social|media|content|editorial|marketing|guest"
    r"|staff|admin|business|culture|city|national|foreign|writing|communications|support|product|design|blog|read|more|about"
    r"|meet|written|posted|by)\b[\s&]*)+\w+$"
    r"|^(?:the|our|all) \w+$|^(?:meet|by|read|view|about|contact|see) |more about"
)
#: What ends the name of a firm, which is neither a person nor an agency.
_FIRM = re.compile(r"\b(?:Inc|LLC|L\.L\.C|PLLC|LLP|Ltd|Limited|GmbH|Corp|Corporation|Pvt|Pty|S\.A|AG|d\.o\.o)\.?$")
_PRESS_WORDS = """
    times post gazette herald tribune journal magazine star sun chronicle courier mirror guardian independent
    telegraph press daily weekly observer record review reviews digest today world life media group clinic health
    studio company forum school university college academy institute bank insurance financial finance services solutions
    inc llc ltd gmbh corp agency foundation association network club center centre council office lab labs software
    technologies technology systems energy marketing consulting partners law legal dental medical care wellness fitness
    kitchen cleaning plumbing roofing home homes house garden tips guide guides live audio video podcast
    events store shop hardware supply supplies tools parts
    town city village county council hall museum theatre theater church
"""
_PRESS = frozenset(_PRESS_WORDS.split())
_WORD = re.compile(r"[^\W\d_]")
_LEADS = "by von par por di af av door przez text foto tekst texte texto testo words"
_LEAD_WORDS = frozenset(_LEADS.split())
_PARTICLES = "de da do dos das del della di du la le van von der den ter ten zu zur bin ibn al el e y i und san st o of"
_PARTICLE = frozenset(_PARTICLES.split())
_CASED = re.compile(r"[A-Za-zÀ-ɏΑ-ωА-я]")
#: A login: one word of lower case or of mixed case, with a digit or two at most.
_HANDLE = re.compile(r"[a-z][a-z._]{2,23}\d{0,3}|[A-Z][a-z]+[A-Z][A-Za-z]{0,20}\d{0,3}")
_HANDLE_OF_ROLE = re.compile(
    r"(?i)admin|editor|user|webmaster|market|content|test|team|web|media|staff|dev|blog|news|press|seo|info|support"
    r"|author|writer|guest|anonym|unknown|default|master|agency|digital|studio|design|social|office|contact|none|null"
    r"|undefined|\.(?:com|net|org|co|io)$"
)


def is_agency(piece: str) -> bool:
    """True for a news agency."""
    return bool(_AGENCY.match(piece))


def is_office(text: str) -> bool:
    """True for a public office or institute by its full name."""
    return len(text) <= _LONGEST_AGENCY and bool(_OFFICE.fullmatch(text))


def is_collective(text: str) -> bool:
    """True for a desk or team that signs with the name of its house."""
    return bool(_COLLECTIVE.fullmatch(text)) and not _HOUSELESS.search(text)


def is_handle(piece: str) -> bool:
    """True for what may be a person's user name, and names no role."""
    return bool(_HANDLE.fullmatch(piece)) and not _HANDLE_OF_ROLE.search(piece)


def is_cased(text: str) -> bool:
    """True for a text in a script that has capitals."""
    return bool(_CASED.search(text))


def is_lone(piece: str) -> bool:
    """True for one word in a script with capitals ("Reply", "Alberta") that is no given name and no agency."""
    return len(piece.split()) == 1 and is_cased(piece) and not is_given_name(piece) and not is_agency(piece)


def has_name_shape(piece: str) -> bool:
    """True for two or three words that begin with capitals, particles aside, none of them of the press."""
    words = piece.split()
    return (
        2 <= sum(word.lower() not in _PARTICLE for word in words) <= 3
        and all(word[0].isupper() or word.lower() in _PARTICLE for word in words)
        and _PRESS.isdisjoint(piece.lower().split())
        and is_name(piece)
    )


def is_person(piece: str) -> bool:
    """True for what is plainly a person's name: a common given name first, and no word of the press after it."""
    return bool(piece) and is_given_name(piece.split(maxsplit=1)[0]) and has_name_shape(piece)


def is_name(piece: str) -> bool:
    """True for what may be the name of a person, an agency or an office."""
    if is_agency(piece) or is_office(piece):
        return True
    words = piece.split()
    if not (2 <= len(piece) <= _LONGEST_NAME and len(words) <= _MOST_WORDS and _WORD.search(piece)):
        return False
    if (
        _ROLE.search(piece)
        or _FIRM.search(piece)
        or piece.casefold() in _LEAD_WORDS
        or any(c in piece for c in "<>{}=#@?!:\\")
    ):
        return False
    if any(c.isdigit() for c in piece):
        return False
    if len(words) == 1 and piece.isupper() and len(piece) < _SHORTEST_NAME_IN_CAPITALS:
        return False  # a degree: MD, RDN
    # In scripts with two cases a name's words begin with a capital, particles apart.
    bare = [word.lstrip("(“\"'‘") for word in words]
    cased = [word for word in bare if _CASED.match(word) and word.lower() not in _PARTICLE]
    return all(word[0].isupper() or word[1:2].isupper() for word in cased) and (bool(cased) or not is_cased(piece))
