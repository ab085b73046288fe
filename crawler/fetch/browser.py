"""The system's Chromium: where it is, what is missing, and how it is started. Nothing is imported for it here."""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec
from typing import Any

_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")

#: Chromium's own errands are off: updates, safe browsing, translation, field trials would be requests of nobody's.
_QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--disable-domain-reliability",
    "--disable-client-side-phishing-detection",
    "--no-first-run",
    "--no-pings",
    "--disable-gpu",
)
#: All that leaves the browser leaves by its proxy, which is ours: no QUIC, no WebRTC past it, no names resolved.
_BY_THE_PROXY = (
    "--disable-quic",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--force-webrtc-ip-handling-policy",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--dns-prefetch-disable",
)
#: Megabytes of a page's scripts.
_HEAP = "--js-flags=--max-old-space-size=512"


def find_chromium(named: str | None = None) -> str | None:
    """The program to start: the one that the operator named, else the first that the system has."""
    if named:
        return shutil.which(named)
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


def missing(named: str | None = None) -> tuple[str, str] | None:
    """What keeps pages from being rendered, and its remedy; None: nothing does."""
    if find_spec("scrapy_playwright") is None:
        return "the extra is not installed", "pip install 'nightdesk[render]'"
    if find_chromium(named) is None:
        if named:
            return f"there is no program {named}", "put the right path into chromium = under [crawl] in sources.toml"
        return "there is no Chromium", "install it: apt-get install chromium; or name it: chromium = under [crawl]"
    return None


def launch_options(program: str, proxy: str) -> dict[str, Any]:
    """What Playwright starts ``program`` with. ``proxy``: where everything goes through."""
    arguments = [*_QUIET, *_BY_THE_PROXY, _HEAP]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")  # Chromium has no sandbox for root, and does not start without this
    return {
        "executable_path": program,
        "headless": True,
        "args": arguments,
        "proxy": {"server": proxy},
        # what ends a crawl is the crawl's own affair
        "handle_sigint": False,
        "handle_sigterm": False,
        "handle_sighup": False,
    }
