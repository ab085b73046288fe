"""The first page: what the archive holds, how the last night was, and the box to search in."""

from __future__ import annotations

from typing import Any

from archive.health.nights import last_night
from archive.health.verdicts import Level
from archive.query import Query
from archive.reading import Archive
from archive.types import Outcome, Run
from archive.web.asked import Answer, Asked, as_json
from archive.web.layout import page

#: Articles shown.
_NEWEST = 8


def show(archive: Archive, wanted: Asked) -> Answer:
    """The page, or its numbers as JSON."""
    runs = archive.runs()
    night = last_night(runs)
    told: dict[str, Any] = {
        "archive": archive.folder.absolute().name,
        "articles": len(archive),
        "sources": len(archive.source_names()),
        "runs": len(runs),
        "night": _night(archive, night) if night else None,
    }
    newest = [hit.article for hit in archive.search(Query(limit=_NEWEST))]
    if wanted.ending == "json":
        return as_json(told | {"newest": [{"id": each.id, "title": each.title} for each in newest]})
    running = next((run for run in runs if run.status == "running"), None)
    return page("home.html", told=told, newest=newest, running=running)


def _night(archive: Archive, run: Run) -> dict[str, Any]:
    """The last night in numbers, and who was not well."""
    funnel = archive.funnel(run.id)
    pages = {outcome: sum(counts[outcome] for counts in funnel.values()) for outcome in Outcome}
    judged = archive.health(run.id)
    unwell = [night for night in judged if night.level is not Level.WELL]
    return {
        "run": run,
        "pages": {outcome: number for outcome, number in pages.items() if number},
        "met": sum(pages.values()),
        "sources": len(judged),
        "unwell": [
            {"source": night.source, "level": night.level, "words": night.words, "evidence": night.evidence[:1]}
            for night in unwell
        ],
    }
