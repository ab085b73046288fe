"""A newspaper's site made in code: thirty-six pages, whose design changes after the eighteenth.

Each page has a text of its own, the house's lines of its design, and something that recurs for good reason: a
refrain within one article, a sentence that several quote, the background paragraph of a story that ran for a week,
the standing headline of a weekly column, an author's biography.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import escape

from archive.types import Page

SOURCE = "saltmarsh-echo"
PAGES = 36
REDESIGN = 18
FIRST_DAY = datetime(2026, 9, 1, 6, 30, tzinfo=UTC)

#: What each design says on every page, in the words of no phrase list.
OLD_HOUSE = (
    "The Saltmarsh Echo belongs to the people who read it, and answers to nobody else.",
    "You hold in your hands the work of nine people and one dog; a letter to the editor reaches all of them.",
    "Anybody may quote these pages at whatever length they like, as long as the paper is named.",
)
NEW_HOUSE = (
    "This page was made without a tracker, and the people who made it would like to keep it that way.",
    "Was something wrong here? The corrections desk is open until ten at night and answers every letter.",
    "Printed and published by the Echo Readers' Society, Sluice Lane, since the flood of 1953.",
)
BACKGROUND = (
    "The sea wall at Gannet Point gave way on the night of 14 September, and four hundred people were brought to the"
    " school before morning."
)
QUOTATION = "“Nobody told us that the water was coming, and somebody ought to have,” said Elsie Drummond."
REFRAIN = "Still no bell rang."
COLUMN = "From the lighthouse keeper’s kitchen"
BIOGRAPHY = "Nora Quill has written about the marshes since she was a girl, and lives on a boat with two cats."

_AUTHORS = ("Nora Quill", "Tom Ferris", "Adaeze Obi", "Ruth Lindqvist", "Pavel Horák")
_SECTIONS = ("News", "Sport", "Culture", "Letters")
_SUBJECTS = (
    "oyster beds", "brass band", "night ferry", "reading room", "pilot boat", "cricket ground", "salt works",
    "chapel roof", "herring market", "windmill", "cattle show", "rope walk", "customs house", "cinema", "eel weir",
    "tide gauge", "boat school", "pantomime", "post van", "bee garden", "lifeboat", "ice house", "village pump",
    "dance hall", "coal pier", "library cart", "swimming race", "potato harvest", "fish auction", "puppet stage",
    "weather mast", "goose fair", "harbour crane", "flower show", "signal box", "quiz league",
)  # fmt: skip
_DEEDS = (
    "was handed back to its members after a vote that lasted until the lamps were lit",
    "lost a third of its income in a single season and asked the county to step in",
    "took on two apprentices, the first in eleven years, and turned away forty more",
    "was measured again by engineers, who found it eight centimetres lower than the plans say",
    "opened its doors to schoolchildren for a morning, and some of them refused to leave",
    "had to close for repairs that nobody could explain and few believed in",
    "won a prize that it had not entered for, and sent the money straight back",
)
_VOICES = (
    "The treasurer read the figures aloud twice, because the first time there was laughter at the back.",
    "A neighbour who had come only to complain stayed to carry chairs, and then to sing.",
    "By the afternoon the matter had been settled in the only way open to anybody who was there.",
    "What it will cost is not known; the last time somebody asked, the answer was a long look at the floor.",
    "Two members resigned in writing, and one of them withdrew the letter before it had been opened.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A page, and what its body must have."""

    page: Page
    own: list[str] = field(default_factory=list)


def build() -> list[Made]:
    """The site's pages in the order of their publication."""
    return [_made(number) for number in range(PAGES)]


def house_of(number: int) -> tuple[str, ...]:
    """The lines that a page has from its design."""
    return OLD_HOUSE if number < REDESIGN else NEW_HOUSE


def has_background(number: int) -> bool:
    """The story of the sea wall: seven articles within a dozen."""
    return 6 <= number < 18 and number % 5 not in (1, 3)


def _made(number: int) -> Made:
    title, paragraphs = _title(number), _paragraphs(number)
    author, section = _AUTHORS[number % 5], _SECTIONS[number % 4]
    at = FIRST_DAY + timedelta(days=number // 2, hours=3 * (number % 2))
    design = _old_design if number < REDESIGN else _new_design
    url = f"https://saltmarsh-echo.test/{at:%Y/%m/%d}/{number}"
    html = f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>
<link rel="canonical" href="{url}"><meta property="og:type" content="article">
<meta property="og:title" content="{escape(title)}"><meta property="article:section" content="{section}">
<meta name="author" content="{author}"><meta property="article:published_time" content="{at.isoformat()}">
</head><body>{design(title, author, paragraphs)}</body></html>"""
    page = Page(
        url=url, final_url=url, body=html.encode(), fetched_at=at + timedelta(hours=20), source=SOURCE, timezone=None
    )
    return Made(page=page, own=paragraphs)


def _title(number: int) -> str:
    if has_background(number):
        return f"Gannet Point, day {number}: the {_SUBJECTS[number]} after the wall"
    return f"New hope for the {_SUBJECTS[number]}"


def _paragraphs(number: int) -> list[str]:
    subject = _SUBJECTS[number]
    own = [
        f"The {subject} {_DEEDS[number % 7]}, the committee said in its report on the {subject} this week.",
        f"{_VOICES[number % 5]} That is how the {subject} has been run for as long as there has been a {subject}.",
        f"{_VOICES[(number + 2) % 5]} Of the {subject} not a word was said, and the {_SUBJECTS[number - 5]} was next.",
        f"A second report about the {subject} is to come before the winter, if the {_SUBJECTS[number - 9]} allows it.",
    ]
    if has_background(number):
        own.insert(3, BACKGROUND)
    if number in (7, 10, 12, 20):
        own.insert(2, QUOTATION)
    if number == 23:
        own = [line for paragraph in own for line in (paragraph, REFRAIN)]
    if number % 9 == 4:
        own.insert(1, COLUMN)
    if number % 5 == 0:
        own.append(BIOGRAPHY)
    return own


def _old_design(title: str, author: str, paragraphs: list[str]) -> str:
    text = "\n".join(f"<p>{escape(paragraph, quote=False)}</p>" for paragraph in paragraphs)
    first, second, third = OLD_HOUSE
    return f"""<div id="menu"><a href="/">Home</a> <a href="/sport">Sport</a></div><div class="story">
<h1>{escape(title)}</h1><p class="by">By {author}</p><p>{first}</p>{text}<p>{second}</p><p>{third}</p></div>"""


def _new_design(title: str, author: str, paragraphs: list[str]) -> str:
    pieces = [f"<p>{escape(paragraph, quote=False)}</p>" for paragraph in paragraphs]
    first, second, third = NEW_HOUSE
    pieces.insert(2, f"<p>{first}</p>")
    text = "\n".join(pieces)
    return f"""<main><article><header><h1>{escape(title)}</h1><span rel="author">By {author}</span></header>
{text}<p>{second}</p><p>{third}</p></article></main>"""
