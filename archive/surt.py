"""A URL in, the key out under which indexes of web archives sort it: ``com,example,news)/path?query``.

The sort-friendly form (SURT) of the Internet Archive's canonical URLs, so that pywb and others find by it what was
asked: scheme, ``www.``, user, default port, fragment, session ids and a closing slash are left out, escapes undone as
often as it takes and done once, letters small, parameters in order. It answers "the same page?" generously; the
ledger's own spelling (archive/urls.py) is stricter. A page's key never has a space or a letter beyond ASCII.
"""

from __future__ import annotations

import re
from contextlib import suppress
from urllib.parse import unquote_to_bytes

_DEFAULT_PORTS = {"http": "80", "https": "443"}
_URL = re.compile(r"(?s)([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]*)([^?#]*)(\?[^#]*)?(?:#.*)?")
_WWW = re.compile(r"www\d*\.")
_PORT = re.compile(r"(.*?):(\d*)$", re.DOTALL)
#: Sessions in a path, of ASP.NET: ``/(S(4hqa0555fwsecu455xqckv45))/``.
_PATH_SESSIONS = (
    re.compile(r"^(.*/)(?:\((?:[a-z]\([0-9a-z]{24}\))+\)/)([^?]+\.aspx.*)$", re.IGNORECASE | re.DOTALL),
    re.compile(r"^(.*/)(?:\([0-9a-z]{24}\)/)([^?]+\.aspx.*)$", re.IGNORECASE | re.DOTALL),
)
_QUERY_SESSIONS = tuple(
    re.compile(rf"^(.*)(?:{session})(?:&(.*))?$", re.IGNORECASE | re.DOTALL)
    for session in (
        "jsessionid=[0-9a-z]{32}",
        "phpsessid=[0-9a-z]{32}",
        "sid=[0-9a-z]{32}",
        "aspsessionid[a-z]{8}=[a-z]{24}",
        "cfid=[^&]+&cftoken=[^&]+",
    )
)
_MOST_ROUNDS = 100


def surt(url: str) -> str:
    """The key of a URL. What is no URL with a host (``urn:…``) is its own, in small letters."""
    text = re.sub(r"[\t\r\n]", "", url.strip())
    parts = _URL.fullmatch(text)
    if parts is None:
        return _escaped(text.lower().encode("utf-8", "surrogatepass"))
    scheme, authority, path, query = parts.groups()
    host, port = _host_and_port(authority.rpartition("@")[2])
    if port and port != _DEFAULT_PORTS.get(scheme.lower()):
        host += f":{port}"
    return f"{host}){_path(path)}{_query(query or '')}"


def _host_and_port(authority: str) -> tuple[str, str]:
    split = _PORT.fullmatch(authority)
    name, port = split.groups() if split and not authority.endswith("]") else (authority, "")
    if name.startswith("["):
        return name.strip("[]").lower(), port
    name = _unescaped(name).decode("utf-8", "replace")
    name = re.sub(r"\.{2,}", ".", name).strip(".")
    if not name.isascii():
        with suppress(UnicodeError):  # then it is escaped
            name = name.encode("idna").decode()
    name = _escaped(name.lower().encode())
    if name.isdigit() and int(name) < 2**32:  # an address as one number
        name = ".".join(str(byte) for byte in int(name).to_bytes(4))
    else:
        name = _WWW.sub("", name, count=1) if _WWW.match(name) else name
    return ",".join(reversed(name.split("."))), port


def _path(path: str) -> str:
    kept: list[bytes] = []
    for part in _unescaped(path).split(b"/")[1:]:
        if part == b".." and kept and kept[-1] != b"..":
            kept.pop()
        elif part != b".":
            kept.append(part)
    text = "/" + "/".join(_escaped(part) for part in kept if part)
    for session in _PATH_SESSIONS:
        text = session.sub(r"\1\2", text)
    return text.lower()


def _query(query: str) -> str:
    text = _escaped(_unescaped(query[1:]))
    for session in _QUERY_SESSIONS:
        text = session.sub(lambda found: found[1] + (found[2] or ""), text)
    fields = sorted(text.lower().split("&"), key=lambda field: field.split("=", 1))
    return f"?{'&'.join(fields)}" if text else ""


def _unescaped(text: str) -> bytes:
    """Escapes undone until none is left."""
    data = text.encode("utf-8", "surrogatepass")
    for _ in range(_MOST_ROUNDS):
        undone = unquote_to_bytes(data)
        if undone == data:
            break
        data = undone
    return data


def _escaped(data: bytes) -> str:
    return "".join(chr(byte) if 0x20 < byte < 0x7F and byte not in b"#%" else f"%{byte:02x}" for byte in data)
