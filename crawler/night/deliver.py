"""Something to tell in; a webhook, a command, a mail told of it. What could not be told comes back as sentences."""

from __future__ import annotations

import json
import smtplib
import ssl
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

from archive.version import __version__
from crawler.notice import Notify

#: Seconds that each way may take.
_PATIENCE = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One thing to tell, as each way takes it."""

    #: What a webhook gets, as JSON.
    message: Mapping[str, Any]
    #: What a command gets on standard input.
    document: str
    #: A mail without sender and receivers.
    letter: EmailMessage


def tell(config: Notify, telling: Telling) -> list[str]:
    """Tell whom the operator named → what could not be told, a sentence each; never raises for that."""
    ways: list[Callable[[], str | None]] = [
        lambda url=url: _post(url, telling.message)  # type: ignore[misc]
        for url in config.webhook
    ]
    if config.command:
        ways.append(lambda: _run(config.command, telling.document))
    if config.email:
        ways.append(lambda: _mail(config, telling.letter))
    return [problem for way in ways if (problem := way())]


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirected POST would arrive as a GET without its message: better to say that the address is wrong."""

    def redirect_request(self, *_: Any) -> None:
        """Follow none."""


def _post(url: str, message: Mapping[str, Any]) -> str | None:
    host = urlsplit(url).hostname  # the rest of the address is often a secret
    request = urllib.request.Request(  # noqa: S310 (http and https only: crawler/notice.py)
        url,
        data=json.dumps(message, ensure_ascii=False).encode(),
        headers={"Content-Type": "application/json", "User-Agent": f"nightdesk/{__version__}"},
        method="POST",
    )
    try:
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=_PATIENCE):
            return None
    except urllib.error.HTTPError as error:
        error.close()
        return f"the webhook at {host} answered {error.code}"
    except OSError as error:
        return f"the webhook at {host} could not be reached: {getattr(error, 'reason', error)}"


def _run(command: tuple[str, ...], document: str) -> str | None:
    try:
        done = subprocess.run(  # noqa: S603 (the operator's own command, without a shell)
            command, input=document, capture_output=True, text=True, timeout=_PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        return f"the command {command[0]} took longer than {_PATIENCE} seconds and was stopped"
    except OSError as error:
        return f"the command {command[0]} could not be run: {error.strerror}"
    if done.returncode:
        said = done.stderr.strip().splitlines()
        return f"the command {command[0]} ended with status {done.returncode}{f': {said[-1][:200]}' if said else ''}"
    return None


def _mail(config: Notify, letter: EmailMessage) -> str | None:
    server = config.smtp
    letter["From"] = config.sender or config.email[0]
    letter["To"] = ", ".join(config.email)
    try:
        with _connect(config) as connection:
            refused = connection.send_message(letter)
    except (OSError, smtplib.SMTPException) as error:
        return f"the mail could not be sent by {server.host}:{server.port}: {error}"
    return f"{server.host} took the mail, but not for {', '.join(refused)}" if refused else None


def _connect(config: Notify) -> smtplib.SMTP:
    """A connection on which mail can be sent. Raises OSError or SMTPException."""
    server, context = config.smtp, ssl.create_default_context()
    connection: smtplib.SMTP
    if server.scheme == "smtps":
        connection = smtplib.SMTP_SSL(server.host, server.port, timeout=_PATIENCE, context=context)
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=_PATIENCE)
    try:
        if server.scheme == "smtp+starttls":
            connection.starttls(context=context)
        if server.user and config.smtp_password_file:
            password = config.smtp_password_file.read_text(encoding="utf-8").partition("\n")[0].strip()
            connection.login(server.user, password)
    except BaseException:
        connection.close()
        raise
    return connection
