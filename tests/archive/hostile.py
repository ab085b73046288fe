"""An archive of what hostile pages may try, in every field that is shown, and a port that counts who calls."""

from __future__ import annotations

import socket
import threading
from html.parser import HTMLParser
from pathlib import Path

from archive.captures import Exchange
from archive.urls import article_id
from archive.writer import ArchiveWriter
from tests.archive.sample import HARBOUR, NIGHT_2, Sample, two_nights

HARBOUR_ID = article_id(HARBOUR)
XSS = "<script>document.title='run'</script><img src=x onerror=\"document.title='run'\">"
HOSTILE_URL = "https://gazette.test/hostile"
LONG_URL = "https://gazette.test/long"
HOSTILE_ID, LONG_ID = article_id(HOSTILE_URL), article_id(LONG_URL)


class Canary:
    """A port of this machine that counts who calls."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.calls = 0
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                caller, _ = self._socket.accept()
            except OSError:
                return
            self.calls += 1
            caller.close()

    def close(self) -> None:
        self._socket.close()


def calling_page(port: int) -> bytes:
    """A page that tries every way out that HTML has, and every way to run."""
    there = f"http://127.0.0.1:{port}"
    return f"""<!doctype html><html><head><title>Archived</title><base href="{there}/">
<link rel="stylesheet" href="{there}/a.css"><link rel=preconnect href="{there}">
<LINK REL="preload" as=image href="{there}/p">
<link rel="dns-prefetch" href="{there}"><link rel=prefetch href="{there}/pre"><link rel=icon href="{there}/i">
<link rel=modulepreload href="{there}/m"><link rel=prerender href="{there}/r">
<meta http-equiv="refresh" content="0;url={there}/refresh">
<style>@import url("{there}/import.css"); body {{ background: url({there}/bg.png) }}
@font-face {{ font-family: x; src: url({there}/f.woff) }} p {{ font-family: x }}</style>
<script>document.title="run"; fetch("{there}/fetch"); top.document.title="run"</script>
<script src="{there}/s.js"></script></head>
<body background="{there}/body.png" onload="document.title='run'"><p>The archived words.</p>
<img src="{there}/img.png" srcset="{there}/set.png 2x" onerror="document.title='run'">
<iframe src="{there}/frame"></iframe>
<video src="{there}/v" poster="{there}/poster" autoplay></video><audio src="{there}/au" autoplay></audio>
<object data="{there}/o"></object><embed src="{there}/e"><form action="{there}/form"><input autofocus></form>
<svg><image href="{there}/svg.png"/><use href="{there}/use.svg#a"/></svg>
<a id="out" href="{there}/click" ping="{there}/ping" target=_top>out</a><a id="in" href="{there}/click">in</a>
</body></html>""".encode()


def tags_of(page: str) -> list[tuple[str, list[tuple[str, str | None]]]]:
    """Every tag of a page with its attributes, as a parser reads them."""
    found = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attributes: found.append((tag, attributes))  # type: ignore[method-assign]
    parser.feed(page)
    return found


def hostile_archive(folder: Path, port: int) -> Path:
    """Make it in a new folder. ``port``: of the canary, which pages try to call."""
    two_nights(folder)
    with Sample(folder) as sample:
        sample.article(
            XSS + "\u202egnp.exe",
            f"{XSS}\n\n\u202eturned round {'a' * 100} ![x](javascript:alert(1)) [y](javascript:alert(2))\x07",
            url=HOSTILE_URL,
            markdown=f"# {XSS}\n\n- {XSS}\n- [y](javascript:alert(2))\n\n> {XSS}\n\n| a | {XSS} |\n| --- | --- |",
            authors=[XSS, "\u202eA. Author"],
            tags=[XSS, "javascript:alert(1)", '" onmouseover="x'],
            section='"><svg onload=alert(1)>',
            description=XSS,
            language='en" onload="x',
            images=[
                {"url": "javascript:document.title='run'", "caption": XSS, "credit": None, "alt": None},
                {
                    "url": f"http://127.0.0.1:{port}/picture.png",
                    "caption": "A picture",
                    "credit": "P",
                    "alt": XSS,
                },
            ],
            rights={"robots": XSS},
            origins={"title": {"origin": XSS, "confidence": 0.5, "rivals": [[XSS, XSS]], "evidence": XSS}},
        )
        _hostile_night(sample)
        sample.db.execute("update articles set url = ? where id = ?", ["javascript:document.title='run'", HOSTILE_ID])
        sample.article("Long", "word " * 1_000_000 + "\n\n" + "x" * 200_000, url=LONG_URL)
    with ArchiveWriter(folder, purpose="test") as writer:
        bodies = (calling_page(port), calling_page(port).decode().encode("utf-16"))
        for id_, body, content_type in (
            (HOSTILE_ID, bodies[0], "text/html; charset=utf-8\"'<>"),
            (LONG_ID, bodies[1], "text/html; charset=utf-16"),
            (HARBOUR_ID, b"%PDF-1.4", "application/pdf"),
        ):
            headers = (("Content-Type", content_type), ("Link", "</x>; rel=preconnect"), ("X-Evil", XSS))
            exchange = Exchange(
                url=HARBOUR, asked=HARBOUR, source="gazette", fetched_at=NIGHT_2, status=200, response_headers=headers,
                body=body,
            )  # fmt: skip
            capture = writer.keep(exchange, run=1, url_id=None)
            writer.db.execute("update articles set capture_id = ? where id = ?", [capture, id_])
        writer.commit()
    return folder


def _hostile_night(sample: Sample) -> None:
    """Sources, addresses and what became of them, as a site could have them written into the ledger."""
    sample.article("Of a source", "Words turned.", url="https://gazette.test/of-a-source", source=f'">{XSS}')
    run = sample.run(sources=["gazette"])
    for number, url in enumerate(
        (f"https://gazette.test/{XSS}", "javascript:document.title='run'", "https://gazette.test/\u202egpj")
    ):
        id_ = sample.url(url, state="rejected", reason="consent-wall", detail=XSS)
        sample.sighting(run, id_, f"https://gazette.test/{XSS}", "feed")
        sample.outcome(run, id_, "rejected", "consent-wall" if number else f"http-{XSS}")
        sample.event(run, id_, "rejected", reason="consent-wall", detail=f"{XSS}\u202e")
