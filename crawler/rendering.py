"""Which pages are given to a browser, how many of each source, and what that costs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archive.types import Article, Page, Reason, Rejection

if TYPE_CHECKING:
    from crawler.errand import Errand
    from crawler.sources import Source

#: ``render`` of a source: what a browser is asked to do for its pages.
NEVER, AUTO, ALWAYS = "never", "auto", "always"
#: The ledger's reason for pages past a source's number of renderings: they stay captured, for the next run.
RENDERINGS = "renderings"
#: Where they queue in the downloader: not with their host's requests, for a page in the browser may lead to one, such
#: as for a robots.txt, and would wait for itself.
SLOT = "(browser)"
#: Browsers that may be lost in one run before no more are started.
MOST_LOST = 5


class RenderingFailed(Exception):
    """A page of which the browser made nothing. ``reason`` is the ledger's."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one rendering took."""

    seconds: float
    #: That the page's scripts led to, and that were made.
    requests: int
    #: That were not.
    held_back: int
    #: That came to the browser, headers included, as they were on the wire.
    bytes: int

    def __str__(self) -> str:
        made = f"{self.requests} request{'' if self.requests == 1 else 's'}, {self.bytes / 1000:,.0f} kB"
        return f"{self.seconds:.1f} s, {made}, {self.held_back} held back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """A captured page on its way through the browser; travels in ``request.meta["rendering"]``."""

    errand: Errand
    page: Page


class Renderings:
    """One run's. ``most``: pages of one source; 0: no limit. ``unable``: why none can be made; None: they can.

    ``off``: this run makes none, whatever sources want, because it keeps nothing or looks for old pages.
    """

    def __init__(self, *, most: int = 0, unable: str | None = None, off: bool = False) -> None:
        self.unable = unable
        self._off = off
        self._most = most
        self._taken: Counter[str] = Counter()
        self._lost = 0
        self.costs: dict[str, list[Cost]] = {}

    def come_first(self, source: Source, page: Page) -> bool:
        """Whether a page is rendered before it is cleaned."""
        wanted = source.render == ALWAYS and page.rendered_by is None and self.unable is None
        return wanted and not self._off and _is_html(page)

    def are_needed(self, source: Source, page: Page, result: Article | Rejection) -> bool:
        """Whether a page that was cleaned as it came is to be rendered: the gate found the shell of a script."""
        shell = isinstance(result, Rejection) and result.reason is Reason.NEEDS_JAVASCRIPT
        return shell and source.render != NEVER and page.rendered_by is None and not self._off

    def take(self, source: Source) -> bool:
        """Count one more of a source; False if it has had its number."""
        if self._most and self._taken[source.name] >= self._most:
            return False
        self._taken[source.name] += 1
        return True

    def spent(self, source: Source, cost: Cost) -> None:
        """A page was rendered, or was tried."""
        self.costs.setdefault(source.name, []).append(cost)

    def lost_browser(self) -> None:
        """A browser ended while it had pages. After several the run goes on without."""
        self._lost += 1
        if self._lost >= MOST_LOST:
            self.unable = f"the browser ended {self._lost} times"


def total(costs: list[Cost]) -> Cost:
    """The sum of several."""
    return Cost(
        seconds=sum(cost.seconds for cost in costs),
        requests=sum(cost.requests for cost in costs),
        held_back=sum(cost.held_back for cost in costs),
        bytes=sum(cost.bytes for cost in costs),
    )


def _is_html(page: Page) -> bool:
    return "html" in (page.header("content-type") or "html").lower()
