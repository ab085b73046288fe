"""A page in, numbers out that tell articles from shops, forums, manuals, lists and advertising.

The names of the numbers are words for a person: a Rejection shows the strongest ones.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from urllib.parse import urlsplit

from pipelines.jsonld import types_of
from pipelines.landmarks import Landmarks
from pipelines.lexicon import ADDRESS, PHRASES, SELF, SMALL_WORDS, THEY, WE, YOU
from pipelines.shape import read_shape
from pipelines.sheet import Sheet
from pipelines.structured import Structured

#: A trait's name → its value; not a number (NaN) if it cannot be known.
Traits = dict[str, float]

_MONEY = "$€£¥₹"
_YEAR_NUMBER = re.compile(r"20[0-3]\d")
_FILE = re.compile(r"\.\w{2,5}$")
_SLUG = re.compile(r"[-_+]|%20")
_YEAR = re.compile(r"/(?:19|20)\d\d[/-]")
_POST = re.compile(r"(?i)(?:^|[\s_-])(?:single|article|story|news|blog|posts?|postid|view-item)(?=$|[\s_-])")
_WORDPRESS = re.compile(r"/wp-json/wp/v2/([\w-]+)/\d+")
_GOODS = frozenset(("Product", "ProductGroup", "Offer", "AggregateOffer", "IndividualProduct", "OfferCatalog", "Store"))
_TALK = frozenset(("DiscussionForumPosting", "QAPage"))
_WRITERS = ("author", "article:author", "parsely-author", "dc.creator", "sailthru.author")
_PHRASES = {kind: [(p, p.split()[0], " " in p) for p in sorted(phrases)] for kind, phrases in PHRASES.items()}
#: Traits of English texts: not known of others.
ENGLISH = frozenset(
    (
        *(f"phrases of {kind} pages" for kind in PHRASES),
        *(f"density of {kind} phrases" for kind in PHRASES),
        "small words",
        "small words in the address",
        "small words in the headline",
        "“we”",
        "“you”",
        "“I”",
        "“they”",
    )
)
#: Share of small words from which an undeclared text is English.
_AS_IN_ENGLISH = 0.15


def read_traits(sheet: Sheet, told: Structured, seen: Landmarks) -> Traits:
    """All traits of a page."""
    words = sheet.shown.lower()
    listed = words.split()
    bare = Counter(listed)
    traits = {
        **_address(sheet.url),
        **_declared(sheet, told),
        **_sight(sheet, seen),
        **read_shape(sheet, seen),
        **_text(words, bare),
        **_english(words, bare),
    }
    if not _is_english(sheet, traits["small words"]):
        traits |= dict.fromkeys(ENGLISH, math.nan)
    return traits


def _is_english(sheet: Sheet, small: float) -> bool:
    declared = (sheet.tree.get("lang") or sheet.tree.get("xml:lang") or "").lower()
    return declared.startswith("en") if declared else small >= _AS_IN_ENGLISH


def _address(url: str | None) -> Traits:
    parts = urlsplit(url or "")
    segments = [segment for segment in parts.path.lower().split("/") if segment]
    last = _FILE.sub("", segments[-1]) if segments else ""
    slug = [word for word in _SLUG.split(last) if word]
    label = parts.netloc.partition(".")[0]
    before = {*segments[:-1], *(word for segment in segments[:-1] for word in segment.split("-"))}
    ends = {last, *slug} if len(slug) <= 2 else {last}
    traits: Traits = {
        "parts of the address": len(segments),
        "words in the address": len(slug),
        "length of the address's end": len(last),
        "small words in the address": sum(word in SMALL_WORDS for word in slug),
        "year in the address": bool(_YEAR.search(parts.path)),
        "subdomain": label not in ("www", "") and parts.netloc.count(".") >= 2,
    }
    for kind, words in ADDRESS.items():
        found = 2 * (label in words) + 2 * (not before.isdisjoint(words)) + (not ends.isdisjoint(words))
        traits[f"{kind} words in the address"] = found
    return traits


def _declared(sheet: Sheet, told: Structured) -> Traits:
    kinds = Counter(kind for node in told.nodes for kind in types_of(node))
    body = sheet.tree.find("body")
    names = (body.get("class") or "") if body is not None else ""
    posts = [found[1] for link in told.links.get("alternate", ()) if (found := _WORDPRESS.search(link))]
    return {
        "declared as article": bool(told.type),
        "declared by og:type": _og_type((told.first_meta("og:type") or "").lower()),
        "declared as post": (1 if posts[0] == "posts" else -1) if posts else 0,
        "article names on the page's body": len(_POST.findall(names)),
        "declared author": bool(told.article.get("author")),
        "author in the metas": any(name in told.meta for name in _WRITERS),
        "declared date": bool(told.article.get("datePublished")) or "article:published_time" in told.meta,
        "declared change": "article:modified_time" in told.meta,
        "labels for sharing": sum(f"twitter:label{n}" in told.meta for n in (1, 2)),
        "metas": len(told.meta),
        "declared goods": sum(kinds[kind] for kind in _GOODS) + ("product:price:amount" in told.meta),
        "declared discussion": sum(kinds[kind] for kind in _TALK),
        "declared breadcrumbs": kinds["BreadcrumbList"],
    }


def _og_type(kind: str) -> int:
    if kind.startswith(("article", "news", "blog")):
        return 2
    return -2 if "product" in kind or "item" in kind else int(kind in ("website", ""))


def _sight(sheet: Sheet, seen: Landmarks) -> Traits:
    words = (seen.headlines[0] if seen.headlines else "").lower().split()
    return {
        "words in the headline": len(words),
        "words in the title": len(sheet.headed.split()),
        "small words in the headline": sum(word in SMALL_WORDS for word in words),
        "numbers in the headline": sum(word.isdigit() for word in words),
        "dates by the headline": min(3, sum(stamp.near for stamp in seen.stamps)),
        "marked dates": len(seen.stamps),
        "bylines": len(seen.bylines),
        "pictures": len(seen.pictures),
        "side boxes": len(seen.beside),
    }


def _text(words: str, bare: Counter[str]) -> Traits:
    total = max(1, bare.total())
    thousand = max(1.0, len(words) / 1000)
    return {
        "words": total,
        "share of different words": len(bare) / total,
        "share of commas": words.count(", ") / total,
        "share of digits": sum(map(words.count, "0123456789")) / max(1, len(words)),
        "signs of money": sum(map(words.count, _MONEY)),
        "years": len(_YEAR_NUMBER.findall(words)),
        "questions": words.count("? ") / thousand,
        "exclamations": words.count("! ") / thousand,
    }


def _english(words: str, bare: Counter[str]) -> Traits:
    total = max(1, bare.total())
    thousand = max(1.0, len(words) / 1000)
    traits: Traits = {}
    for name, listed in (("small words", SMALL_WORDS), ("“we”", WE), ("“you”", YOU), ("“I”", SELF), ("“they”", THEY)):
        traits[name] = sum(bare[word] for word in listed) / total
    for kind, phrases in _PHRASES.items():
        # Looking up a phrase's first word first halves the cost of all traits.
        times = [words.count(phrase) if rest else bare[first] for phrase, first, rest in phrases if first in bare]
        traits[f"phrases of {kind} pages"] = sum(n > 0 for n in times)
        traits[f"density of {kind} phrases"] = sum(times) / thousand
    return traits
