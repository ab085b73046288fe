"""Where a request leaves for the network and an answer comes in: the guard's second half."""

from __future__ import annotations

from typing import Any, Self
from urllib.parse import urljoin, urlsplit
from urllib.request import getproxies

from OpenSSL import SSL
from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError, DownloadCancelledError, DownloadFailedError
from scrapy.http import Response
from service_identity import VerificationError

from archive.encodings import named_encodings
from crawler.desk import desk_of
from crawler.fetch.addresses import Allowed
from crawler.fetch.guard import PRIVATE, SCHEME, Refused
from crawler.fetch.handler import HeadTooLarge
from crawler.fetch.resolver import GuardedResolver

_REDIRECTS = (301, 302, 303, 307, 308)


class BadCertificate(Exception):
    """The host could not prove that it is the one asked for, so nothing was said to it."""


class Checkpoint:
    """Downloader middleware at 900, after the proxy has been chosen: sees to it that the reactor resolves through the
    guard, and says in the ledger's words what the network refused.
    """

    def __init__(self, proxies: frozenset[str] = frozenset()) -> None:
        #: Hosts of the operator's proxies: connections to them are made, requests for them are not.
        self._proxies = proxies
        self._allowed = Allowed()
        self._resolver: GuardedResolver | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Finds out what the operator allowed when the spider opens."""
        checkpoint = cls(proxy_hosts())

        def opened() -> None:
            checkpoint._allowed = Allowed.of(desk_of(crawler).allowed)

        crawler.signals.connect(opened, signal=signals.spider_opened, weak=False)
        return checkpoint

    def process_request(self, request: Request) -> None:
        """Raises Refused for what would go to the proxy itself instead of through it."""
        self._guard_the_reactor()
        host = urlsplit(request.url).hostname or ""
        if host in self._proxies and not request.meta.get("proxy") and host not in self._allowed.hosts:
            raise Refused(PRIVATE, f"{host[:80]} is the proxy's host")

    def _guard_the_reactor(self) -> None:
        """Scrapy installs its resolver when the reactor starts; ours goes before whatever is there."""
        from twisted.internet import reactor as installed

        reactor: Any = installed
        if self._resolver is None or reactor.nameResolver is not self._resolver:
            self._resolver = GuardedResolver(reactor.nameResolver, self._allowed, exempt=self._proxies)
            reactor.installNameResolver(self._resolver)

    def process_response(self, request: Request, response: Response) -> Response:
        """Raises Refused for a redirect to another scheme, Unpackable for a body packed over and over."""
        location = response.headers.get("Location")
        if response.status in _REDIRECTS and location:
            target = urljoin(request.url, location.decode("latin-1").strip())
            if not target.lower().startswith(("http://", "https://")):
                raise Refused(SCHEME, f"redirected to {target[:200]}")
        named_encodings(b",".join(response.headers.getlist("Content-Encoding")).decode("latin-1"))
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Raises Refused where the resolver held an address back, BadCertificate where TLS found nobody to trust,
        DownloadCancelledError for headers without end.
        """
        if isinstance(exception, CannotResolveHostError) and self._resolver is not None:
            refusal = self._resolver.refusals.get(urlsplit(request.url).hostname or "")
            if refusal is not None:
                raise Refused(PRIVATE, refusal) from exception
        if isinstance(exception, DownloadFailedError):
            if any(isinstance(reason, HeadTooLarge) for reason in _reasons(exception.__cause__)):
                raise DownloadCancelledError("its headers are larger than allowed") from exception
            complaint = certificate_complaint(exception.__cause__)
            if complaint is not None:
                raise BadCertificate(complaint) from exception


def proxy_hosts() -> frozenset[str]:
    """The hosts of the proxies that the environment names."""
    found = set()
    for kind, url in getproxies().items():
        if kind != "no":
            try:
                found.add(urlsplit(url if "://" in url else f"//{url}").hostname or "")
            except ValueError:  # no address at all: Scrapy passes over it too
                continue
    return frozenset(found - {""})


def _reasons(error: BaseException | None) -> list[object]:
    """What Twisted gives as the causes of a failed answer."""
    return [getattr(reason, "value", reason) for reason in getattr(error, "reasons", ())]


def certificate_complaint(error: BaseException | None) -> str | None:
    """What is wrong with a host's certificate, from an error of Twisted's; None where that is not what went wrong."""
    for reason in _reasons(error):
        if isinstance(reason, VerificationError):
            return "the certificate is for another host"
        if isinstance(reason, SSL.Error) and "certificate" in str(reason):
            return "; ".join(str(part[-1]) for part in reason.args[0]) if reason.args else "not valid"
    return None
