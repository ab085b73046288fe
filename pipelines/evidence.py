"""A page's passages in; for each, the numbers out by which it is judged to be the article's or not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from pipelines.passages import Box, Passage
from pipelines.phrases import is_furniture
from pipelines.sizes import size_of

#: One number each, in this order. Lengths are of Latin letters: see ``sizes``.
_FEATURES_WORDS = """
    size words linked kind stops capitals pipes endings word_mean word_least word_sum furniture title_share
    times seen names_own names_sum names_least names_most depth in_aside in_footer in_form in_figure in_list
    in_table hidden box_size box_linked parent_size parent_linked parent_count parent_running grand_size
    grand_linked grand_count grand_running box_running home_distance home_steps alike alike_size
    alike_linked alike_share after_headline after_first before_last after_end long_before long_after place
    size_before page_count page_size page_running page_long since_heading heading_words size_1 linked_1
    words_1 names_1 size_2 linked_2 words_2 size_3 linked_3 kind_3 words_3 names_3 size_4 linked_4 words_4
    names_4
"""
FEATURES = tuple(_FEATURES_WORDS.split())
_WORD = re.compile(r"\w+")
#: What most texts have beyond ASCII is no part of a word.
_SIGNS = "’“”–‘—…\xa0"
_NO_WORDS = "".join(chr(n) if chr(n).isalnum() or chr(n) == "_" else " " for n in range(128))
_BEYOND = re.compile(r"[^\x00-\x7f]")
_CAPITALS = bytes(range(ord("A"), ord("Z") + 1))
_NAME = re.compile(r"[a-z]{2,}")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_TELLING = frozenset(("class", "id", "itemprop", "data-testid", "data-component", "role", "data-hook"))
_LONGEST_NAMES = 300
_HIDDEN = re.compile(r"(?i)display\s*:\s*none|visibility\s*:\s*hidden")
_KINDS = {
    "p": 1,
    "h1": 2,
    "h2": 3,
    "h3": 4,
    "h4": 5,
    "h5": 6,
    "h6": 6,
    "li": 7,
    "tr": 8,
    "td": 8,
    "th": 8,
    "dt": 9,
    "dd": 9,
    "blockquote": 10,
    "figcaption": 11,
    "pre": 12,
    "br": 13,
    "section": 15,
    "article": 15,
    "body": 15,
}
_OTHER_KIND = 14
_HEADING_KINDS = range(2, 7)
_PLACES = {
    "aside": 1,
    "dialog": 1,
    "footer": 2,
    "form": 4,
    "figure": 8,
    "figcaption": 8,
    "ul": 16,
    "ol": 16,
    "dl": 16,
    "table": 32,
}
_IS_HIDDEN = 64
#: Paragraphs from this size on, and not mostly links, are running text.
_LONG = 100
WORDS_READ = 40
_MOST = 4.0
_MOST_SUM = 8.0
_FAR = 30
_NO_HEADLINE = -50


@dataclass(frozen=True, slots=True, kw_only=True)
class Odds:
    """How much more often than others a token stands with article text: log odds, 0 for those not known."""

    #: Of words in an element's class, id and the like.
    names: Mapping[str, float]
    #: Of words in a passage.
    words: Mapping[str, float]


@lru_cache(maxsize=16384)
def _split_names(value: str) -> tuple[str, ...]:
    value = value[:_LONGEST_NAMES]
    if not value.islower():
        value = _HUMP.sub(" ", value).lower()
    return tuple(dict.fromkeys(_NAME.findall(value)))


def _telling(attributes: Iterable[tuple[str, str]]) -> str:
    return " ".join([value for name, value in attributes if name in _TELLING])


def names_of(box: Box) -> tuple[str, ...]:
    """The words of a box's class, id and similar attributes, in lower case, each once."""
    return _split_names(_telling(box.element.items()))


def words_of(text: str) -> list[str]:
    """A text's words in lower case."""
    text = text.lower()
    if not text.isascii():
        for sign in _SIGNS:
            text = text.replace(sign, " ")
    # The same words, in half of the time.
    return text.translate(_NO_WORDS).split() if text.isascii() else _WORD.findall(text)


def _count_capitals(text: str) -> int:
    if text.isascii():
        return len(text) - len(text.encode().translate(None, _CAPITALS))
    return _count_capitals(text.encode("ascii", "ignore").decode()) + sum(map(str.isupper, _BEYOND.findall(text)))


