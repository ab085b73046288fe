"""What a look at a newspaper comes to."""

from dataclasses import replace

import pytest

from archive.types import Kind, State
from crawler.plan import DocumentRead
from crawler.sourcelist.found import found_in
from crawler.sources import Source

HOME = "https://paper.example/"
SOURCE = Source(name="paper", home=HOME, delay=1, max_pages=10)


def document(kind: Kind, path: str = "", **more: object) -> DocumentRead:
    read = DocumentRead(
        source="paper", kind=kind, url=HOME + path, state=State.READ, reason=None, detail=None, listed=3, depth=1
    )
    return replace(read, **more)  # type: ignore[arg-type]


def page(outcome: str) -> dict[str, str]:
    return {"source": "paper", "url": f"{HOME}a", "outcome": outcome, "reason": "", "fetched_at": "", "via": "feed"}


def test_what_lists_something_is_pinned_and_parts_of_other_lists_are_not() -> None:
    (found,) = found_in(
        [SOURCE],
        [
            document(Kind.FRONT, depth=0),
            document(Kind.FEED, "feed"),
            document(Kind.FEED, "quiet", listed=0),
            document(Kind.FEED, "gone", state=State.GONE, listed=None, reason="http-404"),
            document(Kind.SITEMAP, "index.xml", listed=0, is_index=True),
            document(Kind.SITEMAP, "1.xml", depth=2),
            document(Kind.SITEMAP, "sitemap.xml", listed=None, reason="no sitemap"),
            document(Kind.SECTION, "sport"),
            document(Kind.SECTION, "sport/2", depth=2),
            document(Kind.FEED, "theirs", source="other"),
        ],
        [page("waiting"), page("waiting"), page("known"), page("waiting") | {"source": "other"}],
        [],
    )
    assert found.pinned == {
        "feeds": (f"{HOME}feed",),
        "sitemaps": (f"{HOME}index.xml",),
        "sections": (f"{HOME}sport",),
    }
    assert (found.to_fetch, found.left_alone, found.problem) == (2, 1, None)


@pytest.mark.parametrize(
    ("documents", "problem"),
    [
        ([], "Its front page was not asked for."),
        (
            [document(Kind.FRONT, state=State.FAILED, reason="dns")],
            "Its front page could not be read: its host was not",
        ),
        ([document(Kind.FRONT, state=State.REFUSED, reason="off-site", detail="to x")], "leads to another site; to x."),
        ([document(Kind.FRONT, listed=0)], "No page was found there that looks like an article"),
    ],
)
def test_why_nothing_can_be_crawled_is_told_in_a_sentence(documents: list[DocumentRead], problem: str) -> None:
    (found,) = found_in([SOURCE], documents, [], [])
    assert found.problem is not None
    assert problem in found.problem
    assert found.pinned == {}


def test_a_broken_front_page_is_no_problem_while_feeds_bring_the_news() -> None:
    front = document(Kind.FRONT, state=State.FAILED, reason="http-403")
    (found,) = found_in([SOURCE], [front, document(Kind.FEED, "feed")], [page("waiting")], [])
    assert found.problem is None
