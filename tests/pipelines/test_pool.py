"""Cleaning in worker processes: whatever a page does costs that page only. Real processes, real pages."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from archive.types import Article, Page, Reason, Rejection, Template
from pipelines.pool import RefinePool, in_time, process_executor, refine_in_time

PARAGRAPHS = "".join(f"<p>Paragraph {n} tells of the harbour, its cranes, and the long strike.</p>" for n in range(12))
HTML = f"<html><head><title>Harbour</title></head><body><article><h1>Harbour at rest</h1>{PARAGRAPHS}</article></body>"


def page(name: str, body: str = HTML) -> Page:
    url = f"http://gazette.example/{name}"
    return Page(url=url, final_url=url, body=body.encode(), fetched_at=datetime(2026, 11, 22, tzinfo=UTC))


def run(work: Callable[[RefinePool], Coroutine[Any, Any, Any]], **options: Any) -> Any:
    async def main() -> Any:
        pool = RefinePool(2, **options)
        try:
            return await work(pool)
        finally:
            pool.close()

    return asyncio.run(main())


def test_pages_come_back_as_articles() -> None:
    async def work(pool: RefinePool) -> list[Article | Rejection]:
        return await asyncio.gather(*(pool.refine(page(str(n))) for n in range(5)))

    results = run(work)
    assert [r.title for r in results] == ["Harbour at rest"] * 5
    assert {r.url for r in results} == {f"http://gazette.example/{n}" for n in range(5)}


def killing_executor(workers: int) -> Executor:
    """Real worker processes in which a page whose URL ends in ``/kill`` is the end of its worker."""
    inner = process_executor(workers)
    submit = inner.submit

    def patched(fn: Any, page: Page, seconds: float, template: Template | None) -> Any:
        return submit(_refine_or_die, page, seconds, template)

    inner.submit = patched  # type: ignore[assignment,method-assign]
    return inner


def _refine_or_die(page: Page, seconds: float, template: Template | None) -> Article | Rejection:
    if page.url.endswith("/kill"):
        os.kill(os.getpid(), signal.SIGKILL)
    return refine_in_time(page, seconds, template)


def test_a_page_that_kills_its_worker_costs_only_itself() -> None:
    names = ["a", "b", "kill", "c", "d", "e"]

    async def work(pool: RefinePool) -> list[Article | Rejection]:
        return await asyncio.gather(*(pool.refine(page(name)) for name in names))

    results = dict(zip(names, run(work, make_executor=killing_executor), strict=True))
    killed = results.pop("kill")
    assert isinstance(killed, Rejection)
    assert killed.reason is Reason.CRASHED
    assert "died" in killed.detail
    assert all(isinstance(result, Article) for result in results.values())


def test_the_pool_works_on_after_a_death() -> None:
    async def work(pool: RefinePool) -> list[str]:
        outcomes = []
        for name in ("kill", "a", "kill", "b"):
            outcomes.append(type(await pool.refine(page(name))).__name__)
        return outcomes

    assert run(work, make_executor=killing_executor) == ["Rejection", "Article", "Rejection", "Article"]


def test_a_page_that_takes_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(page: Page, template: Template | None) -> Article:
        while True:
            try:
                time.sleep(0.01)
            except Exception:  # a parser that swallows every error must not swallow the alarm
                continue

    monkeypatch.setattr("pipelines.refine", endless)
    result = refine_in_time(page("slow"), 0.2)
    assert isinstance(result, Rejection)
    assert result.reason is Reason.TIMED_OUT
    assert signal.getsignal(signal.SIGALRM) == signal.SIG_DFL


def test_a_hang_that_no_alarm_reaches_ends_the_worker() -> None:
    script = (
        "import signal, time\n"
        "import pipelines, pipelines.pool as pool\n"
        "from tests.pipelines.test_pool import page\n"
        "def deaf(page, template):\n"
        "    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])\n"
        "    time.sleep(60)\n"
        "pipelines.refine = deaf\n"
        "pool.refine_in_time(page('deaf'), 0.3)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=Path(__file__).parents[2], capture_output=True, check=False, timeout=30
    )
    assert done.returncode == 1


def test_workers_are_replaced_after_their_share_of_pages() -> None:
    made: list[Executor] = []

    def counting(workers: int) -> Executor:
        made.append(process_executor(workers))
        return made[-1]

    async def work(pool: RefinePool) -> None:
        for n in range(9):
            await pool.refine(page(str(n)))

    run(work, recycle_after=2, make_executor=counting)
    assert len(made) == 3  # two workers, two pages each: a new set after every four pages


def test_what_waits_is_counted() -> None:
    async def work(pool: RefinePool) -> tuple[int, int]:
        tasks = [asyncio.create_task(pool.refine(page(str(n)))) for n in range(3)]
        await asyncio.sleep(0)
        before = pool.waiting
        await asyncio.gather(*tasks)
        return before, pool.waiting

    assert run(work) == (3, 0)


def test_workers_do_not_outlive_a_killed_crawl() -> None:
    script = (
        "import asyncio, os, signal\n"
        "from pipelines.pool import RefinePool\n"
        "from tests.pipelines.test_pool import page\n"
        "async def main():\n"
        "    pool = RefinePool(2)\n"
        "    await asyncio.gather(*(pool.refine(page(str(n))) for n in range(4)))\n"
        "    print(*pool._executor._processes, flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "if __name__ == '__main__':\n"
        "    asyncio.run(main())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False
    )
    workers = [int(pid) for pid in done.stdout.split()]
    assert len(workers) == 2
    end = time.monotonic() + 20
    while any(_alive(pid) for pid in workers):
        assert time.monotonic() < end, "workers live on without their crawl"
        time.sleep(0.05)


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").split(")")[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_page_that_takes_too_long_is_stopped_in_any_thread_and_the_next_is_not_disturbed() -> None:
    def endless() -> Article:
        while True:
            pass

    with ThreadPoolExecutor(1) as threads:
        stopped = threads.submit(in_time, endless, 0.2).result()
        assert isinstance(stopped, Rejection)
        assert stopped.reason is Reason.TIMED_OUT
        kept = threads.submit(in_time, lambda: Rejection(reason=Reason.EMPTY), 5.0).result()
        assert kept.reason is Reason.EMPTY  # type: ignore[union-attr]
