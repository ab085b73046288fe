"""What a page in the browser may ask for."""

import pytest

from crawler.fetch.addresses import Allowed
from crawler.fetch.visit import Visit


def visit(**changes: int) -> Visit:
    bounds = {"most_requests": 3, "most_bytes": 1000} | changes
    return Visit(allowed=Allowed(), is_own=lambda url: "//paper.example/" in url, **bounds)


@pytest.mark.parametrize("kind", ["script", "xhr", "fetch", "stylesheet"])
def test_what_may_bring_the_text_is_asked_for(kind: str) -> None:
    assert visit().refusal("https://cdn.example/app.js", kind=kind, method="GET") is None


@pytest.mark.parametrize(
    "kind", ["image", "media", "font", "websocket", "eventsource", "ping", "document", "manifest", "other"]
)
def test_what_cannot_bring_text_is_not(kind: str) -> None:
    assert visit().refusal("https://paper.example/x", kind=kind, method="GET") == kind


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1/x", "http://169.254.169.254/latest", "http://[::1]/", "http://intranet/", "http://0x7f.1/"],
)
def test_an_address_inside_is_held_back_by_its_spelling(url: str) -> None:
    assert visit().refusal(url, kind="fetch", method="GET") == "private-address"


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://paper.example/x", "chrome://settings", "about:blank"])
def test_only_http_is_spoken(url: str) -> None:
    assert visit().refusal(url, kind="fetch", method="GET") == "scheme"


def test_something_is_told_to_the_page_s_own_site_only() -> None:
    assert visit().refusal("https://paper.example/graphql", kind="fetch", method="POST") is None
    assert visit().refusal("https://metrics.example/t", kind="fetch", method="POST") == "POST to another site"


def test_a_page_leads_to_so_many_requests_and_bytes() -> None:
    stay = visit()
    stay.requests = 3
    assert stay.refusal("https://paper.example/4", kind="fetch", method="GET") == "too many requests"
    assert stay.receive(900)
    assert not stay.receive(101)
