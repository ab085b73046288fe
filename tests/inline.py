"""An executor that works at once, in the caller's process: for tests of what is done, not of where."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any

from crawler.machines.machines import Machines


class Inline(Executor):
    def submit(self, function: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(function(*arguments, **named))
        return future


INLINE = Machines(name="this process", width=2, make=lambda _workers: Inline(), died=(), recycle_after=None)
