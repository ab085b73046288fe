"""Our pages as Datasette's plugin: which address is which page, and what goes wrong as a page too."""

from __future__ import annotations

import logging
import re
import sqlite3
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from datasette import Response, hookimpl
from datasette.utils.asgi import Base400
from datasette.views.base import DatasetteError

from archive.errors import ArchiveError, BadQuery, NotFound, TakenDown, TooSlow
from archive.reading import Archive
from archive.web import article, captured, download, home, nights, records, search, sources, trends
from archive.web.asked import Answer, Asked, as_json, asked
from archive.web.layout import STATIC, page, shown_url, static

if TYPE_CHECKING:
    from archive.web.app import Room

_log = logging.getLogger(__name__)

Page = Callable[[Archive, Asked], Answer]

#: Address → page. Groups are the page's ``parts``.
PAGES: tuple[tuple[str, Page], ...] = (
    (r"^/(?:index(?P<ending>\.json))?$", home.show),
    (r"^/search(?P<ending>\.json)?$", search.show),
    (r"^/article/(?P<id>[a-z0-9]{1,40})(?P<ending>\.json)?$", article.show),
    (r"^/article/(?P<id>[a-z0-9]{1,40})\.(?P<ending>bib|ris|csl\.json)$", article.cite),
    (r"^/article/(?P<id>[a-z0-9]{1,40})/captured$", captured.show),
    (r"^/article/(?P<id>[a-z0-9]{1,40})/captured/page$", captured.raw),
    (r"^/article/(?P<id>[a-z0-9]{1,40})/captured\.warc\.gz$", captured.record),
    (r"^/trends(?P<ending>\.json)?$", trends.show),
    (r"^/trends\.csv$", trends.as_csv),
    (r"^/trends\.svg$", trends.as_svg),
    (r"^/sources(?P<ending>\.json|\.csv)?$", sources.show_sources),
    (r"^/source/(?P<name>[^/]{1,600}?)(?P<ending>\.json)?$", sources.show_source),
    (r"^/source/(?P<name>[^/]{1,600})/nights\.csv$", sources.show_nights),
    (r"^/source/(?P<name>[^/]{1,600})/template(?P<ending>\.json|\.csv)?$", sources.show_template),
    (r"^/nights(?P<ending>\.json|\.csv)?$", nights.show_nights),
    (r"^/night/(?P<run>[0-9]{1,9})(?P<ending>\.json|\.csv)?$", nights.show_night),
    (r"^/night/(?P<run>[0-9]{1,9})/pages(?P<ending>\.json|\.csv)?$", nights.show_ledger),
    (r"^/url(?P<ending>\.json)?$", nights.show_url),
    (r"^/record(?P<ending>\.json)?$", records.show),
    (r"^/record/page$", records.raw),
    (r"^/record\.warc\.gz$", records.download),
)
_STATIC = r"^/room/(?P<name>" + "|".join(map(re.escape, STATIC)) + ")$"
_FILE = r"^/search\.(?P<ending>" + "|".join(map(re.escape, download.KINDS)) + ")$"
_COMPILED = [re.compile(pattern) for pattern in (*(pattern for pattern, _ in PAGES), _STATIC, _FILE)]
#: What a browser may keep: these addresses change with what is there.
_KEEP = {"cache-control": "public, max-age=31536000, immutable"}


#: Datasette's own words for it are HTML.
_TOO_SLOW = "The query was interrupted: it took longer than is allowed."


@hookimpl  # type: ignore[untyped-decorator]
def register_routes(datasette: Any) -> list[tuple[str, Callable[..., Awaitable[Any]]]]:
    """Our pages, before Datasette's own."""
    if not hasattr(datasette, "desk"):  # somebody else's Datasette in the same process
        return []
    pages = [(pattern, _view(datasette, made)) for pattern, made in PAGES]
    return [*pages, (_FILE, _download(datasette)), (_STATIC, _show_static)]


@hookimpl  # type: ignore[untyped-decorator]
def handle_exception(datasette: Any, request: Any, exception: Exception) -> Any:
    """What goes wrong in Datasette, or is a fault of ours, as a page that gives nothing of the machine away."""
    if not hasattr(datasette, "desk"):
        return None
    wanted = asked({"ending": "json" if request.path.endswith(".json") else None}, "")
    if isinstance(exception, Base400):
        title = {403: "This is not shown", 404: "There is no such page"}.get(exception.status, "This cannot be done")
        return _response(_failed(wanted, exception.status, title, str(exception)))
    if isinstance(exception, DatasetteError):
        words = _TOO_SLOW if exception.message_is_html else str(exception.message)
        return _response(_failed(wanted, exception.status, exception.title or "This cannot be done", words))
    _log.error("%s failed", shown_url(request.path), exc_info=exception)
    return _response(_failed(wanted, 500, "Something went wrong here", "The fault is ours; the log has more of it."))


def is_ours(path: str) -> bool:
    """Whether an address is one of our pages."""
    return any(pattern.match(path) for pattern in _COMPILED)


def _view(room: Room, made: Page) -> Callable[..., Awaitable[Any]]:
    async def view(request: Any) -> Any:
        wanted = asked(request.url_vars, request.query_string, room.home_of(request.scope))
        try:
            return _response(await room.desk.read(partial(answer, made, wanted)))
        except TooSlow as error:
            return _response(_failed(wanted, 503, "This takes too long", str(error)))
        except ArchiveError as error:  # it cannot be opened any more: moved, or made new by another version
            _log.error("%s: %s", shown_url(request.path), error)
            return _response(
                _failed(wanted, 503, "The archive cannot be read at the moment", "The log has more of it.")
            )

    return view


def _download(room: Room) -> Callable[..., Awaitable[Any]]:
    async def view(request: Any, receive: Any, send: Any) -> Any:
        wanted = asked(request.url_vars, request.query_string)
        try:
            query = search.asked_query(wanted)
        except BadQuery as error:
            return Response.text(f"{error}\n", status=400)
        if request.method == "HEAD":
            return Response.text("", headers={"content-type": download.KINDS[wanted.ending].media_type})
        return await download.send(room.desk, query, wanted.ending, receive, send)

    return view


def answer(made: Page, wanted: Asked, archive: Archive) -> Answer:
    """A page, or what went wrong with it as a page with its status."""
    try:
        return made(archive, wanted)
    except NotFound as error:
        status = 410 if isinstance(error, TakenDown) else 404
        return _failed(wanted, status, "This is not in the archive", str(error))
    except BadQuery as error:
        return _failed(wanted, 400, "This cannot be understood", str(error))
    except ArchiveError as error:
        return _failed(wanted, 500, "This cannot be read", str(error))
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_INTERRUPT:
            raise  # Archive.within makes it TooSlow
        return _failed(wanted, 503, "The archive cannot be read at the moment", str(error))


def _failed(wanted: Asked, status: int, title: str, words: str) -> Answer:
    if wanted.ending == "json":
        return as_json({"error": words}, status)
    return page("taken.html" if status == 410 else "error.html", status=status, title=title, words=words)


def _response(made: Answer) -> Any:
    headers = {"cache-control": "no-cache"} | dict(made.headers)
    return Response(made.body, status=made.status, headers=headers, content_type=made.content_type)


async def _show_static(request: Any) -> Any:
    name = request.url_vars["name"]
    return Response(static(name), headers=_KEEP, content_type=STATIC[name])
