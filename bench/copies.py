"""A seed in, a set of made-up articles with known stories out: copies in every disguise, and what only looks like one.

Words are syllables put together, so that no text is anybody's; how often each comes follows Zipf, with the small
words and the set phrases of English between them, which every two articles share. Of each agency piece there are
copies: whole, with another headline and other quotes, with the tail cut, with a local reporter's paragraphs, lightly
edited, and as a short piece inside a long article. Beside them stand articles that are no copies: independent reports
of the same event with the same quotes, texts under the same terms of business, forms filled anew every day,
horoscopes, background paragraphs that a running story repeats, and pages of briefs.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import accumulate

_SYLLABLES = [c + v + e for c in "bdfghklmnprstvz" for v in "aeiou" for e in ("", "n", "r", "s", "l")]
_SMALL_WORDS = """
    the of and to in a is that for it as was with be by on not he his but at are this have from or had an they which one
    were all their there been has will would who when more if no out so said what up its about than into them can only
"""
_SMALL = _SMALL_WORDS.split()
_PHRASES = (
    "said in a statement on Tuesday",
    "according to a spokesman for the ministry",
    "at a news conference in the capital",
    "for the first time in more than ten years",
    "did not immediately respond to a request for comment",
    "is expected to be discussed next week",
)
_ZODIAC = "Aries Taurus Gemini Cancer Leo Virgo Libra Scorpio Sagittarius Capricorn Aquarius Pisces"
_SIGNS = _ZODIAC.split()
SOURCES = [f"paper-{n:02}" for n in range(40)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """An article of the set."""

    #: Two of the same story are copies of one another; None: it is like nothing else.
    story: str | None
    #: What it was made as.
    kind: str
    source: str
    #: From the first day of the set on.
    day: int
    title: str
    body: str


@dataclass(slots=True)
class Writer:
    """Writes made-up prose."""

    rng: random.Random
    vocabulary: list[str] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        rng = random.Random(1)  # the language is always the same
        words = {"".join(rng.choice(_SYLLABLES) for _ in range(rng.randint(1, 4))) for _ in range(30_000)}
        self.vocabulary = sorted(words)
        rng.shuffle(self.vocabulary)
        self.weights = list(accumulate(1 / (n + 10) for n in range(len(self.vocabulary))))

    def words(self, count: int) -> list[str]:
        rare = self.rng.choices(self.vocabulary, cum_weights=self.weights, k=count)
        return [self.rng.choice(_SMALL) if self.rng.random() < 0.45 else word for word in rare]

    def name(self) -> str:
        return " ".join(word.title() for word in self.rng.choices(self.vocabulary[2000:], k=2))

    def sentence(self, *facts: str) -> str:
        words = self.words(self.rng.randint(9, 26))
        for fact in facts:
            words.insert(self.rng.randrange(len(words)), fact)
        if self.rng.random() < 0.12:
            words.append(self.rng.choice(_PHRASES))
        if self.rng.random() < 0.25:
            words.insert(self.rng.randrange(len(words)), str(self.rng.randint(2, 4000)))
        return " ".join([words[0].title(), *words[1:]]) + "."

    def quote(self, name: str) -> str:
        return f"“{' '.join(self.words(self.rng.randint(10, 24)))},” said {name}."

    def paragraphs(self, words: int, *facts: str) -> list[str]:
        """Paragraphs of two or three sentences, in all about so many words, now and then with one of the facts."""
        written: list[str] = []
        while sum(len(each.split()) for each in written) < words:
            told = [self.rng.choice(facts)] if facts and self.rng.random() < 0.5 else []
            written.append(" ".join(self.sentence(*told) for _ in range(self.rng.randint(2, 3))))
        return written

    def edited(self, text: str, share: float) -> str:
        """The text with this share of its words replaced."""
        words = text.split(" ")
        for n in range(len(words)):
            if self.rng.random() < share:
                words[n] = self.words(1)[0]
        return " ".join(words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """An agency's piece and what it tells of."""

    story: str
    day: int
    title: str
    paragraphs: list[str]
    quotes: list[str]
    facts: list[str]


