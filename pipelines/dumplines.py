"""The plain text of a page in, its lines parted out: menu, headline, the article's own, a thread of comments."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipelines.authors import clean_names
from pipelines.boilerplate import is_byline
from pipelines.datelines import read_date_line
from pipelines.dates import Clock
from pipelines.leads import has_lead
from pipelines.phrases import bare, is_furniture, reading_minutes

_BULLET = re.compile(r"^\s*[•·●▪◦‣*-]\s+")
_INVISIBLE = re.compile(r"[\ufeff\u200b\u2060\x00-\x08\x0b\x0c\x0e-\x1f]")
_LINE_END = re.compile(r"\r\n?|[\u2028\u2029\x85]")
#: Sections that stand in the menus of newspapers; two of them above the headline are a menu.
_SECTIONS = frozenset(
    """home|news|latest|local|world|politics|opinion|opinions|sport|sports|culture|arts|arts & culture|features|business
    science|tech|technology|health|life|lifestyle|travel|food|events|podcast|podcasts|videos|issues|archive|archives|blog
    about|about us|our team|team|staff|contact|contact us|join us|donate|shop|more|all posts|submissions|masthead|en|de
    startseite|nachrichten|aktuelles|politik|wirtschaft|kultur|meinung|lokales|über uns|kontakt|mehr|accueil|actualités
    politique|économie|société|opinions|à propos|nous contacter|inicio|noticias|política|economía|cultura|deportes
    opinión
    sobre nosotros|contacto|página inicial|notícias|esportes|sobre|contato|notizie|cronaca|sport|chi siamo|contatti
    naslovnica|naslovna|vijesti|kultura|mišljenja|o nama|kontakt|početna|aktualności|opinie|o nas|zprávy|nieuws|over ons
    hjem|nyheter|om oss|etusivu|uutiset|urheilu|yhteystiedot""".replace("\n", "|")
    .replace("    ", "")
    .split("|")
)
_MENU = 2
#: A headline has more words than an unknown section.
_HEADLINE_WORDS = 4
#: "Editor: Jo Doe", "Photos: Mia Roe": people who are not the writer.
_CREDIT = re.compile(
    r"""(?ix)^(?:(?:copy|managing|section|photo|lead|chief|news|web|layout)[\s-]*)?
    (?:editors?|edited\ by|edits|photos?|photographs?|photographers?|photography|images?|pictures?|graphics?
      |graphic\ designer|illustrations?|illustrators?|illustrated\ by|design|designers?|layout|video
      |translat(?:ors?|ion|ed\ by)|fact[-\ ]checkers?
      |thumbnail|cover|redaktion|redakteur(?:in)?|lektorat|fotos?|bild(?:er)?|grafik|übersetzung|édition|images?|illustration
      |traduction|edición|editora?|fotografías?|fotografia|ilustración|traducción|edição|ilustração|redazione|immagini
      |urednik|urednica|uredila?|lektura|lektor(?:ica)?|fotografije|fotografija|naslovna\ fotografija|redakcja|zdjęcia)
    \s*[:|]\s*(?P<names>\S.*)$"""
)
_LONGEST_CREDIT = 90
_THREAD = re.compile(
    r"(?i)^(?:\d+ )?(?:comments?|kommentare?|commentaires?|comentarios?|comentários?|commenti|reacties|komentari"
    r"|komentarze|komentáře|kommentarer|kommentit|discussion|responses)\s*(?:[(\[]?\s*\d+\s*[)\]]?)?$"
)
_BUTTON = re.compile(
    r"(?i)^(?:like|reply|report|share|edit(?:ed)?|sort by.{0,30}|newest|oldest|top|best|show (?:more|replies).{0,20}"
    r"|view .{0,20}|\d+ (?:likes?|replies|reply)|like ?\(?\d*\)?|reply ?\(?\d*\)?|log in to .{0,30}"
    r"|(?:write|add) a comment.{0,5}|comment as a guest.{0,10}|antworten|gefällt mir|melden|répondre|j'aime|responder"
    r"|me gusta|rispondi|mi piace|odgovori|sviđa mi se|odpowiedz|beantwoorden|svar|vastaa)$"
)
_AFTER_THREAD = frozenset({"bottom of page", "recent posts", "related posts", "related articles", "you may also like"})
_COMMENT_WORDS = 4
#: A line of so many characters that ends as a sentence does is running text.
_SENTENCE = 80
_SENTENCE_END = (".", "!", "?", "…", "”", '"', "»", "“", "’", "。")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line without indentation and bullet."""

    text: str
    bulleted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the lines of a dump are."""

    title: str
    #: Dates, bylines and furniture above the headline.
    above: list[Line]
    below: list[Line]
    #: What readers wrote, in the order of the page.
    comments: list[str]


def read_lines(text: str) -> list[Line]:
    """Lines without indentation and bullets; empty ones left out."""
    lines = []
    for raw in _LINE_END.sub("\n", _INVISIBLE.sub("", text)).split("\n"):
        stripped = " ".join(_BULLET.sub("", raw).split())
        if stripped:
            lines.append(Line(text=stripped, bulleted=bool(_BULLET.match(raw))))
    return lines


def part(lines: list[Line], clock: Clock) -> Parts | None:
    """The parts of a dump; None if no line could be a headline."""
    lines, comments = _without_thread(lines, clock)
    at = _headline_at(lines, clock)
    if at is None:
        return None
    above = [line for line in lines[:at] if is_fact(line.text, clock) or _leads(line.text)]
    return Parts(title=lines[at].text, above=above, below=_without_credits(lines[at + 1 :]), comments=comments)


def is_fact(text: str, clock: Clock) -> bool:
    """True for a date, a reading time or the page's furniture."""
    return is_furniture(text) or reading_minutes(text) is not None or read_date_line(text, clock) is not None


