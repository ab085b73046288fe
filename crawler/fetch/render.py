"""Scrapy's handler for http and https with scrapy-playwright's browser beside it; loaded only where pages are rendered.

The browser gets the answer that the crawl has kept, and runs its scripts; what these ask for is judged request by
request (visit.py) and leaves by the gateway. A context of its own for every page: no cookie, no storage is passed on.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable
from contextlib import suppress
from importlib.metadata import version
from itertools import count
from time import monotonic
from typing import Any, ClassVar, Self
from weakref import WeakKeyDictionary

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import TimeoutError as PlaywrightTimeout
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import HtmlResponse, Response
from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler

from crawler.desk import Desk, desk_of
from crawler.fetch.addresses import Allowed
from crawler.fetch.browser import find_chromium, launch_options
from crawler.fetch.checkpoint import BadCertificate
from crawler.fetch.gateway import Gateway
from crawler.fetch.handler import BoundedHandler
from crawler.fetch.hosts import host_of
from crawler.fetch.resolver import addresses_of
from crawler.fetch.robots import Robots
from crawler.fetch.upstream import Upstream
from crawler.fetch.visit import Visit
from crawler.rendering import Cost, Rendering, RenderingFailed

log = logging.getLogger("nightdesk.render")

#: Headers of the answer that say how the browser is to read it. Cookies are not among them.
_PASSED_ON = ("content-type", "content-security-policy", "referrer-policy")
#: Characters of text from which on a page counts as filled.
_FILLED = 500
#: Seconds that a page without much text is given after its first quiet.
_PATIENCE_S = 3.0
_LOOK_S = 0.25
_LOOKS_FOR_LOSS = 4
#: Seconds to close a page that may be busy.
_CLOSE_S = 5.0
_LENGTH = "() => document.body ? document.body.innerText.length : 0"


class RenderHandler(BoundedHandler, ScrapyPlaywrightDownloadHandler):  # type: ignore[misc]
    """One for both schemes, so that there is one browser; it is started for the first page that needs it."""

    _of: ClassVar[WeakKeyDictionary[Crawler, RenderHandler]] = WeakKeyDictionary()

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        settings = crawler.settings
        self._seconds = settings.getfloat("NIGHTDESK_RENDER_SECONDS")
        self._most_requests = settings.getint("NIGHTDESK_RENDER_REQUESTS")
        self._most_bytes = settings.getint("NIGHTDESK_RENDER_BYTES")
        self._largest = settings.getint("DOWNLOAD_MAXSIZE")
        self._user_agent: str = settings["USER_AGENT"]
        self._room = asyncio.Semaphore(settings.getint("NIGHTDESK_BROWSER_PAGES"))
        self._starting = asyncio.Lock()
        self._gateway: Gateway | None = None
        self._closed = False
        self._names = count(1)
        self._visits: dict[str, tuple[Visit, Rendering]] = {}
        self.config.target_closed_max_retries = 0
        self.config.navigation_timeout_ms = self._seconds * 1000
        # What it says of a failed page, with a traceback, the ledger says in words.
        logging.getLogger("scrapy-playwright").setLevel(logging.CRITICAL)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """The crawl's only one."""
        if crawler not in cls._of:
            cls._of[crawler] = cls(crawler)
        found = cls._of[crawler]
        assert isinstance(found, cls)
        return found

    async def _maybe_launch_in_thread(self) -> None:
        """Nothing is started with the crawl."""

    async def download_request(self, request: Request) -> Response:
        """As it comes; a request with a Rendering through the browser. Raises RenderingFailed."""
        rendering: Rendering | None = request.meta.get("rendering")
        if rendering is None:
            response: Response = await super().download_request(request)
            return response
        async with self._room:
            return await self._render(request, rendering)

    async def close(self) -> None:
        """Once, though both schemes ask for it."""
        if self._closed:
            return
        self._closed = True
        await super().close()
        if self._gateway is not None:
            await self._gateway.close()

    # ---- a page's stay ------------------------------------------------------------------------------------

    async def _render(self, request: Request, rendering: Rendering) -> Response:
        desk, source = desk_of(self._crawler), rendering.errand.source
        visit = Visit(
            allowed=Allowed.of(desk.config.allow),
            is_own=lambda url: desk.is_own(url, source),
            most_requests=self._most_requests,
            most_bytes=self._most_bytes,
        )
        name, began = f"page-{next(self._names)}", monotonic()
        try:
            gateway = await self._start(desk)
            self._visits[name] = (visit, rendering)
            request.meta.update(self._playwright_meta(name, gateway.admit(visit)))
            async with asyncio.timeout(self._seconds + _CLOSE_S):
                response = await super().download_request(request)
            return self._as_html(request, response)
        except TimeoutError as error:
            raise RenderingFailed("render-timeout", f"more than {self._seconds:g} s") from error
        except (PlaywrightError, RuntimeError) as error:
            raise await self._failed(error) from error
        finally:
            self._visits.pop(name, None)
            if self._gateway is not None:
                self._gateway.dismiss(visit)
            await self._close_context(name)
            held_back, took = sum(visit.held_back.values()), monotonic() - began
            cost = Cost(seconds=took, requests=visit.requests, held_back=held_back, bytes=visit.bytes)
            request.meta["rendering_cost"] = cost
            desk.renderings.spent(source, cost)
            desk.budget.spend(source.name, requests=cost.requests, size=cost.bytes)
            for why, times in visit.held_back.items():
                log.debug("%s: held back %d: %s", request.url, times, why)

    async def _start(self, desk: Desk) -> Gateway:
        """The gateway, and a browser behind it. Raises RenderingFailed, once for all, where none starts."""
        async with self._starting:
            if desk.renderings.unable:
                raise RenderingFailed("render-failed", desk.renderings.unable)
            if self._gateway is None:
                self._gateway = Gateway(Allowed.of(desk.config.allow), addresses_of, Upstream())
                await self._gateway.start()
                program = find_chromium(desk.config.chromium)
                assert program is not None, "asked before the handler was chosen"
                self.config.launch_options = launch_options(program, self._gateway.url)
            try:
                if not hasattr(self, "browser_provider"):
                    await self._launch()
                await self._maybe_launch_browser()
            except (PlaywrightError, OSError) as error:
                desk.renderings.unable = f"Chromium does not start: {_first_line(error)}"
                log.error("%s", desk.renderings.unable)
                raise RenderingFailed("render-failed", desk.renderings.unable) from error
            return self._gateway

    def _playwright_meta(self, name: str, proxy: dict[str, str]) -> dict[str, Any]:
        return {
            "playwright": True,
            "playwright_context": name,
            "playwright_context_kwargs": {
                "proxy": proxy,
                "user_agent": self._user_agent,
                "service_workers": "block",
                "accept_downloads": False,
            },
            "playwright_page_init_callback": _lock_up,
            "playwright_page_goto_kwargs": {"wait_until": "domcontentloaded", "timeout": self._seconds * 1000},
        }

    async def _apply_page_methods(self, page: Any, *_: Any) -> None:
        """Wait until the scripts have brought the text, as far as can be told."""
        await settled(page, self._seconds)

    def _as_html(self, request: Request, response: Response) -> Response:
        """The document as UTF-8, whatever encoding the answer had."""
        assert isinstance(response, HtmlResponse), "a document has a text"
        body = response.text.encode("utf-8", "replace")
        if self._largest and len(body) > self._largest:
            raise RenderingFailed("too-large", f"{len(body)} bytes when rendered")
        browser = f"Chromium {self.browser.version}"
        drivers = (f"{package} {version(package)}" for package in ("playwright", "scrapy-playwright"))
        request.meta["made_by"] = ", ".join((browser, *drivers))
        headers = {"Content-Type": "text/html; charset=utf-8"}
        return HtmlResponse(request.url, headers=headers, body=body, encoding="utf-8", request=request)

    async def _failed(self, error: Exception) -> RenderingFailed:
        if isinstance(error, PlaywrightTimeout):
            return RenderingFailed("render-timeout", f"more than {self._seconds:g} s")
        for _ in range(_LOOKS_FOR_LOSS):  # the page's process may be seen to end before its browser's
            browser = getattr(self, "browser", None)
            if browser is None or not browser.is_connected():
                desk_of(self._crawler).renderings.lost_browser()
                return RenderingFailed("browser-lost", "it ended, or was killed")
            await asyncio.sleep(_LOOK_S)
        return RenderingFailed("render-failed", _first_line(error))

    async def _close_context(self, name: str) -> None:
        """Close a page's context; a browser that cannot even do that is ended."""
        wrapper = self.context_wrappers.pop(name, None)
        if wrapper is None:
            return
        try:
            async with asyncio.timeout(_CLOSE_S):
                await wrapper.context.close()
        except TimeoutError:
            log.warning("a page does not let itself be closed; the browser is ended")
            with suppress(PlaywrightError, TimeoutError, AttributeError):
                async with asyncio.timeout(_CLOSE_S):
                    await self.browser.close()
        except PlaywrightError:
            pass  # the browser has gone

    # ---- what its scripts ask for ---------------------------------------------------------------------------

    def _make_request_handler(self, context_name: str, **_: Any) -> Callable[[Any, Any], Any]:
        visit, rendering = self._visits[context_name]

        async def handle(route: Any, asked: Any) -> None:
            with suppress(PlaywrightError):  # the page was closed meanwhile
                await self._answer(visit, rendering, route, asked)

        return handle

    async def _answer(self, visit: Visit, rendering: Rendering, route: Any, asked: Any) -> None:
        """Give the browser the page itself, let a request go out, or hold it back."""
        navigation = asked.is_navigation_request()
        if navigation and not visit.opened:
            visit.opened = True
            headers = {name: value for name, value in rendering.page.headers if name in _PASSED_ON}
            await route.fulfill(status=200, headers=headers, body=rendering.page.body)
            return
        kind = "navigation" if navigation else asked.resource_type
        why = visit.refusal(asked.url, kind=kind, method=asked.method) or await self._forbidden(asked.url)
        if why is not None:
            visit.hold_back(why)
            # "aborted" leaves the document where it is; any other word would put an error page in its place
            await route.abort("aborted")
            return
        visit.requests += 1
        desk_of(self._crawler).hosts.count(host_of(asked.url))
        await route.continue_()

    async def _forbidden(self, url: str) -> str | None:
        """Why a host is not asked: its robots.txt, or because it wants to be left alone."""
        if desk_of(self._crawler).hosts.rest(host_of(url)):
            return "its host is at rest"
        robots = self._crawler.get_downloader_middleware(Robots)
        if robots is None:
            return None
        try:
            await robots.process_request(Request(url))
        except (IgnoreRequest, BadCertificate) as error:
            return str(getattr(error, "reason", "robots.txt"))
        return None


async def _lock_up(page: Any, _request: Request) -> None:
    """No web sockets, no windows; and nothing of a window's gets out before it is closed."""

    async def refuse(route: Any) -> None:
        with suppress(PlaywrightError):
            await route.abort("aborted")

    async def shut(window: Any) -> None:
        with suppress(PlaywrightError):
            await window.close()

    await page.context.route("**", refuse)  # a page's own routes, set before, come first
    await page.context.route_web_socket(re.compile(""), lambda socket: socket.close())
    page.on("popup", shut)


async def settled(page: Any, seconds: float) -> None:
    """Return when a page asks for nothing more and its text has stopped growing, or when its time is up."""
    until = monotonic() + seconds
    with suppress(PlaywrightTimeout):
        await page.wait_for_load_state("networkidle", timeout=seconds * 1000 / 2)
    quiet, before = monotonic(), -1
    while monotonic() < until:
        length = await page.evaluate(_LENGTH)
        if length == before and (length >= _FILLED or monotonic() - quiet > _PATIENCE_S):
            return
        before = length
        await asyncio.sleep(_LOOK_S)


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
