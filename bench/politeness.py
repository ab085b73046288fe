#!/usr/bin/env python3
"""How a crawl behaves towards a host that asks for patience, is slow or breaks off: as time lines, over loopback.

    bench/politeness.py                 every scene
    bench/politeness.py patience        one of them
    bench/politeness.py --json          the requests as JSON, one scene a line

Each scene is one or two nights of a bundled newspaper, with a fault ordered for its articles. The server notes when
each request arrives. ``gap`` is the time since the one before; nothing may come sooner than the site or its
``delay`` allows, and the last line of a scene says whether anything did. Two gaps are not judged: the first, because
the first request arrives late by the time that connecting takes; and that between two attempts on a request whose kept-
open connection broke, which the HTTP client makes by itself on a new one, once (RFC 9112 section 9.3.1).
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from crawler.demo import DemoInternet  # noqa: E402 (from the checkout, also without an installation)
from crawler.demo.state import Hit  # noqa: E402

#: Seconds by which the server's clock and the crawler's may disagree about one request.
_JITTER_S = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A fault, and the nights that meet it."""

    title: str
    fault: str
    #: Where it strikes: on this host, the articles.
    host: str = "harbour-student.example"
    path: str = "/post/*"
    options: Mapping[str, Any] = field(default_factory=dict)
    #: Requests that it spoils; None: all.
    times: int | None = None
    #: What the operator declares, in seconds.
    delay_s: float = 0.3
    nights: int = 1
    #: Seconds that have to lie between a spoilt request and the next one.
    wait_s: float = 0.0


SCENES = {
    "patience": Scene(
        title="429 with Retry-After: 5, once. It is waited for, and the rest of the night goes at half the pace",
        fault="429",
        options={"retry_after": 5},
        times=1,
        wait_s=5.0,
    ),
    "date": Scene(
        title="503 with Retry-After as a date two hours ahead. The night is over, and the second asks for nothing",
        fault="503",
        options={"retry_after": 7200, "as_date": True},
        nights=2,
        wait_s=7200.0,
    ),
    "slow": Scene(
        title="Articles that take a second to come. The pace falls to one request in three seconds",
        fault="slow",
        options={"seconds": 1.0},
        times=4,
    ),
    "failure": Scene(
        title="Connections that break, from the first article on. The pauses double, six in a row end the night",
        fault="reset",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What a scene came to."""

    scene: Scene
    #: The requests of each night.
    nights: tuple[tuple[Hit, ...], ...]
    #: What the crawl said of the host, night by night.
    said: tuple[str, ...]
    #: What it told of the pages at the end: outcome → number.
    funnel: Mapping[str, int]

    def gaps(self) -> Iterator[tuple[Hit, Hit, float]]:
        """Each two requests in a row, and the seconds between them."""
        hits = [hit for night in self.nights for hit in night]
        for before, after in pairwise(hits):
            yield before, after, after.at - before.at

    def too_soon(self) -> list[Hit]:
        """Requests that came sooner than was declared or asked for."""
        spoilt = {"429": (429,), "503": (503,)}.get(self.scene.fault, ())
        return [
            after
            for before, after, gap in list(self.gaps())[1:]
            if (before.status, before.path) != (0, after.path)
            and gap + _JITTER_S < (self.scene.wait_s if before.status in spoilt else self.scene.delay_s)
        ]


def play(scene: Scene, internet: DemoInternet) -> Played:
    """Run a scene's nights."""
    internet.clear_faults()
    internet.set_fault(f"http://{scene.host}{scene.path}", scene.fault, scene.times, **scene.options)
    nights, said, funnel = [], [], {}
    with tempfile.TemporaryDirectory() as folder:
        declared = f'[crawl]\ndelay = {scene.delay_s}\n[sources.paper]\nhome = "http://{scene.host}/"\n'
        (Path(folder) / "sources.toml").write_text(declared, encoding="utf-8")
        for _ in range(scene.nights):
            internet.reset_hits()
            done = subprocess.run(
                [sys.executable, "-m", "crawler", "crawl", "-a", folder, "--json", "-v"],
                cwd=ROOT,
                env=os.environ | {"http_proxy": internet.proxy_url, "no_proxy": ""},
                capture_output=True,
                text=True,
                check=True,
            )
            nights.append(tuple(internet.hits()))
            said += re.findall(r"(?m)^\S+ \S+ \[nightdesk\.(?:host|page)\] WARNING: (.*)$", done.stderr)
            for line in done.stdout.splitlines():
                funnel = {k: v for k, v in json.loads(line).items() if k not in ("run", "source")}
    return Played(scene=scene, nights=tuple(nights), said=tuple(said), funnel=funnel)


def show(played: Played) -> None:
    """The time line for a person."""
    print(f"\n{played.scene.title}\n(delay = {played.scene.delay_s})\n")
    began = played.nights[0][0].at
    for number, night in enumerate(played.nights, 1):
        if played.scene.nights > 1:
            print(f"  night {number}" + ("" if night else ": no request"))
        last: float | None = None
        for hit in night:
            gap = "" if last is None else f"{hit.at - last:+7.2f}"
            status = "broken" if hit.status == 0 else str(hit.status)
            print(f"  {hit.at - began:7.2f} s  {gap:>7}  {status:<6}  {hit.path}")
            last = hit.at
    for line in played.said:
        print(f"  said: {line}")
    print(f"  pages: {', '.join(f'{number} {outcome}' for outcome, number in played.funnel.items())}")
    print(f"  requests sooner than allowed: {len(played.too_soon())}")


def as_json(name: str, played: Played) -> str:
    """A scene on one line."""
    return json.dumps(
        {
            "scene": name,
            "nights": [[{"at": hit.at, "status": hit.status, "path": hit.path} for hit in n] for n in played.nights],
            "said": played.said,
            "funnel": played.funnel,
            "too_soon": len(played.too_soon()),
        }
    )


def main() -> int:
    """Exit status: 1 if any request came too soon."""
    assert __doc__ is not None
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("scenes", nargs="*", metavar="SCENE", help=f"of {', '.join(SCENES)}; all if none is named")
    parser.add_argument("--json", action="store_true", help="the requests as JSON, one scene a line")
    arguments = parser.parse_args()
    unknown = [name for name in arguments.scenes if name not in SCENES]
    if unknown:
        parser.error(f"there is no scene {unknown[0]!r}; there are {', '.join(SCENES)}")
    wrong = 0
    with DemoInternet(1) as internet:
        for name in arguments.scenes or SCENES:
            played = play(SCENES[name], internet)
            wrong += len(played.too_soon())
            print(as_json(name, played)) if arguments.json else show(played)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