def _leads(text: str) -> bool:
    return has_lead(text) and is_byline(text, ())


def _runs(text: str) -> bool:
    return len(text) >= _SENTENCE and text.endswith(_SENTENCE_END)


def _headline_at(lines: list[Line], clock: Clock) -> int | None:
    """The first line that is not the page's furniture, a date or a byline; below the menu, if there is one."""
    own = [n for n, line in enumerate(lines) if not is_fact(line.text, clock) and not _leads(line.text)]
    if not own:
        return None
    menu = _end_of_menu(lines, clock)
    below = [n for n in own if n >= menu] or own
    if menu == 0:
        return below[0]
    # A section that is not on our list stands between the menu and the headline: the first line of some words.
    head = [n for n in below if n < menu + 12 and not _runs(lines[n].text)]
    return next((n for n in head if len(lines[n].text.split()) >= _HEADLINE_WORDS), below[0])


def _end_of_menu(lines: list[Line], clock: Clock) -> int:
    """The number of the first line below the menu that stands above everything; 0 without a menu."""
    sections, end = 0, 0
    for number, line in enumerate(lines):
        if line.bulleted and not _is_section(line.text):
            break
        if _runs(line.text) or _leads(line.text) or read_date_line(line.text, clock):
            break
        if _is_section(line.text):
            sections, end = sections + 1, number + 1
    return end if sections >= _MENU else 0


def _is_section(text: str) -> bool:
    return bare(text) in _SECTIONS


def _without_credits(lines: list[Line]) -> list[Line]:
    """Without "Editor: Jo Doe" and the name repeated below it, as site builders show a list of people."""
    kept: list[Line] = []
    named = ""
    for line in lines:
        credit = _CREDIT.match(line.text) if len(line.text) <= _LONGEST_CREDIT else None
        if credit and clean_names([credit["names"]]):
            named = credit["names"]
        elif line.text != named or line.bulleted:
            kept.append(line)
            named = ""
    return kept


def _without_thread(lines: list[Line], clock: Clock) -> tuple[list[Line], list[str]]:
    """The lines above a comment widget, and what was written in it.

    A "Comments" line heads a thread if running text stands above it, and below it buttons or hardly anything.
    """
    running = next((n for n, line in enumerate(lines) if _runs(line.text)), len(lines))
    for number in range(running + 1, len(lines)):
        if not _THREAD.match(bare(lines[number].text)):
            continue
        thread = lines[number + 1 :]
        buttons = sum(bool(_BUTTON.match(line.text)) for line in thread)
        if buttons or not any(_runs(line.text) for line in thread):
            return lines[:number], _comments(thread, clock)
    return lines, []


def _comments(thread: list[Line], clock: Clock) -> list[str]:
    end = next((n for n, line in enumerate(thread) if bare(line.text) in _AFTER_THREAD), len(thread))
    return [
        line.text
        for line in thread[:end]
        if len(line.text.split()) >= _COMMENT_WORDS and not _BUTTON.match(line.text) and not is_fact(line.text, clock)
    ]
