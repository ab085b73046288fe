"""No request reaches an address that is none of the public internet: whole crawls on loopback, with a made-up DNS.

127.0.0.2 stands for the public internet in them, being allowed; 127.0.0.1 is what must never be reached.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.crawler.loopback import Pages, crawl, serving

OPEN, CLOSED = "127.0.0.2", "127.0.0.1"
PATH = "/2026/11/20/bridge-reopens-after-months"
STORY = (
    "<html><head><title>Bridge reopens</title></head><body><article><h1>Bridge reopens after eight months</h1>"
    "<p>By Ana Marsh, 20 November 2026</p>"
    "<p>The bridge over the harbour was opened again on Monday, eight months after a ship had struck it.</p>"
    "<p>Engineers replaced two spans and drove forty new piles into the river bed, the port said in a statement.</p>"
    "<p>Buses will run along the old route from Tuesday; lorries above twelve tons still have to take the tunnel.</p>"
    "<p>Shopkeepers on the eastern side said that the closure had cost them a third of their trade over the summer.</p>"
    "<p>A court is to decide in spring whether the shipping line has to pay for the work, which cost nine million.</p>"
    "<p>The mayor thanked residents for their patience and promised a feast on the quay in May.</p>"
    "</article></body></html>"
)


def declare(folder: Path, *homes: str, crawl: str = f'allow = ["{OPEN}"]', source: str = "") -> Path:
    blocks = [f'[sources.paper-{n}]\nhome = "{home}"\n{source}\n' for n, home in enumerate(homes)]
    head = f'[crawl]\ncontact = "desk@example.org"\n{crawl}\n'
    (folder / "sources.toml").write_text(head + "".join(blocks), encoding="utf-8")
    return folder


def ledger(folder: Path, url: str = "%") -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(folder / "archive.db")) as db:
        return db.execute("select url, state, reason, detail from urls where url like ? order by id", [url]).fetchall()


def front(*links: str) -> str:
    anchors = "".join(f'<h2><a href="{link}">Bridge reopens after eight long months</a></h2>' for link in links)
    return f"<html><body><main>{anchors}</main></body></html>"


def test_an_allowed_host_is_crawled(tmp_path: Path) -> None:
    pages: Pages = {"/": front(PATH), PATH: STORY}
    with serving(pages, OPEN) as site:
        folder = declare(tmp_path, f"http://paper.example:{site.port}/")
        crawl(folder, dns={"paper.example": [OPEN]})
        assert [url for url, state, *_ in ledger(folder) if state == "kept"] == [
            f"http://paper.example:{site.port}{PATH}"
        ]


def test_a_name_that_leads_inside_is_refused_when_it_is_resolved(tmp_path: Path) -> None:
    with serving({"/": front()}, CLOSED) as site:
        folder = declare(tmp_path, f"http://paper.example:{site.port}/")
        crawl(folder, dns={"paper.example": [CLOSED]})
        assert site.hits == []
        assert ledger(folder) == [
            (
                f"http://paper.example:{site.port}/",
                "refused",
                "private-address",
                "paper.example is at 127.0.0.1, a loopback address",
            )
        ]


def test_a_name_that_changes_its_mind_gets_no_further_request(tmp_path: Path) -> None:
    pages: Pages = {"/": front(PATH), PATH: STORY}
    lookups = {f"after-{n}.example": n for n in (1, 2, 3)}
    with serving(pages, OPEN, CLOSED) as site:
        folder = declare(tmp_path, *(f"http://{host}:{site.port}/" for host in lookups))
        crawl(folder, dns={host: [OPEN] * n + [CLOSED] for host, n in lookups.items()})
        assert len(site.paths(OPEN)) == sum(lookups.values())
        assert site.paths(CLOSED) == []
        for host in lookups:
            states = [(state, reason) for _, state, reason, _ in ledger(folder, f"http://{host}%") if state != "read"]
            assert set(states) == {("refused", "private-address")}


def test_of_several_addresses_only_the_open_ones_are_connected_to(tmp_path: Path) -> None:
    with serving({"/": front()}, OPEN, CLOSED) as site:
        folder = declare(tmp_path, f"http://paper.example:{site.port}/")
        crawl(folder, dns={"paper.example": [f"{CLOSED} ::1 ::ffff:7f00:1 {OPEN}"]})
        assert "/" in site.paths(OPEN)
        assert site.paths(CLOSED) == []


INSIDE = (
    "http://127.0.0.1:{port}/secret",
    "http://127.1:{port}/secret",
    "http://0x7f000001:{port}/secret",
    "http://2130706433:{port}/secret",
    "http://0177.0.0.1:{port}/secret",
    "http://[::ffff:127.0.0.1]:{port}/secret",
    "http://user@localhost:{port}/secret",
    "//127.0.0.1:{port}/secret",
    "http://169.254.169.254/latest/meta-data/",
)
OTHER_SCHEMES = ("file:///etc/passwd", "ftp://paper.example/x", "data:text/html,<p>x</p>", "gopher://paper.example/")


def test_a_redirect_inside_or_to_another_scheme_is_refused(tmp_path: Path) -> None:
    where: dict[str, Any] = {}
    with serving(where, OPEN, CLOSED) as site:
        targets = [target.format(port=site.port) for target in (*INSIDE, *OTHER_SCHEMES)]
        hosts = [f"paper-{n}.example" for n in range(len(targets))]
        for n, target in enumerate(targets):
            where[f"/{n}/"] = (302, {"Location": target}, b"")
        folder = declare(tmp_path, *(f"http://{host}:{site.port}/{n}/" for n, host in enumerate(hosts)))
        crawl(folder, dns={host: [OPEN] for host in hosts} | {"localhost": [CLOSED]})
        assert site.paths(CLOSED) == []
        for n, target in enumerate(targets):
            ((_, state, reason, detail),) = ledger(folder, f"%/{n}/")
            wanted = "private-address" if n < len(INSIDE) else "scheme"
            assert (state, reason) == ("refused", wanted), target
            assert detail == f"redirected to {target}" or wanted == "private-address"


def test_what_feeds_sitemaps_and_fronts_name_is_looked_at_too(tmp_path: Path) -> None:
    where: dict[str, Any] = {}
    with serving(where, OPEN, CLOSED) as site:
        inside = f"http://inside.paper.example:{site.port}"
        where["/"] = front(f"{inside}/2026/11/20/front-story-of-the-day")
        where["/feed"] = (
            200,
            {"Content-Type": "application/rss+xml"},
            f"<rss version='2.0'><channel><item><link>{inside}/feed-story</link></item></channel></rss>".encode(),
        )
        where["/map.xml"] = (
            200,
            {"Content-Type": "application/xml"},
            f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url><loc>{inside}/map-story</loc></url>"
            f"<url><loc>http://127.0.0.1:{site.port}/x</loc></url></urlset>".encode(),
        )
        home = f"http://paper.example:{site.port}"
        folder = declare(
            tmp_path,
            f"{home}/",
            source=f"""
