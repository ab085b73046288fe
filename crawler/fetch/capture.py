"""Every response into the WARC, as received, before anything else happens to it."""

from __future__ import annotations

import asyncio
from typing import Self
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Headers, Response

from archive.captures import Conversion, Exchange, encode_exchange, read_capture
from archive.errors import DRIVER_ERRORS
from archive.times import utc_now
from archive.urls import normalise_or_none
from crawler.backfill.cdx import original_headers, read_copy_url
from crawler.desk import Desk, desk_of
from crawler.errand import Errand
from crawler.rendering import Rendering
from pipelines.rights import header_signals

#: Bytes from which on handing a body to a thread costs less than compressing it here.
_WORTH_A_THREAD = 64 * 1024


class Capture:
    """Downloader middleware next to the network, at 950: sees robots.txt, each redirect, and encoded bodies."""

    def __init__(self) -> None:
        self.desk: Desk | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Finds the desk when the spider opens."""
        capture = cls()

        def opened() -> None:
            capture.desk = desk_of(crawler)

        crawler.signals.connect(opened, signal=signals.spider_opened, weak=False)
        return capture

    def process_request(self, request: Request) -> None:
        """Count what is asked."""
        if self.desk is not None and "rendering" not in request.meta:  # the browser is given what was kept
            errand: Errand | None = request.meta.get("errand")
            self.desk.budget.spend(errand.source.name if errand else None, requests=1)

    async def process_response(self, request: Request, response: Response) -> Response:
        """Keep the exchange; its capture's id goes into ``request.meta["capture_id"]``."""
        desk = self.desk
        rendering: Rendering | None = request.meta.get("rendering")
        if desk is not None and rendering is not None:
            return self._keep_rendering(desk, rendering, request, response)
        errand: Errand | None = request.meta.get("errand")
        if desk is not None:
            desk.budget.spend(errand.source.name if errand else None, size=len(response.body))
        if desk is None or desk.dry_run or (errand is not None and not errand.kept):
            return response
        # An archive's own 404 or redirect is no answer of the site's: it is kept as the archive's.
        copy = read_copy_url(request.url) if errand and errand.lent and response.status == 200 else None
        url, fetched_at = copy or (request.url, utc_now())
        exchange = Exchange(
            url=url,
            asked=errand.entry.url if errand else normalise_or_none(request.url) or request.url,
            source=errand.source.name if errand else None,
            fetched_at=fetched_at,
            origin=request.url if copy else None,
            method=request.method,
            request_headers=(("Host", urlsplit(request.url).netloc), *_pairs(request.headers)),
            status=response.status,
            response_headers=tuple(_pairs(response.headers)),
            body=response.body,
            truncated="disconnect" if "dataloss" in response.flags else None,
            # Behind a proxy the address is the proxy's, which says nothing of the site.
            ip=str(response.ip_address) if response.ip_address and not request.meta.get("proxy") else None,
            hints=errand.entry.hints if errand else (),
            via=next(reversed(request.meta.get("redirect_urls", ())), None),
        )
        try:
            original = desk.writer.find_original(exchange)
            if original is not None or len(exchange.body) < _WORTH_A_THREAD:
                members, digest = encode_exchange(exchange, original)
            else:  # compressing takes ten times as long as all the rest, and zlib lets the loop go on meanwhile
                members, digest = await asyncio.to_thread(encode_exchange, exchange)
            url_id = errand.entry.id if errand else None
            capture_id = desk.writer.keep_encoded(
                exchange, members, digest, run=desk.run, url_id=url_id, original=original
            )
        except DRIVER_ERRORS as error:
            desk.cannot_write(error)
            raise IgnoreRequest("the archive cannot be written") from error
        request.meta["capture_id"] = capture_id
        if "redirect_times" not in request.meta:
            request.meta["first_capture_id"] = capture_id
        if response.status in (200, 304):
            headers = [(name.lower(), value) for name, value in exchange.response_headers]
            headers = list(original_headers(headers)) if copy else headers
            desk.writer.rights.record(capture_id, header_signals(headers))
        return response

    def _keep_rendering(self, desk: Desk, rendering: Rendering, request: Request, response: Response) -> Response:
        """Keep what the browser made beside the answer that it was made of."""
        entry, page = rendering.errand.entry, rendering.page
        assert page.capture is not None and entry.capture_id is not None, "a captured page"
        try:
            answer = read_capture(desk.writer.folder, page.capture)
            conversion = Conversion(
                url=page.final_url,
                asked=entry.url,
                source=entry.source,
                made_at=utc_now(),
                made_by=request.meta["made_by"],
                refers_to=answer.record_id,
                body=response.body,
            )
            capture_id = desk.writer.keep_conversion(
                conversion, made_from=entry.capture_id, run=desk.run, url_id=entry.id
            )
        except DRIVER_ERRORS as error:
            desk.cannot_write(error)
            raise IgnoreRequest("the archive cannot be written") from error
        request.meta["capture_id"] = capture_id
        desk.writer.rights.record(capture_id, header_signals(list(page.headers)))
        return response


def _pairs(headers: Headers) -> list[tuple[str, str]]:
    return [
        (name.decode("latin-1"), value.decode("latin-1")) for name, values in headers.items() for value in values or []
    ]
