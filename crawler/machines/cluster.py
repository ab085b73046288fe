"""A Dask scheduler's address in; its workers as Machines out. Needs the extra ``dask``.

Dask gives a task whose worker died to another; a task at which several died (three, unless the scheduler is told
otherwise) is given up, and comes back as KilledWorker.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import TYPE_CHECKING, Any, TypeVar

from crawler.errors import ConfigError
from crawler.machines.machines import Machines

if TYPE_CHECKING:
    from distributed import Client

T = TypeVar("T")

_PATIENCE_S = 10.0


class _Lasting(Executor):
    """A client's executor that outlives the death of workers: the cluster sees to those itself."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._inner = client.get_executor(pure=False)

    def submit(self, call: Callable[..., T], /, *arguments: Any, **named: Any) -> Future[T]:
        """Run a call on some worker."""
        future: Future[T] = self._inner.submit(call, *arguments, **named)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 (as Executor)
        """Take back what has not been done, if that is asked for; what has died has been replaced already."""
        if cancel_futures:
            self._inner.shutdown(wait=False)
            self._inner = self._client.get_executor(pure=False)


def cluster(address: str) -> Machines:
    """The workers of a scheduler, such as ``tcp://10.0.0.5:8786``. Close them when done.

    Raises ConfigError if the extra is missing, nothing answers there, or it has no workers.
    """
    try:
        from distributed import Client
        from distributed.scheduler import KilledWorker
    except ImportError as error:
        raise ConfigError(
            f"--dask needs the extra nightdesk[dask]: {error}; install it, here and on each worker"
        ) from None
    try:
        client = Client(address, timeout=_PATIENCE_S, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise ConfigError(
            f"no Dask scheduler answers at {address}: {error}; start one with: dask scheduler --host HOST"
        ) from None
    width = sum(client.nthreads().values())
    if not width:
        client.close()
        raise ConfigError(
            f"the Dask scheduler at {address} has no workers; start some with: dask worker {address} --nthreads 1"
        )
    executor = _Lasting(client)
    return Machines(
        name=f"the cluster at {address}, {width} at a time",
        width=width,
        make=lambda _workers: executor,
        died=(KilledWorker,),
        recycle_after=None,
        close=client.close,
    )
