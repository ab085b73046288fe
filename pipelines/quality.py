"""What a page with text has to show in, a Rejection with its reason out if it is no article. Conservative on purpose.

The gates before this one: by the bytes in ``filetype``, by what stands in place of an article in ``walls``.
"""

from __future__ import annotations

import re

from archive.types import Reason, Rejection
from pipelines.addresses import is_home, is_list, is_service, may_be_list, other_kind, other_kind_perhaps
from pipelines.boilerplate import Cleaned
from pipelines.jsonld import types_of
from pipelines.kinds import is_news
from pipelines.landmarks import Landmarks
from pipelines.sheet import Sheet
from pipelines.sizes import RUNNING_TEXT, count_words, size_of
from pipelines.structured import Structured
from pipelines.walls import shell_of

_NO_ARTICLE_TYPES_WORDS = """
    Product ProductGroup IndividualProduct SoftwareApplication LocalBusiness Restaurant Hotel Store JobPosting
    CollectionPage SearchResultsPage ItemList ProfilePage ContactPage AboutPage CheckoutPage QAPage
    DiscussionForumPosting Service Course Event RealEstateListing Vehicle Movie VideoGame Offer AggregateOffer
"""
_NO_ARTICLE_TYPES = frozenset(_NO_ARTICLE_TYPES_WORDS.split())
_INDEX_TYPES = frozenset(("CollectionPage", "SearchResultsPage", "ItemList", "ProfilePage"))
_ARTICLE_TYPE = re.compile(r"(?i)^(?:article|news|blog|story|post)")
#: Types that an article's page does not describe beside the article.
_SURELY_OTHER = frozenset(("CollectionPage", "SearchResultsPage", "QAPage", "DiscussionForumPosting", "JobPosting"))
_SOME_LINKS = 6
#: Characters of a link's text that may be a teaser's headline.
_HEADLINE = 20
#: Words in paragraphs of some length below which a page at a list's address is no article.
_RUNNING_WORDS = 120
#: Fewer words than this, without anything that says "article", is no text.
_FEW_WORDS = 40
#: With more words than this a page is an article whatever else its markup describes (a shop's guide, a review).
_MANY_WORDS = 500
#: An article by its own declaration may be this short: a flash.
_VERY_FEW_WORDS = 12
#: A share of the page's words with which it is a text in the first place.
_MOSTLY = 0.7


def _no(reason: Reason, detail: str) -> Rejection:
    return Rejection(reason=reason, detail=detail)


def gate_text(
    sheet: Sheet, told: Structured, seen: Landmarks, cleaned: Cleaned, links: frozenset[str]
) -> Rejection | None:
    """By the text: too little of it, or a page of links, goods or services. ``links``: the texts of its links."""
    running = _running_words(cleaned, links)
    words = count_words(cleaned.text)
    declared = declares_article(told)
    if words == 0:
        return shell_of(sheet, sheet.shown) or _no(Reason.TOO_SHORT, "no running text found")
    if words < (_VERY_FEW_WORDS if declared else _FEW_WORDS):
        return (
            _index(sheet, told, words, running)
            or _by_address(sheet, running)
            or _no(Reason.TOO_SHORT, f"{words} words of running text")
        )
    if is_news(sheet, told):
        return None
    # Templates call every page of a site an article: a marked address counts for more.
    if refused := _by_sure_address(sheet, running):
        return refused
    if declared:
        return None
    return (
        _other_kind(told, seen, words)
        or _by_unsure_address(sheet, seen, words)
        or _index(sheet, told, words, running)
        or _by_address(sheet, running)
    )


def _running_words(cleaned: Cleaned, links: frozenset[str]) -> int:
    """Words in paragraphs of some length that are not teasers, that is, do not begin with a link's text."""
    heads = tuple(link for link in links if len(link) >= _HEADLINE)
    return sum(
        count_words(block.text)
        for block in cleaned.blocks
        if size_of(block.text) >= RUNNING_TEXT and not block.text.startswith(heads)
    )


def _by_sure_address(sheet: Sheet, running: int) -> Rejection | None:
    """A list's address, or that of a shop, forum or manual."""
    if is_list(sheet.url) and running < _MANY_WORDS:
        return _no(Reason.INDEX_PAGE, f"an address of a list, and {running} words of running text")
    if kind := other_kind(sheet.url):
        return _no(Reason.NOT_ARTICLE, f"an address of a {kind}")
    return None


def _by_unsure_address(sheet: Sheet, seen: Landmarks, words: int) -> Rejection | None:
    """An address that could be a shop's or a service's, of a page without a date that is not mostly text."""
    kind = other_kind_perhaps(sheet.url)
    dated = any(stamp.near for stamp in seen.stamps)
    if kind is None or dated or words >= _MOSTLY * count_words(sheet.shown):
        return None
    return _no(Reason.NOT_ARTICLE, f"an address of a {kind}, and no date")


def _by_address(sheet: Sheet, running: int) -> Rejection | None:
    """A section, tag, author or service page by its address, if hardly any of its text runs over a line or two."""
    if running >= _RUNNING_WORDS or is_home(sheet.url):
        return None
    if is_service(sheet.url):
        return _no(Reason.NOT_ARTICLE, f"an address of a service page, and {running} words of running text")
    if len(sheet.anchors) >= _SOME_LINKS and may_be_list(sheet.url, without_text=running < _FEW_WORDS):
        return _no(Reason.INDEX_PAGE, f"an address of a list, and {running} words of running text")
    return None


def declares_article(told: Structured) -> bool:
    """True if the page's own markup says that it is an article."""
    if told.article:
        return True
    kind = told.first_meta("og:type") or ""
    return bool(_ARTICLE_TYPE.match(kind)) or "article:published_time" in told.meta


def _other_kind(told: Structured, seen: Landmarks, words: int) -> Rejection | None:
    kinds = {kind for node in told.nodes for kind in types_of(node)}
    found = sorted(kinds & (_NO_ARTICLE_TYPES if words < _MANY_WORDS else _SURELY_OTHER))
    og_type = (told.first_meta("og:type") or "").lower()
    dated = any(stamp.near for stamp in seen.stamps)
    if found and not dated:
        reason = Reason.INDEX_PAGE if _INDEX_TYPES.issuperset(found) else Reason.NOT_ARTICLE
        return _no(reason, f"describes itself as {found[0]}")
    if og_type.startswith(("product", "og:product", "profile", "business", "place", "restaurant")):
        return _no(Reason.NOT_ARTICLE, f"og:type {og_type[:40]}")
    return None


def _index(sheet: Sheet, told: Structured, words: int, running: int) -> Rejection | None:
    """A front page by its address, or a page with many links and hardly any running text between them."""
    if is_home(sheet.url) and not told.article:
        return _no(Reason.INDEX_PAGE, "the site's front page")
    links = sum(len(anchor.text) > 25 for anchor in sheet.anchors)
    if links >= 15 and words < 6 * links and running < _RUNNING_WORDS:
        return _no(Reason.INDEX_PAGE, f"{links} long links and {words} words of running text")
    return None
