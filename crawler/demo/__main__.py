"""``python -m crawler.demo``: serve the bundled newspapers until stdin closes, SIGTERM or Ctrl-C."""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Any

from crawler.demo.editions import NIGHTS
from crawler.demo.newsstand import Newsstand
from crawler.demo.server import DemoServer
from crawler.demo.state import State


def main(arguments: list[str] | None = None) -> int:
    """Parse, serve, return the exit status."""
    asked = _parser().parse_args(arguments)
    newsstand = Newsstand(asked.today, traps=asked.faults)
    if asked.host_list:
        print("\n".join(newsstand.hosts))
        return 0
    return _serve(newsstand, State(night=asked.night, faults=asked.faults), asked.port)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m crawler.demo",
        description="Serve the bundled newspapers on 127.0.0.1, as an HTTP proxy would. Prints one line of JSON "
        "with the port, and stops when its standard input closes.",
    )
    parser.add_argument("--port", type=int, default=0, help="port to listen on (default: any free one)")
    parser.add_argument("--night", type=int, choices=NIGHTS, default=1, help="the papers' state (default: 1)")
    parser.add_argument(
        "--today",
        type=date.fromisoformat,
        default=datetime.now(UTC).date(),
        metavar="YYYY-MM-DD",
        help="the day that articles are dated from (default: today, UTC)",
    )
    parser.add_argument(
        "--no-faults", dest="faults", action="store_false", help="no crawler traps, and refuse orders of faults"
    )
    parser.add_argument("--host-list", action="store_true", help="print the papers' host names and stop")
    return parser


def _serve(newsstand: Newsstand, state: State, port: int) -> int:
    from twisted.internet import reactor as installed
    from twisted.internet.error import CannotListenError

    reactor: Any = installed
    try:
        listening = reactor.listenTCP(port, DemoServer(newsstand, state, reactor), backlog=512, interface="127.0.0.1")
    except CannotListenError as error:
        print(f"cannot listen on 127.0.0.1:{port}: {error.socketError}", file=sys.stderr)
        return 1
    threading.Thread(target=_stop_at_end_of_input, args=(reactor,), daemon=True).start()
    # From inside the running reactor: from then on it hears SIGTERM.
    reactor.callLater(0, print, json.dumps({"port": listening.getHost().port}), flush=True)
    reactor.run()
    return 0


def _stop_at_end_of_input(reactor: Any) -> None:
    """Wait until stdin closes; whoever started us holds the other end, so we never outlive it."""
    # os.read and not sys.stdin: a thread that waits inside sys.stdin's lock makes the interpreter's exit fatal.
    while os.read(0, 4096):
        pass
    reactor.callFromThread(_stop, reactor)


def _stop(reactor: Any) -> None:
    from twisted.internet.error import ReactorNotRunning

    with suppress(ReactorNotRunning):  # a Ctrl-C that reached both of us came first
        reactor.stop()


if __name__ == "__main__":
    sys.exit(main())
