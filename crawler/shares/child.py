"""The process that crawls a share: told of it on standard input, whose end is its own, and answering on its output."""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import threading
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from archive.errors import ArchiveError
from crawler.errors import CrawlerError
from crawler.night.budget import Limits
from crawler.night.crawl import CrawlOptions, crawl
from crawler.shares.lease import Lease, watch
from crawler.shares.share import Done, Share


def main(token: str) -> None:
    """Crawl the share that standard input tells of."""
    share = Share.from_json(sys.stdin.readline())
    said, sys.stdout = sys.stdout, sys.stderr  # whatever a library prints is no answer
    if Path(share.stop).exists():
        said.write(json.dumps(asdict(Done(interrupted=True))))
        return
    try:
        with Lease(Path(share.folder), share.sites, token) as lease:
            threading.Thread(
                target=watch, args=(lease, _orphaned, Path(share.stop), _stop_in_order), daemon=True
            ).start()
            done = _crawl(share)
    except (ArchiveError, CrawlerError, OSError) as error:
        done = Done(problem=str(error))
    said.write(json.dumps(asdict(done)))
    said.flush()


def _crawl(share: Share) -> Done:
    result = crawl(
        CrawlOptions(
            folder=Path(share.part),
            sources=share.sources,
            budget=Limits(requests=share.requests, bytes=share.bytes),
            source_budget=Limits(requests=share.source_requests, bytes=share.source_bytes),
            deadline=datetime.fromisoformat(share.deadline) if share.deadline else None,
            purpose="nightly",
            look_through=False,
        )
    )
    return Done(interrupted=result.interrupted, mended=result.mended)


def _orphaned() -> bool:
    """Whether the other end of standard input is gone: nothing more is ever written there."""
    ready, _, _ = select.select([sys.stdin], [], [], 0)
    return bool(ready) and not os.read(sys.stdin.fileno(), 1)


def _stop_in_order() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main(sys.argv[1])
