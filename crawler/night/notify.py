"""A night's report in, what each way of telling gets out: a message, a document, a mail."""

from __future__ import annotations

import json
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from archive.health import Level
from archive.report import Report, to_html
from archive.report.night import SourceReport
from archive.version import __version__
from crawler.night.deliver import Telling, tell
from crawler.notice import Notify

#: Sources told of one by one in a message; the report has them all.
_TOLD = 20
#: Bytes of a page that a mail still carries.
_LARGEST = 5_000_000


def notify(config: Notify, report: Report) -> list[str]:
    """Tell of a night whom the operator named → what could not be told, a sentence each; never raises for that."""
    if config.on == "sick" and not report.sick:
        return []
    return tell(config, Telling(message=message(report), document=report.as_json(), letter=mail(report)))


def alarm(config: Notify, folder: Path, error: str) -> list[str]:
    """Tell that a night could not be finished, and why → what could not be told."""
    archive = folder.resolve().name
    headline = f"{archive}: the night was not finished"
    message = {
        "text": f"{headline}\n\n{error}",
        "software": f"nightdesk {__version__}",
        "archive": archive,
        "run": None,
        "status": "failed",
        "headline": headline,
        "is_sick": True,
        "error": error,
    }
    letter = EmailMessage()
    letter["Subject"] = headline
    letter.set_content(error + "\n")
    return tell(
        config, Telling(message=message, document=json.dumps(message, ensure_ascii=False) + "\n", letter=letter)
    )


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


def mail(report: Report) -> EmailMessage:
    """The report as a mail: the cases as text, the page attached."""
    letter = EmailMessage()
    letter["Subject"] = " ".join(f"{report.archive}: {report.headline}".split())
    letter.set_content(summary(report) + "\n")
    page = to_html(report).encode()
    if len(page) <= _LARGEST:
        name = f"night-{report.run.started_at:%Y%m%d}-{report.run.id}.html"
        letter.add_attachment(page, maintype="text", subtype="html", filename=name)
    return letter
