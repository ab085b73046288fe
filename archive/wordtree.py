"""What a person typed → a tree of words, phrases, all-of, any-of and not. The language is in archive/words.py."""

from __future__ import annotations

import re
from dataclasses import dataclass

from archive.facts import LETTER
from archive.spacing import SEPARATOR, spaced

#: Columns that words can be asked of, as typed before a colon, and the columns of the index that these are.
COLUMNS = {"title": "title", "headline": "title", "description": "description", "body": "body"}
#: Shorter beginnings of words are in nearly every article, and the index has no list of them.
SHORTEST_PREFIX = 3
#: Deeper brackets are left out: FTS5's parser gives up ("parser stack overflow") a little beyond.
_DEEPEST = 8
QUOTES = '"“”„‟«»'
_OPERATORS = ("AND", "OR", "NOT")
#: Signs that mean something in other search languages and nothing here.
_FOREIGN_SIGNS = "*^+-~:!|&=<>"
_FARTHEST = 1_000_000

_QUOTED = rf'"[^"]*"|[{QUOTES[1:]}][^{QUOTES}]*[{QUOTES}]'
_NEAR = re.compile(rf"NEAR\s*\(((?:[^(){QUOTES}]|{_QUOTED})*)(?:\)|\Z)")
_DISTANCE = re.compile(r",\s*([0-9]+)\s*\Z")
_PLAIN = re.compile(rf"[^\s(){QUOTES}]+")
_COLUMN = re.compile(rf"({'|'.join(COLUMNS)}):(?=[^\s)])", re.IGNORECASE)
_UNSENDABLE = re.compile(f"[\x00{SEPARATOR}{LETTER}\ud800-\udfff]")
_LAST_WORD = re.compile(r"[^\W_]+\Z")


@dataclass(frozen=True, slots=True)
class Term:
    """A word, phrase or NEAR(): ``fts`` for SQLite, ``typed`` for people."""

    fts: str
    typed: str


@dataclass(frozen=True, slots=True)
class Not:
    """What does not match the item."""

    item: Node


@dataclass(frozen=True, slots=True)
class In:
    """What matches the item in one column."""

    #: A key of ``COLUMNS``.
    column: str
    item: Node


@dataclass(frozen=True, slots=True)
class All:
    """What matches every item."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """What matches at least one item."""

    items: tuple[Node, ...]


Node = Term | Not | In | All | AnyOf


def read_tree(text: str) -> Node | None:
    """The tree of a text that SQLite can take; None: there is no word in it. Never raises."""
    return _Reader(_pieces(text)).read()


def sendable_text(text: str) -> str:
    """The text with a space for what SQLite cannot take (NUL, half surrogate pairs) or what is the index's own."""
    return _UNSENDABLE.sub(" ", text)


def has_words(text: str) -> bool:
    """Whether the index could hold anything of the text: it keeps letters and digits only."""
    return any(c.isalnum() for c in text)


def quoted(text: str) -> str:
    """The text as one FTS5 string, in which no character has a meaning, with words split as the index splits them."""
    return '"' + spaced(text).replace('"', '""') + '"'


def _is_prefix(text: str) -> bool:
    """Whether ``*`` behind the text can be meant: the last word is long enough, and not of signs that are words."""
    last = _LAST_WORD.search(text)
    return last is not None and len(last[0]) >= SHORTEST_PREFIX and spaced(last[0]) == last[0]


# ── text → pieces ────────────────────────────────────────────────────────────────────────────────────


def _pieces(text: str) -> list[str | Term]:
    """Terms, and ``(``, ``)``, ``AND``, ``OR``, ``NOT``, ``title:`` as strings. Pieces without a word are left out."""
    pieces: list[str | Term] = []
    at = 0
    while at < len(text):
        piece, at = _next_piece(text, at)
        if piece is not None:
            pieces.append(piece)
    return pieces


def _next_piece(text: str, at: int) -> tuple[str | Term | None, int]:
    sign = text[at]
    if sign in "()":
        return sign, at + 1
    return _phrase(text, at) if sign in QUOTES else _unquoted(text, at)


def _unquoted(text: str, at: int) -> tuple[str | Term | None, int]:
    near = _NEAR.match(text, at)
    if near and (term := _near(near[1])):
        return term, near.end()
    begins = at == 0 or text[at - 1].isspace() or text[at - 1] in "(-:"
    if begins and (column := _COLUMN.match(text, at)):
        return column[0].lower(), column.end()
    if text[at] == "-" and begins and at + 1 < len(text) and _negates(text, at + 1):
        return "NOT", at + 1
    plain = _PLAIN.match(text, at)
    if plain is None:  # white space
        return None, at + 1
    word = plain[0]
    return (word if word in _OPERATORS else _word(word)), plain.end()


def _negates(text: str, at: int) -> bool:
    """Whether what stands behind a hyphen is a word, a phrase, a group or a column, which the hyphen takes away."""
    return text[at].isalnum() or text[at] in QUOTES or text[at] == "("