class _Setting(NamedTuple):
    """What a box's own names and those of the boxes around it say."""

    places: int
    own: float
    sum: float
    least: float
    most: float
    path: str


_OUTSIDE = _Setting(0, 0.0, 0.0, 0.0, 0.0, "")


class _Own(NamedTuple):
    """What the names of one element say."""

    odds: float
    #: False: they are all unknown.
    known: bool
    path: str


def weigh(
    passages: Sequence[Passage], title: str, odds: Odds, judged: Sequence[bool] | None = None
) -> list[list[float]]:
    """A row of ``FEATURES`` for each passage, or for each that is to be ``judged``. ``title``: the page's element."""
    return _Page(passages, title, odds).rows(judged or [True] * len(passages)) if passages else []


def _is_hidden(attributes: Iterable[tuple[str, str]]) -> bool:
    for name, value in attributes:
        if name == "hidden" or (name == "aria-hidden" and value == "true"):
            return True
        if name == "style" and _HIDDEN.search(value):
            return True
    return False


class _Page:
    def __init__(self, passages: Sequence[Passage], title: str, odds: Odds) -> None:
        self.passages = passages
        self.odds = odds
        self.title = words_of(title)
        self.words = [words_of(passage.text) for passage in passages]
        self.sizes = [size_of(passage.text) for passage in passages]
        self.linked = [min(1.0, p.linked / len(p.text)) for p in passages]
        self.kinds = [_KINDS.get(passage.tag, _OTHER_KIND) for passage in passages]
        self.long = [size >= _LONG and linked < 0.5 for size, linked in zip(self.sizes, self.linked, strict=True)]
        self._owns: dict[str, _Own] = {}
        self._settings: dict[int, _Setting] = {}
        self.settings = [self._setting(passage.box) for passage in passages]
        self.said = [self._say(words) for words in self.words]

    def _setting(self, box: Box) -> _Setting:
        found = self._settings.get(id(box))
        if found is None:
            up = _OUTSIDE if box.parent is None else self._setting(box.parent)
            attributes = box.element.items()
            own, known, path = self._own(_telling(attributes))
            places = up.places | _PLACES.get(box.tag, 0) | (_IS_HIDDEN if _is_hidden(attributes) else 0)
            path = f"{up.path[-40:]}>{box.tag}.{path}"
            found = _Setting(
                places,
                own if known else up.own / 2,
                up.sum + own,
                own if own < up.least else up.least,
                own if own > up.most else up.most,
                path,
            )
            self._settings[id(box)] = found
        return found

    def _own(self, value: str) -> _Own:
        found = self._owns.get(value)
        if found is None:
            names = _split_names(value)
            known = [self.odds.names[name] for name in names if name in self.odds.names]
            found = _Own(max(-_MOST, min(_MOST, sum(known))), bool(known), ".".join(names[:4]))
            self._owns[value] = found
        return found

    def _say(self, words: list[str]) -> tuple[float, float, float]:
        known = [odds for odds in map(self.odds.words.get, words[:WORDS_READ]) if odds is not None]
        total = sum(known)
        return total / (len(known) + 2), min(known, default=0.0), max(-_MOST_SUM, min(_MOST_SUM, total))

    def _running(self) -> dict[int, int]:
        """Running text in each box, at any depth."""
        running: dict[int, int] = {}
        for passage, size, is_long in zip(self.passages, self.sizes, self.long, strict=True):
            box: Box | None = passage.box if is_long else None
            while box is not None:
                running[id(box)] = running.get(id(box), 0) + size
                box = box.parent
        return running

    def _home(self) -> Box | None:
        """The box that most running text stands in, near by: the method of Arc90's Readability."""
        scores: dict[int, float] = {}
        boxes: dict[int, Box] = {}
        for passage, size, is_long in zip(self.passages, self.sizes, self.long, strict=True):
            if not is_long:
                continue
            box: Box | None = passage.box
            if passage.tag in ("p", "li", "br", "blockquote"):
                box = passage.box.parent
            for step in range(3):
                if box is None:
                    break
                boxes[id(box)] = box
                scores[id(box)] = scores.get(id(box), 0.0) + size / (1 + step)
                box = box.parent
        return boxes[max(scores, key=scores.__getitem__)] if scores else None

    def _ways_home(self) -> list[tuple[int, int]]:
        """For each passage: levels from the home up to the box that holds both, and from the passage up to it."""
        above: dict[int, int] = {}
        box = self._home()
        while box is not None:
            above[id(box)] = len(above)
            box = box.parent
        ways = []
        for passage in self.passages:
            steps = 0
            box = passage.box
            while box is not None and id(box) not in above:
                box = box.parent
                steps += 1
            ways.append((_FAR if box is None else above[id(box)], steps))
        return ways

    def _headline(self) -> int | None:
        """Number of the passage that is the headline: an ``h1``, if possible one whose words are the title's."""
        first = [n for n, passage in enumerate(self.passages) if passage.tag == "h1"]
        title = " ".join(self.title)
        best = [n for n in first if self.words[n] and " ".join(self.words[n]) in title]
        return next(iter(best or first), None)

    def rows(self, judged: Sequence[bool]) -> list[list[float]]:
        sizes, linked, said, kinds = self.sizes, self.linked, self.said, self.kinds
        count, total = len(sizes), sum(sizes) or 1
        running = self._running()
        all_running = sum(size for size, is_long in zip(sizes, self.long, strict=True) if is_long) or 1
        ways = self._ways_home()
        headline = self._headline()
        long_at = [n for n, is_long in enumerate(self.long) if is_long]
        at_home = [n for n in long_at if ways[n][0] == 0] or long_at or [0, count - 1]
        last = long_at[-1] if long_at else count - 1
        keys = [" ".join(words) for words in self.words]
        times = Counter(keys)
        alike = [setting.path + p.tag for setting, p in zip(self.settings, self.passages, strict=True)]
        alike_count = Counter(alike)
        alike_size: dict[str, int] = {}
        alike_linked: dict[str, float] = {}
        for key, size, share in zip(alike, sizes, linked, strict=True):
            alike_size[key] = alike_size.get(key, 0) + size
            alike_linked[key] = alike_linked.get(key, 0.0) + share * size
        title = set(self.title)
        seen: set[str] = set()
        before = long_before = 0
        since, heading = 99, 0.0
        page = (count, total, all_running / total, len(long_at))
        # Neighbours beyond the ends of the page
        padded = [(-1, -1.0, -1, 0.0, 0.0)] * 2
        padded += [(sizes[n], linked[n], kinds[n], said[n][0], self.settings[n].own) for n in range(count)]
        padded += padded[:2]
        rows = []
        for n, passage in enumerate(self.passages):
            setting, size, kind, text = self.settings[n], sizes[n], kinds[n], passage.text
            box = passage.box
            parent = box.parent or box
            grand = parent.parent or parent
            key, same = keys[n], alike[n]
            words = self.words[n]
            if kind in _HEADING_KINDS:
                since, heading = 0, said[n][0]
            else:
                since += 1
            places = setting.places
            two_back, back, on, two_on = padded[n], padded[n + 1], padded[n + 3], padded[n + 4]
            if judged[n]:
                rows.append(
                    [
                        size,
                        len(words),
                        linked[n],
                        kind,
                        text[-1] in '.!?…。！？”"»',
                        _count_capitals(text) / size,
                        text.count("|"),
                        text.count(". ") + text.count("。"),
                        *said[n],
                        is_furniture(text),
                        sum(map(title.__contains__, words)) / len(words) if 0 < len(words) < 40 else 0.0,
                        times[key],
                        key in seen,
                        setting.own,
                        setting.sum,
                        setting.least,
                        setting.most,
                        box.depth,
                        places & 1,
                        places & 2,
                        places & 4,
                        places & 8,
                        places & 16,
                        places & 32,
                        places & 64,
                        box.text,
                        box.linked / (box.text or 1),
                        parent.text,
                        parent.linked / (parent.text or 1),
                        parent.count,
                        running.get(id(parent), 0) / all_running,
                        grand.text,
                        grand.linked / (grand.text or 1),
                        grand.count,
                        running.get(id(grand), 0) / all_running,
                        running.get(id(box), 0) / all_running,
                        *ways[n],
                        alike_count[same],
                        alike_size[same] / alike_count[same],
                        alike_linked[same] / (alike_size[same] or 1),
                        alike_size[same] / total,
                        _NO_HEADLINE if headline is None else n - headline,
                        n - at_home[0],
                        at_home[-1] - n,
                        n - last,
                        long_before,
                        len(long_at) - long_before,
                        n / count,
                        before / total,
                        *page,
                        since,
                        heading,
                        *two_back[:2],
                        *two_back[3:],
                        *back[:2],
                        back[3],
                        *on,
                        *two_on[:2],
                        *two_on[3:],
                    ]
                )
            seen.add(key)
            before += size
            long_before += self.long[n]
        return rows
