"""The ``[notify]`` table of sources.toml: who is told of a night, by which way, and when."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
_ADDRESS = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Who takes mail."""

    #: ``smtp`` (in the clear), ``smtp+starttls`` or ``smtps``.
    scheme: str = "smtp"
    host: str = "localhost"
    port: int = 25
    user: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notify:
    """Who is told of a night."""

    #: ``sick``: when a source is sick or the run was killed; ``always``: every night.
    on: str = "sick"
    #: URLs that get a JSON object by POST.
    webhook: tuple[str, ...] = ()
    #: A program and its arguments; it gets the whole report as JSON on standard input.
    command: tuple[str, ...] = ()
    #: Addresses that get the report by mail.
    email: tuple[str, ...] = ()
    #: From whom; None: the first of ``email``.
    sender: str | None = None
    smtp: MailServer = MailServer()
    #: File whose first line is the password of the server's user.
    smtp_password_file: Path | None = None

    @property
    def anybody(self) -> bool:
        """Whether anybody is to be told at all."""
        return bool(self.webhook or self.command or self.email)


def _when(value: Any) -> str:
    if value not in ("always", "sick"):
        raise ValueError('must be "always" or "sick"')
    return str(value)


def _texts(value: Any, what: str) -> tuple[str, ...]:
    """One text or a list of them."""
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not texts or not all(isinstance(text, str) and text.strip() for text in texts):
        raise ValueError(f"must be {what}, or a list of them")
    return tuple(text.strip() for text in texts)


def _webhooks(value: Any) -> tuple[str, ...]:
    urls = _texts(value, "a full http or https URL")
    for url in urls:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or re.search(r"\s", url):
            raise ValueError(f"must be a full http or https URL, or a list of them, not {url[:80]!r}")
    return urls


def _command(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not value or not all(isinstance(word, str) and word for word in value):
        raise ValueError('must be a list of a program and its arguments, such as ["/usr/local/bin/tell", "--night"]')
    return tuple(value)


def _addresses(value: Any) -> tuple[str, ...]:
    return tuple(map(_address, _texts(value, "a mail address")))


def _address(value: Any) -> str:
    if not isinstance(value, str) or not _ADDRESS.fullmatch(value.strip()):
        raise ValueError(f"must be a mail address, not {str(value)[:80]!r}")
    return value.strip()


def _server(value: Any) -> MailServer:
    wanted = (
        'must be such as "smtp://localhost", "smtp+starttls://desk@mail.example:587" or "smtps://desk@mail.example"'
    )
    try:
        parts = urlsplit(str(value))
        port = parts.port
    except ValueError:
        raise ValueError(wanted) from None
    if parts.scheme not in _PORTS or not parts.hostname or parts.path not in ("", "/"):
        raise ValueError(wanted)
    if parts.password is not None:
        raise ValueError("must not hold the password: put that into a file, and name it in smtp_password_file")
    if parts.username and parts.scheme == "smtp" and parts.hostname not in _LOOPBACK:
        raise ValueError("would send the password in the clear: use smtp+starttls:// or smtps://")
    return MailServer(
        scheme=parts.scheme, host=parts.hostname, port=port or _PORTS[parts.scheme], user=parts.username or None
    )


def _file(value: Any) -> Path:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("must be the path of a file")
    return Path(value).expanduser()


#: Key → what reads it; raises ValueError that says what would be allowed.
NOTIFY_KEYS: Mapping[str, Callable[[Any], Any]] = {
    "on": _when,
    "webhook": _webhooks,
    "command": _command,
    "email": _addresses,
    "sender": _address,
    "smtp": _server,
    "smtp_password_file": _file,
}


def missing(values: Mapping[str, Any]) -> tuple[str, str] | None:
    """A key that does not go with the others, and why; None: all is well."""
    server: MailServer = values.get("smtp", MailServer())
    if server.user and "smtp_password_file" not in values:
        return "smtp", f"names the user {server.user}: smtp_password_file must name the file with the password"
    if "smtp_password_file" in values and not server.user:
        return "smtp_password_file", "is of no use without a user in smtp, such as smtps://desk@mail.example"
    for key in ("sender", "smtp"):
        if key in values and "email" not in values:
            return key, "is of no use without email"
    return None