def _phrase(text: str, at: int) -> tuple[Term | None, int]:
    """The phrase whose opening quote is at ``at``, up to its closing quote or the end of the text."""
    closing = '"' if text[at] == '"' else QUOTES
    end = next((i for i in range(at + 1, len(text)) if text[i] in closing), len(text))
    inside = " ".join(text[at + 1 : end].replace('"', " ").split())
    starred = text[end + 1 : end + 2] == "*"
    after = end + 2 if starred else end + 1
    begins = starred and _is_prefix(inside)
    if not has_words(inside):
        return None, after
    star = "*" if begins else ""
    return Term(quoted(inside) + (" *" if begins else ""), f'"{inside}"{star}'), after


def _word(word: str) -> Term | None:
    """A word as typed → its term. ``post-war`` is a phrase of two: the index splits it likewise."""
    if not has_words(word):
        return None
    bare = word.strip(_FOREIGN_SIGNS)
    begins = word.endswith("*") and _is_prefix(bare)
    if bare in (*_OPERATORS, "NEAR"):
        bare = bare.lower()  # so that the spelling, typed again, means the same
    typed = f'"{bare}"' if any(c in _FOREIGN_SIGNS and c != "-" for c in bare) else bare
    return Term(quoted(bare) + (" *" if begins else ""), typed + ("*" if begins else ""))


def _near(inside: str) -> Term | None:
    """What stands in the brackets of NEAR → its term; None: no words, or one, in there."""
    distance = _DISTANCE.search(inside)
    words = inside[: distance.start()] if distance else inside
    found = [t if isinstance(t, Term) else _word(t) for t in _pieces(words.replace(",", " "))]
    terms = [t for t in found if t is not None]
    if len(terms) < 2:
        return None
    most = min(int(distance[1][:9]), _FARTHEST) if distance else 10
    fts, typed = (" ".join(parts) for parts in zip(*((t.fts, t.typed) for t in terms), strict=True))
    return Term(f"NEAR({fts}, {most})", f"NEAR({typed}, {most})")


# ── pieces → tree ────────────────────────────────────────────────────────────────────────────────────


class _Reader:
    """Pieces → tree, by recursive descent over: any of (all of (NOT… term or group))."""

    def __init__(self, pieces: list[str | Term]) -> None:
        self._pieces = _without_deep_brackets(pieces)
        self._at = 0

    def read(self) -> Node | None:
        found = []
        while self._peek() is not None:
            if node := self._any():
                found.append(node)
            if self._peek() == ")":  # one that closes nothing
                self._at += 1
        return _joined(All, found)

    def _peek(self, ahead: int = 0) -> str | Term | None:
        at = self._at + ahead
        return self._pieces[at] if at < len(self._pieces) else None

    def _binds(self, ahead: int = 1) -> bool:
        """Whether an operand follows: a term, a group, or a NOT that has one itself."""
        follower = self._peek(ahead)
        while follower == "NOT" or _is_column(follower):
            ahead += 1
            follower = self._peek(ahead)
        return follower == "(" or isinstance(follower, Term)

    def _any(self) -> Node | None:
        items = [self._all()]
        while self._peek() == "OR":
            self._at += 1
            items.append(self._all())
        return _joined(AnyOf, [item for item in items if item is not None])

    def _all(self) -> Node | None:
        items: list[Node] = []
        while (piece := self._peek()) not in (None, ")"):
            joins = bool(items) and self._binds()
            if piece == "OR" and joins:
                break
            if piece == "AND" and joins:
                self._at += 1
            if item := self._one():
                items.append(item)
        return _joined(All, items)

    def _one(self) -> Node | None:
        """One operand. An operator that stands here binds nothing and is a word."""
        negative = False
        while self._peek() == "NOT" and self._binds():
            negative = not negative
            self._at += 1
        piece = self._peek()
        if isinstance(piece, str) and _is_column(piece) and self._binds():
            self._at += 1
            inside = self._one()
            asked = In(piece[:-1], inside) if inside else None
            return Not(asked) if negative and asked is not None else asked
        self._at += 1
        if piece == "(":
            node = self._any()
            self._at += 1  # the closing bracket, or the end
        else:
            node = _word(piece) if isinstance(piece, str) else piece
        return Not(node) if negative and node is not None else node


def _is_column(piece: str | Term | None) -> bool:
    return isinstance(piece, str) and piece.endswith(":")


def _without_deep_brackets(pieces: list[str | Term]) -> list[str | Term]:
    """The pieces without empty brackets, those that close nothing, and those deeper than ``_DEEPEST``."""
    kept: list[str | Term] = []
    depth = 0
    for piece in pieces:
        if piece == "(":
            depth += 1
            if depth > _DEEPEST:
                continue
        elif piece == ")":
            depth -= 1
            if depth < 0 or depth >= _DEEPEST:
                depth = max(depth, 0)
                continue
            if kept[-1] == "(":
                kept.pop()
                continue
        kept.append(piece)
    while kept and kept[-1] == "(":
        kept.pop()
    return kept


def _joined(kind: type[All] | type[AnyOf], items: list[Node]) -> Node | None:
    """One node of the items, with no node of a kind straight inside another of it."""
    flat: list[Node] = []
    for item in items:
        flat.extend(item.items if isinstance(item, kind) else [item])
    if len(flat) < 2:
        return flat[0] if flat else None
    return kind(tuple(flat))
