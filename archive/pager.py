"""Long output → the reader's pager, as git does it: only on a terminal, and only if it fills more than the screen."""

from __future__ import annotations

import io
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

#: For less: end at once if all fits on the screen, show colours, leave the text standing.
_LESS = "FRX"


@contextmanager
def paged(wanted: bool = True) -> Iterator[None]:  # noqa: FBT001, FBT002 (paged(not as_json) reads well)
    """What is printed inside goes through ``$NIGHTDESK_PAGER``, ``$PAGER`` or less; ``cat`` or nothing: straight out.

    Into a file or a pipe nothing is paged. A reader who leaves the pager early ends the printing without a word.
    """
    command = _pager() if wanted else None
    if command is None:
        yield
        return
    environment = {"LESS": _LESS} | dict(os.environ)
    process = subprocess.Popen(command, stdin=subprocess.PIPE, env=environment)  # noqa: S603 (the reader's own choice)
    assert process.stdin is not None
    outside, sys.stdout = sys.stdout, _Page(process.stdin, encoding="utf-8", errors="backslashreplace")
    try:
        with suppress(BrokenPipeError):
            yield
    finally:
        with suppress(BrokenPipeError):
            sys.stdout.close()
        sys.stdout = outside
        _wait(process)


class _Page(io.TextIOWrapper):
    """The way into the pager: to who prints, it is the terminal that it leads to."""

    def isatty(self) -> bool:
        return True


def _pager() -> list[str] | None:
    if not sys.stdout.isatty() or os.environ.get("TERM", "dumb") == "dumb":
        return None
    named = os.environ.get("NIGHTDESK_PAGER", os.environ.get("PAGER", "less"))
    try:
        command = shlex.split(named)
    except ValueError:
        return None
    return command if command and command[0] != "cat" and shutil.which(command[0]) else None


def _wait(process: subprocess.Popen[bytes]) -> None:
    """Until the reader has read: Ctrl-C is for the pager."""
    while process.poll() is None:
        with suppress(KeyboardInterrupt):
            process.wait()
