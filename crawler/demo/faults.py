"""What can go wrong on the way to a page: a Document and the name of a fault in, the spoilt Reply out.

Statuses: ``404`` ``410`` ``429`` ``500`` ``503``, any other by ``status``.
Redirects: ``redirect`` ``redirect_chain`` ``redirect_loop``.
Pages that are not what they seem: ``soft_404`` ``consent_wall`` ``login_wall`` ``blocked`` ``empty`` ``not_html``
``wrong_charset``.
Broken feeds: ``malformed`` ``entities``. The wire: ``slow`` ``drip`` ``truncated`` ``wrong_length`` ``reset`` ``huge``
``gzip_bomb`` ``bad_gzip``, and ``no_validators``: neither ETag nor Last-Modified, and never a 304. Each fault's options
and their defaults stand in ``FAULTS``.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from crawler.demo.false_pages import FALSE_PAGES, Asked, Option, Options
from crawler.demo.reply import Reply, answer

#: Fault → its options with their defaults; a default's type is the option's type.
FAULTS: Mapping[str, Options] = MappingProxyType(
    {
        "404": {},
        "410": {},
        "429": {"retry_after": 120, "as_date": False},
        "500": {},
        "status": {"status": 418},
        "503": {"retry_after": 120, "as_date": False},
        "redirect": {"to": "/", "status": 302},
        "redirect_chain": {"hops": 3, "status": 302},
        "redirect_loop": {"status": 302},
        "soft_404": {},
        "consent_wall": {},
        "login_wall": {},
        "blocked": {"status": 403},
        "empty": {},
        "not_html": {"kind": "pdf"},
        "wrong_charset": {"header": "utf-8", "bytes": "windows-1252"},
        "malformed": {},
        "entities": {"depth": 8},
        "slow": {"seconds": 2.0},
        "drip": {"bytes_per_s": 200},
        "truncated": {"share": 0.5},
        "wrong_length": {"by": 500},
        "reset": {},
        "huge": {"megabytes": 50},
        "gzip_bomb": {"megabytes": 20},
        "bad_gzip": {},
        "no_validators": {},
    }
)


def check_options(fault: str, options: Options) -> dict[str, Option]:
    """A fault's options with the defaults filled in. Raises ValueError naming what is not known."""
    if fault not in FAULTS:
        raise ValueError(f"no fault {fault!r}: there are {', '.join(FAULTS)}")
    known = FAULTS[fault]
    unknown = sorted(set(options) - set(known))
    if unknown:
        raise ValueError(f"fault {fault!r} has no option {unknown[0]!r}: it has {', '.join(known) or 'none'}")
    return {name: type(default)(options.get(name, default)) for name, default in known.items()}


def spoil(fault: str, options: Options, asked: Asked) -> Reply:
    """The reply to ``asked`` under ``fault``; ``options`` are complete. Conditional requests are answered in full."""
    if fault in FALSE_PAGES:
        return answer(FALSE_PAGES[fault](asked, options), asked.headers, conditional=False)
    return _WIRES[fault](answer(asked.document, asked.headers, conditional=False), options)


def _with(reply: Reply, name: str, value: str | None) -> Reply:
    """The reply with a header replaced, or left out where ``value`` is None."""
    kept = tuple(pair for pair in reply.headers if pair[0] != name)
    return replace(reply, headers=kept if value is None else (*kept, (name, value)))


def _truncated(reply: Reply, options: Options) -> Reply:
    return replace(reply, body=reply.body[: int(len(reply.body) * float(options["share"]))], hang_up=True)


def _wrong_length(reply: Reply, options: Options) -> Reply:
    length = max(0, len(reply.body) + int(options["by"]))
    return replace(_with(reply, "Content-Length", str(length)), hang_up=True)


def _huge(reply: Reply, options: Options) -> Reply:
    """A page that goes on and on, with no length declared."""
    plain = _with(_with(reply, "Content-Length", None), "Content-Encoding", None)
    return replace(plain, body=b"<p>and so on</p>\n" * 61_681, copies=int(options["megabytes"]))


def _gzip_bomb(reply: Reply, options: Options) -> Reply:
    return _packed(reply, gzip.compress(b"\0" * (int(options["megabytes"]) << 20), mtime=0))


def _bad_gzip(reply: Reply, _: Options) -> Reply:
    whole = gzip.compress(reply.body, mtime=0)
    return _packed(reply, whole[:20] + b"\xff\x00\xff\x00" + whole[24:])


def _packed(reply: Reply, body: bytes) -> Reply:
    reply = _with(_with(reply, "Content-Encoding", "gzip"), "Content-Length", str(len(body)))
    return replace(reply, body=body)


def _no_validators(reply: Reply, _: Options) -> Reply:
    return _with(_with(reply, "ETag", None), "Last-Modified", None)


_WIRES: Mapping[str, Callable[[Reply, Options], Reply]] = {
    "slow": lambda reply, options: replace(reply, wait_s=float(options["seconds"])),
    "drip": lambda reply, options: replace(reply, bytes_per_s=int(options["bytes_per_s"])),
    "truncated": _truncated,
    "wrong_length": _wrong_length,
    "reset": lambda reply, _: replace(reply, silent=True),
    "huge": _huge,
    "gzip_bomb": _gzip_bomb,
    "bad_gzip": _bad_gzip,
    "no_validators": _no_validators,
}
