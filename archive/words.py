"""What a person typed → an FTS5 expression that SQLite accepts, whatever was typed.

The language, in one screen::

    harbour talks            both words, anywhere in an article's title, authors, description or body
    "harbour talks"          these words side by side (typographic quotes do as well)
    harbour OR port          either
    talks NOT strike         talks without strike; NOT takes the one word, phrase or group after it
    NOT strike               everything but
    (harbour OR port) talks  groups
    -strike                  the same as NOT strike
    dock*                    words that begin so; three letters at least
    NEAR(union offer, 5)     both, with at most 5 words between them (10 when no number is given)
    title:harbour            in the headline; likewise description: and body:, also title:"third round", title:(a OR b)

AND binds tighter than OR; side by side means AND. Case and accents do not matter, operators are upper case.
Every word reaches SQLite inside quotes, so no character has a meaning there. What cannot be meant is
mended: an open quote or bracket is closed, a stray bracket is dropped, an operator with nothing to bind is
a word like any other, and signs that are no part of words are no part of the search.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from archive.wordtree import COLUMNS, QUOTES, All, AnyOf, In, Node, Not, Term, read_tree, sendable_text


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
    #: FTS5 expressions of the words and phrases that are wanted, each on its own; for ranking.
    terms: tuple[str, ...] = ()


def understand(text: str) -> Understood:
    """Read a search text. Never raises."""
    sendable = sendable_text(text)
    if not sendable.strip():
        return Understood(None, negated=False, hopeless=False, spelling="", mended=False)
    node = read_tree(sendable)
    if node is None:
        return Understood(None, negated=False, hopeless=True, spelling="", mended=True)
    expression, negated = compiled(node)
    spelling = _typed(node)
    mended = _skeleton(spelling) != _skeleton(text)
    terms = () if negated else tuple(dict.fromkeys(_wanted(node)))
    return Understood(expression, negated=negated, hopeless=False, spelling=spelling, mended=mended, terms=terms)


def _wanted(node: Node) -> Iterator[str]:
    if isinstance(node, Term):
        yield node.fts
    elif isinstance(node, In):
        yield from _wanted(node.item)
    elif not isinstance(node, Not):
        for item in node.items:
            yield from _wanted(item)


def _skeleton(text: str) -> str:
    """The text without what may change and mean the same: space, brackets, AND, quotes' shape, the hyphen for NOT."""
    text = re.sub(rf"(?:(?<=[\s(])|\A)-(?=[\w({QUOTES}])", "NOT", re.sub(f"[{QUOTES}]", '"', text))
    return re.sub(r"\bAND\b|[\s()]", "", text)


def compiled(node: Node) -> tuple[str, bool]:
    """An FTS5 expression, and whether what it does not match is meant.

    FTS5's NOT needs something to take away from; a lone NOT travels up as a flag (de Morgan).
    """
    if isinstance(node, Term):
        return node.fts, False
    if isinstance(node, Not):
        expression, negated = compiled(node.item)
        return expression, not negated
    if isinstance(node, In):
        expression, negated = compiled(node.item)
        return f"({{{COLUMNS[node.column]}}} : ({expression}))", negated
    return _compiled_all(node)


def _compiled_all(node: All | AnyOf) -> tuple[str, bool]:
    parts = [compiled(item) for item in node.items]
    wanted = [expression for expression, negated in parts if not negated]
    unwanted = [expression for expression, negated in parts if negated]
    if isinstance(node, All):
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


def _typed(node: Node) -> str:
    if isinstance(node, Term):
        return node.typed
    if isinstance(node, Not):
        inner = _typed(node.item)
        return f"NOT {inner}" if isinstance(node.item, Term | In) else f"NOT ({inner})"
    if isinstance(node, In):
        inner = _typed(node.item)
        return f"{node.column}:{inner}" if isinstance(node.item, Term) else f"{node.column}:({inner})"
    if isinstance(node, AnyOf):
        return " OR ".join(_typed(item) for item in node.items)
    return " ".join(f"({_typed(item)})" if isinstance(item, AnyOf) else _typed(item) for item in node.items)