def a_piece(writer: Writer, story: str, words: int) -> Piece:
    facts = [writer.name() for _ in range(4)]
    quotes = [writer.quote(facts[n % 4]) for n in range(max(1, words // 150))]
    text = writer.paragraphs(words - 20 * len(quotes), *facts)
    for quote in quotes:
        text.insert(writer.rng.randint(1, len(text)), quote)
    title = " ".join(writer.words(7)).capitalize()
    return Piece(story=story, day=writer.rng.randrange(60), title=title, paragraphs=text, quotes=quotes, facts=facts)


# ── copies ───────────────────────────────────────────────────────────────────────────────────────────


def whole(_writer: Writer, piece: Piece) -> list[str]:
    return piece.paragraphs


def typeset(_writer: Writer, piece: Piece) -> list[str]:
    """Other quotes and dashes, other paragraphs."""
    text = " ".join(piece.paragraphs).replace("“", '"').replace("”", '"').replace(",", " –", 1)
    half = len(text) // 2
    return [text[:half], text[half:]]


def cut(writer: Writer, piece: Piece) -> list[str]:
    keep = max(2, round(len(piece.paragraphs) * writer.rng.uniform(0.3, 0.8)))
    return piece.paragraphs[:keep]


def with_local(writer: Writer, piece: Piece) -> list[str]:
    text = list(piece.paragraphs)
    for paragraph in writer.paragraphs(writer.rng.randint(50, 160), *piece.facts):
        text.insert(writer.rng.randint(0, len(text)), paragraph)
    return text


def with_other_quotes(writer: Writer, piece: Piece) -> list[str]:
    """Quotes as somebody else heard them, and three words in a hundred changed."""
    quotes = {quote: writer.edited(quote, 0.5) for quote in piece.quotes}
    return [quotes.get(each) or writer.edited(each, 0.03) for each in piece.paragraphs]


def edited(writer: Writer, piece: Piece) -> list[str]:
    share = writer.rng.uniform(0.03, 0.12)
    return [writer.edited(each, share) for each in piece.paragraphs]


def edited_and_cut(writer: Writer, piece: Piece) -> list[str]:
    keep = max(2, round(len(piece.paragraphs) * 0.7))
    local = writer.paragraphs(60, *piece.facts)
    return [*local, *(writer.edited(each, 0.04) for each in piece.paragraphs[:keep])]


def embedded(writer: Writer, piece: Piece) -> list[str]:
    """The piece within an article of a reporter's own that is much longer."""
    text = writer.paragraphs(writer.rng.randint(300, 600), *piece.facts)
    at = writer.rng.randint(1, len(text))
    return [*text[:at], *piece.paragraphs, *text[at:]]


LONG_COPIES: tuple[Callable[[Writer, Piece], list[str]], ...] = (
    whole, typeset, cut, with_local, with_other_quotes, edited, edited_and_cut,
)  # fmt: skip


# ── what only looks like a copy ──────────────────────────────────────────────────────────────────────


def independent(writer: Writer, piece: Piece) -> list[str]:
    """Another reporter at the same event: the names, two quotes, perhaps a paragraph that both took from somewhere."""
    text = writer.paragraphs(sum(len(p.split()) for p in piece.paragraphs), *piece.facts)
    for quote in writer.rng.sample(piece.quotes, min(2, len(piece.quotes))):
        text.insert(writer.rng.randint(1, len(text)), quote)
    if writer.rng.random() < 0.5:
        text.append(writer.rng.choice(piece.paragraphs))
    return text


def make_set(seed: int, pieces: int) -> list[Made]:
    """The set, in the order in which the articles come in. ``pieces``: of an agency; everything else in proportion."""
    writer = Writer(rng=random.Random(seed))
    made: list[Made] = []
    written = [a_piece(writer, f"piece-{n}", writer.rng.randint(180, 520)) for n in range(pieces)]
    briefs = [a_piece(writer, f"brief-{n}", writer.rng.randint(60, 140)) for n in range(pieces)]
    for piece in written:
        made += _copies(writer, piece, LONG_COPIES)
        if writer.rng.random() < 0.5:
            made += [_as(writer, piece, independent, story=None) for _ in range(2)]
    for piece in briefs:
        made += _copies(writer, piece, (whole, edited, with_other_quotes, embedded, embedded))
    made += _pages_of_briefs(writer, briefs)
    made += _same_terms(writer, pieces)
    made += _forms(writer, pieces)
    made += _horoscopes(writer, pieces)
    made += _running_stories(writer, pieces)
    writer.rng.shuffle(made)
    return sorted(made, key=lambda each: each.day)


def _as(writer: Writer, piece: Piece, how: Callable[[Writer, Piece], list[str]], story: str | None) -> Made:
    title = piece.title if writer.rng.random() < 0.3 else " ".join(writer.words(8)).capitalize()
    return Made(
        story=story,
        kind=how.__name__.replace("_", " "),
        source=writer.rng.choice(SOURCES),
        day=piece.day + (writer.rng.random() < 0.3),
        title=title,
        body="\n\n".join(how(writer, piece)),
    )


def _copies(writer: Writer, piece: Piece, ways: tuple[Callable[[Writer, Piece], list[str]], ...]) -> list[Made]:
    chosen = [whole, *writer.rng.choices(ways, k=writer.rng.randint(1, 6))]
    return [_as(writer, piece, how, story=piece.story) for how in chosen]


def _alone(writer: Writer, kind: str, source: str, day: int, paragraphs: list[str]) -> Made:
    title = " ".join(writer.words(6)).capitalize()
    return Made(story=None, kind=kind, source=source, day=day, title=title, body="\n\n".join(paragraphs))


def _pages_of_briefs(writer: Writer, briefs: list[Piece]) -> list[Made]:
    """Six pieces on one page. Which story such a page is of is nobody's to say: it is not counted, its harm is."""
    groups = [briefs[n : n + 6] for n in range(0, len(briefs) // 2, 6)]
    return [
        _alone(writer, "page of briefs", SOURCES[0], group[0].day, [p for each in group for p in each.paragraphs])
        for group in groups
    ]


def _same_terms(writer: Writer, pieces: int) -> list[Made]:
    """Offers and notices of one paper, with the same terms below."""
    made = []
    for source in SOURCES[: max(2, pieces // 20)]:
        terms = writer.paragraphs(80)
        made += [
            _alone(
                writer,
                "same terms",
                source,
                writer.rng.randrange(60),
                [*writer.paragraphs(writer.rng.randint(50, 200)), *terms],
            )
            for _ in range(12)
        ]
    return made


def _forms(writer: Writer, pieces: int) -> list[Made]:
    """Markets, results, the weather: the same sentences every day, with the day's names and numbers."""
    made = []
    for source in SOURCES[: max(2, pieces // 20)]:
        lines = [" ".join(writer.words(12)) for _ in range(9)]
        names = writer.rng.random() < 0.5  # else only the numbers change
        for day in range(20):
            text = [
                f"{line.capitalize()} {writer.rng.randint(100, 9999)}.{writer.rng.randint(0, 99):02} and"
                f" {writer.name() if names else ''} {' '.join(line.split()[::-1])} {writer.rng.randint(10, 999)}."
                for line in lines
            ]
            made.append(_alone(writer, "form", source, day * 3, [" ".join(text[:5]), " ".join(text[5:])]))
    return made


def _horoscopes(writer: Writer, pieces: int) -> list[Made]:
    made = []
    for source in SOURCES[: max(1, pieces // 40)]:
        stock = [writer.sentence() for _ in range(120)]
        for day in range(15):
            text = [f"{sign}: {' '.join(writer.rng.sample(stock, 2))} {writer.sentence()}" for sign in _SIGNS]
            made.append(_alone(writer, "horoscope", source, day * 2, text))
    return made


def _running_stories(writer: Writer, pieces: int) -> list[Made]:
    """A trial, a strike: every report ends with what happened before."""
    made = []
    for _ in range(max(2, pieces // 10)):
        source, facts = writer.rng.choice(SOURCES), [writer.name() for _ in range(3)]
        before = writer.paragraphs(60, *facts)
        made += [
            _alone(writer, "running story", source, day * 4, [*writer.paragraphs(200, *facts), *before])
            for day in range(8)
        ]
    return made