feeds = ["{home}/feed"]
sitemaps = ["{home}/map.xml", "{inside}/deep.xml"]
also_on = ["inside.paper.example"]
""",
        )
        crawl(folder, dns={"paper.example": [OPEN], "inside.paper.example": [CLOSED]})
        assert site.paths(CLOSED) == []
        found = {url.rpartition("/")[2]: (state, reason) for url, state, reason, _ in ledger(folder, f"{inside}%")}
        refused = ("refused", "private-address")
        names = ("front-story-of-the-day", "feed-story", "map-story", "deep.xml")
        assert found == dict.fromkeys(names, refused)


def test_the_proxy_may_be_inside_but_is_no_page(tmp_path: Path) -> None:
    where: dict[str, Any] = {}
    with serving(where, CLOSED) as site:
        home = "http://paper.example/"
        where[home] = (302, {"Location": f"http://127.0.0.1:{site.port}/admin"}, b"")
        folder = declare(tmp_path, home, crawl="")
        crawl(folder, dns={"127.0.0.1": [CLOSED]}, http_proxy=f"http://127.0.0.1:{site.port}")
        asked = {path for _, path in site.hits}
        assert home in asked
        assert not [path for path in asked if "admin" in path]
        assert ledger(folder, home)[0][1:3] == ("refused", "private-address")


def test_what_would_go_to_the_proxy_and_not_through_it_is_refused(tmp_path: Path) -> None:
    with serving({"/": front()}, CLOSED) as site:
        folder = declare(tmp_path, f"http://gateway.example:{site.port}/", crawl="")
        proxy = f"http://gateway.example:{site.port}"
        crawl(folder, dns={"gateway.example": [CLOSED]}, http_proxy=proxy, no_proxy="gateway.example")
        assert site.hits == []
        assert [row[1:] for row in ledger(folder)] == [
            ("refused", "private-address", "gateway.example is the proxy's host")
        ]
