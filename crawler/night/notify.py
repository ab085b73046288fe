"""A night's report in; a webhook, a mail, a command told of it. What could not be told comes back as sentences."""

from __future__ import annotations

import json
import smtplib
import ssl
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

from archive.health import Level
from archive.report import Report, to_html
from archive.report.night import SourceReport
from archive.version import __version__
from crawler.notice import Notify

#: Seconds that each way may take.
_PATIENCE = 30
#: Sources told of one by one in a message; the report has them all.
_TOLD = 20
#: Bytes of a page that a mail still carries.
_LARGEST = 5_000_000


def notify(config: Notify, report: Report) -> list[str]:
    """Tell whom the operator named → what could not be told, a sentence each; never raises for that."""
    if config.on == "sick" and not report.sick:
        return []
    ways: list[Callable[[], str | None]] = [lambda url=url: _post(url, report) for url in config.webhook]  # type: ignore[misc]
    if config.command:
        ways.append(lambda: _run(config.command, report))
    if config.email:
        ways.append(lambda: _mail(config, report))
    return [problem for way in ways if (problem := way())]


def summary(report: Report) -> str:
    """The night in a few lines of text: the headline, then each source that needs a look."""
    cases = _cases(report)
    lines = [f"{report.archive}: {report.headline}"]
    for case in cases[:_TOLD]:
        night = case.night
        lines += ["", f"{night.source}: {night.words}", *(f"  {sentence}" for sentence in night.evidence)]
        lines += [f"  Likely: {night.cause}", f"  Next: {night.next_step}"]
    if more := len(cases) - _TOLD:
        lines += ["", f"and {more} more; all are in the report"] if more > 0 else []
    return "\n".join(lines)


def message(report: Report) -> dict[str, Any]:
    """What a webhook gets; ``text`` alone is what chat services show."""
    return {
        "text": summary(report),
        "software": f"nightdesk {__version__}",
        "archive": report.archive,
        "run": report.run.id,
        "status": report.run.status,
        "headline": report.headline,
        "is_sick": report.sick,
        "funnel": dict(report.funnel),
        "sources": {level: len(report.at_level(level)) for level in Level},
        "cases": [
            {
                "source": case.night.source,
                "verdict": case.night.verdict,
                "level": case.night.level,
                "nights": case.night.nights,
                "evidence": case.night.evidence,
                "cause": case.night.cause,
                "next_step": case.night.next_step,
            }
            for case in _cases(report)
        ],
    }


def _cases(report: Report) -> list[SourceReport]:
    return [*report.at_level(Level.SICK), *report.at_level(Level.WATCH)]


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirected POST would arrive as a GET without its message: better to say that the address is wrong."""

    def redirect_request(self, *_: Any) -> None:
        """Follow none."""


def _post(url: str, report: Report) -> str | None:
    host = urlsplit(url).hostname  # the rest of the address is often a secret
    request = urllib.request.Request(  # noqa: S310 (http and https only: crawler/notice.py)
        url,
        data=json.dumps(message(report), ensure_ascii=False).encode(),
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


def _run(command: tuple[str, ...], report: Report) -> str | None:
    try:
        done = subprocess.run(  # noqa: S603 (the operator's own command, without a shell)
            command, input=report.as_json(), capture_output=True, text=True, timeout=_PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        return f"the command {command[0]} took longer than {_PATIENCE} seconds and was stopped"
    except OSError as error:
        return f"the command {command[0]} could not be run: {error.strerror}"
    if done.returncode:
        said = done.stderr.strip().splitlines()
        return f"the command {command[0]} ended with status {done.returncode}{f': {said[-1][:200]}' if said else ''}"
    return None


def _mail(config: Notify, report: Report) -> str | None:
    server = config.smtp
    try:
        with _connect(config) as connection:
            refused = connection.send_message(mail(config, report))
    except (OSError, smtplib.SMTPException) as error:
        return f"the mail could not be sent by {server.host}:{server.port}: {error}"
    return f"{server.host} took the mail, but not for {', '.join(refused)}" if refused else None


def mail(config: Notify, report: Report) -> EmailMessage:
    """The report as a mail: the cases as text, the page attached."""
    letter = EmailMessage()
    letter["Subject"] = " ".join(f"{report.archive}: {report.headline}".split())
    letter["From"] = config.sender or config.email[0]
    letter["To"] = ", ".join(config.email)
    letter.set_content(summary(report) + "\n")
    page = to_html(report).encode()
    if len(page) <= _LARGEST:
        name = f"night-{report.run.started_at:%Y%m%d}-{report.run.id}.html"
        letter.add_attachment(page, maintype="text", subtype="html", filename=name)
    return letter


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
