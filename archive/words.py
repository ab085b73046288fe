"""What a person typed → an FTS5 expression that SQLite accepts, whatever was typed.

The language, in one screen::

    harbour talks            both words, anywhere in an article's title, authors, description or body
    "harbour talks"          these words side by side (typographic quotes do as well)
    harbour OR port          either
    talks NOT strike         talks without strike; NOT takes the one word, phrase or group after it
    NOT strike               everything but
    (harbour OR port) talks  groups
    dock*                    words that begin so
    NEAR(union offer, 5)     both, with at most 5 words between them (10 when no number is given)

AND binds tighter than OR; side by side means AND. Case and accents do not matter, operators are upper case.
Every word reaches SQLite inside quotes, so no character has a meaning there. What cannot be meant is
mended: an open quote or bracket is closed, a stray bracket is dropped, an operator with nothing to bind is
a word like any other, and signs that are no part of words are no part of the search.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

#: Deeper brackets are left out: FTS5's parser gives up ("parser stack overflow") a little beyond.
_DEEPEST = 8
_QUOTES = '"“”„‟«»'
_OPERATORS = ("AND", "OR", "NOT")
#: Signs that mean something in other search languages and nothing here.
_FOREIGN_SIGNS = "*^+-~:!|&=<>"
_FARTHEST = 1_000_000

_QUOTED = rf'"[^"]*"|[{_QUOTES[1:]}][^{_QUOTES}]*[{_QUOTES}]'
_NEAR = re.compile(rf"NEAR\s*\(((?:[^(){_QUOTES}]|{_QUOTED})*)(?:\)|\Z)")
_DISTANCE = re.compile(r",\s*([0-9]+)\s*\Z")
_PLAIN = re.compile(rf"[^\s(){_QUOTES}]+")
_UNSENDABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Understood:
    """How a text was read."""

    #: For FTS5's ``match``; None: no condition on words.
    expression: str | None
    #: True: wanted is what does *not* match ``expression``.
    negated: bool
    #: True: there was a text, and no word in it: nothing matches.
    hopeless: bool
    #: The same search as one would type it.
    spelling: str
    #: True: something typed was mended or left out, so ``spelling`` is worth showing.
    mended: bool


@dataclass(frozen=True, slots=True)
class _Term:
    """A word, phrase or NEAR(): ``fts`` for SQLite, ``typed`` for people."""

    fts: str
    typed: str


@dataclass(frozen=True, slots=True)
class _Not:
    item: _Node


@dataclass(frozen=True, slots=True)
class _All:
    items: tuple[_Node, ...]


@dataclass(frozen=True, slots=True)
class _Any:
    items: tuple[_Node, ...]


_Node = _Term | _Not | _All | _Any


def understand(text: str) -> Understood:
    """Read a search text. Never raises."""
    sendable = sendable_text(text)
    if not sendable.strip():
        return Understood(None, negated=False, hopeless=False, spelling="", mended=False)
    node = _Reader(_pieces(sendable)).read()
    if node is None:
        return Understood(None, negated=False, hopeless=True, spelling="", mended=True)
    expression, negated = _compiled(node)
    spelling = _typed(node)
    mended = _skeleton(spelling) != _skeleton(text)
    return Understood(expression, negated=negated, hopeless=False, spelling=spelling, mended=mended)


def sendable_text(text: str) -> str:
    """The text with a space for what SQLite cannot take: NUL, and halves of surrogate pairs."""
    return _UNSENDABLE.sub(" ", text)


def has_words(text: str) -> bool:
    """Whether the index could hold anything of the text: it keeps letters and digits only."""
    return any(c.isalnum() for c in text)


def quoted(text: str) -> str:
    """The text as one FTS5 string, in which no character has a meaning."""
    return '"' + text.replace('"', '""') + '"'


def _skeleton(text: str) -> str:
    """The text without what may change and mean the same: space, brackets, AND, the shape of quotes."""
    return re.sub(r"\bAND\b|[\s()]", "", re.sub(f"[{_QUOTES}]", '"', text))


# ── text → pieces ────────────────────────────────────────────────────────────────────────────────────


def _pieces(text: str) -> list[str | _Term]:
    """Terms, and ``(``, ``)``, ``AND``, ``OR``, ``NOT`` as strings. Pieces without a word are left out."""
    pieces: list[str | _Term] = []
    at = 0
    while at < len(text):
        piece, at = _next_piece(text, at)
        if piece is not None:
            pieces.append(piece)
    return pieces


def _next_piece(text: str, at: int) -> tuple[str | _Term | None, int]:
    sign = text[at]
    if sign in "()":
        return sign, at + 1
    if sign in _QUOTES:
        return _phrase(text, at)
    near = _NEAR.match(text, at)
    if near and (term := _near(near[1])):
        return term, near.end()
    plain = _PLAIN.match(text, at)
    if plain is None:  # white space
        return None, at + 1
    word = plain[0]
    return (word if word in _OPERATORS else _word(word)), plain.end()


def _phrase(text: str, at: int) -> tuple[_Term | None, int]:
    """The phrase whose opening quote is at ``at``, up to its closing quote or the end of the text."""
    closing = '"' if text[at] == '"' else _QUOTES
    end = next((i for i in range(at + 1, len(text)) if text[i] in closing), len(text))
    inside = " ".join(text[at + 1 : end].replace('"', " ").split())
    begins = text[end + 1 : end + 2] == "*"
    after = end + 2 if begins else end + 1
    if not has_words(inside):
        return None, after
    star = "*" if begins else ""
    return _Term(quoted(inside) + (" *" if begins else ""), f'"{inside}"{star}'), after


def _word(word: str) -> _Term | None:
    """A word as typed → its term. ``post-war`` is a phrase of two: the index splits it likewise."""
    if not has_words(word):
        return None
    begins = word.endswith("*")
    bare = word.strip(_FOREIGN_SIGNS)
    if bare in (*_OPERATORS, "NEAR"):
        bare = bare.lower()  # so that the spelling, typed again, means the same
    typed = f'"{bare}"' if any(c in _FOREIGN_SIGNS and c != "-" for c in bare) else bare
    return _Term(quoted(bare) + (" *" if begins else ""), typed + ("*" if begins else ""))


def _near(inside: str) -> _Term | None:
    """What stands in the brackets of NEAR → its term; None: no words, or one, in there."""
    distance = _DISTANCE.search(inside)
    words = inside[: distance.start()] if distance else inside
    found = [t if isinstance(t, _Term) else _word(t) for t in _pieces(words.replace(",", " "))]
    terms = [t for t in found if t is not None]
    if len(terms) < 2:
        return None
    most = min(int(distance[1][:9]), _FARTHEST) if distance else 10
    fts, typed = (" ".join(parts) for parts in zip(*((t.fts, t.typed) for t in terms), strict=True))
    return _Term(f"NEAR({fts}, {most})", f"NEAR({typed}, {most})")


# ── pieces → tree ────────────────────────────────────────────────────────────────────────────────────


class _Reader:
    """Pieces → tree, by recursive descent over: any of (all of (NOT… term or group))."""

    def __init__(self, pieces: list[str | _Term]) -> None:
        self._pieces = _without_deep_brackets(pieces)
        self._at = 0

    def read(self) -> _Node | None:
        found = []
        while self._peek() is not None:
            if node := self._any():
                found.append(node)
            if self._peek() == ")":  # one that closes nothing
                self._at += 1
        return _joined(_All, found)

    def _peek(self, ahead: int = 0) -> str | _Term | None:
        at = self._at + ahead
        return self._pieces[at] if at < len(self._pieces) else None

    def _binds(self, ahead: int = 1) -> bool:
        """Whether an operand follows: a term, a group, or a NOT that has one itself."""
        follower = self._peek(ahead)
        while follower == "NOT":
            ahead += 1
            follower = self._peek(ahead)
        return follower == "(" or isinstance(follower, _Term)

    def _any(self) -> _Node | None:
        items = [self._all()]
        while self._peek() == "OR":
            self._at += 1
            items.append(self._all())
        return _joined(_Any, [item for item in items if item is not None])

    def _all(self) -> _Node | None:
        items: list[_Node] = []
        while (piece := self._peek()) not in (None, ")"):
            joins = bool(items) and self._binds()
            if piece == "OR" and joins:
                break
            if piece == "AND" and joins:
                self._at += 1
            if item := self._one():
                items.append(item)
        return _joined(_All, items)

    def _one(self) -> _Node | None:
        """One operand. An operator that stands here binds nothing and is a word."""
        negative = False
        while self._peek() == "NOT" and self._binds():
            negative = not negative
            self._at += 1
        piece = self._peek()
        self._at += 1
        if piece == "(":
            node = self._any()
            self._at += 1  # the closing bracket, or the end
        else:
            node = _word(piece) if isinstance(piece, str) else piece
        return _Not(node) if negative and node is not None else node


def _without_deep_brackets(pieces: list[str | _Term]) -> list[str | _Term]:
    """The pieces without empty brackets, those that close nothing, and those deeper than ``_DEEPEST``."""
    kept: list[str | _Term] = []
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


def _joined(kind: type[_All] | type[_Any], items: list[_Node]) -> _Node | None:
    """One node of the items, with no node of a kind straight inside another of it."""
    flat: list[_Node] = []
    for item in items:
        flat.extend(item.items if isinstance(item, kind) else [item])
    if len(flat) < 2:
        return flat[0] if flat else None
    return kind(tuple(flat))


# ── tree → FTS5, tree → typed ────────────────────────────────────────────────────────────────────────


def _compiled(node: _Node) -> tuple[str, bool]:
    """An FTS5 expression, and whether what it does not match is meant.

    FTS5's NOT needs something to take away from; a lone NOT travels up as a flag (de Morgan).
    """
    if isinstance(node, _Term):
        return node.fts, False
    if isinstance(node, _Not):
        expression, negated = _compiled(node.item)
        return expression, not negated
    parts = [_compiled(item) for item in node.items]
    wanted = [expression for expression, negated in parts if not negated]
    unwanted = [expression for expression, negated in parts if negated]
    if isinstance(node, _All):
        if not wanted:
            return _fts("OR", unwanted), True
        return _less(_fts("AND", wanted), _fts("OR", unwanted)), False
    if not unwanted:
        return _fts("OR", wanted), False
    return _less(_fts("AND", unwanted), _fts("OR", wanted)), True


def _fts(operator: str, expressions: list[str]) -> str:
    if len(expressions) < 2:
        return "".join(expressions)
    return "(" + f" {operator} ".join(expressions) + ")"


def _less(wanted: str, unwanted: str) -> str:
    return f"({wanted} NOT {unwanted})" if unwanted else wanted


def _typed(node: _Node) -> str:
    if isinstance(node, _Term):
        return node.typed
    if isinstance(node, _Not):
        inner = _typed(node.item)
        return f"NOT {inner}" if isinstance(node.item, _Term) else f"NOT ({inner})"
    if isinstance(node, _Any):
        return " OR ".join(_typed(item) for item in node.items)
    return " ".join(f"({_typed(item)})" if isinstance(item, _Any) else _typed(item) for item in node.items)
