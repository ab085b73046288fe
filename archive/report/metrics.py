"""The last night as metrics: a text file in Prometheus's exposition format, for its node exporter to pick up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from archive.export import whole_file
from archive.health.verdicts import Level
from archive.report.night import Report
from archive.types import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A gauge and its samples: labels → value."""

    name: str
    help: str
    samples: tuple[tuple[tuple[tuple[str, str], ...], float], ...]


def write_metrics(folder: Path, path: Path) -> None:
    """Write the last night's metrics to ``path``, whole or not at all. Raises NotFound when there was no night."""
    from archive.reading import Archive

    with Archive(folder) as archive:
        text = exposition(metrics_of(archive.report()))
    with whole_file(path) as file:
        file.write(text.encode())


def metrics_of(report: Report) -> Iterator[Metric]:
    """What a night comes to, gauge by gauge."""
    run, tonight = report.run, report.nights[-1]

    def one(name: str, told: str, value: float) -> Metric:
        return Metric(name=name, help=told, samples=(((), value),))

    def per_source(name: str, told: str, values: Iterable[tuple[str, float]]) -> Metric:
        return Metric(name=name, help=told, samples=tuple(((("source", source),), value) for source, value in values))

    yield one("nightdesk_run", "Number of the last crawl.", run.id)
    yield one("nightdesk_run_started_timestamp_seconds", "When it began.", run.started_at.timestamp())
    if run.finished_at:
        yield one("nightdesk_run_finished_timestamp_seconds", "When it ended.", run.finished_at.timestamp())
    yield one("nightdesk_run_complete", "1: it ran to its end; 0: stopped or killed.", run.status == "finished")
    yield Metric(
        name="nightdesk_pages",
        help="Pages of the last crawl by what became of them.",
        samples=tuple(((("outcome", outcome),), report.funnel.get(outcome, 0)) for outcome in Outcome),
    )
    yield one("nightdesk_answers", "Answers of any HTTP status in the last crawl.", tonight.requests)
    yield one("nightdesk_received_bytes", "Bytes received in the last crawl.", tonight.bytes)
    yield one("nightdesk_articles", "Articles in the archive.", report.articles)
    yield Metric(
        name="nightdesk_sources",
        help="Sources by how the last night was for them.",
        samples=tuple(((("level", level),), len(report.at_level(level))) for level in Level),
    )
    nights = [source.night for source in report.sources]
    yield per_source(
        "nightdesk_source_sick",
        "1: the source is sick.",
        ((night.source, night.level is Level.SICK) for night in nights),
    )
    yield Metric(
        name="nightdesk_source_verdict",
        help="1 for the verdict on the source's night.",
        samples=tuple(((("source", night.source), ("verdict", night.verdict)), 1) for night in nights),
    )
    yield per_source(
        "nightdesk_source_new_articles",
        "New articles of the source in the last crawl.",
        ((night.source, night.figures.new) for night in nights),
    )
    yield per_source(
        "nightdesk_source_usual_articles",
        "New articles that are usual for the source on such a weekday.",
        ((source.night.source, source.usual.level) for source in report.sources if source.usual),
    )


def exposition(metrics: Iterable[Metric]) -> str:
    """Metrics as text (Prometheus, text format 0.0.4)."""
    lines: list[str] = []
    for metric in metrics:
        if not metric.samples:
            continue
        lines += [f"# HELP {metric.name} {_escaped(metric.help)}", f"# TYPE {metric.name} gauge"]
        for labels, value in metric.samples:
            told = ",".join(f'{name}="{_escaped(text, quote=True)}"' for name, text in labels)
            lines.append(f"{metric.name}{f'{{{told}}}' if told else ''} {float(value):.15g}")
    return "\n".join(lines) + "\n"


def _escaped(text: str, *, quote: bool = False) -> str:
    text = text.replace("\\", "\\\\").replace("\n", "\\n")
    return text.replace('"', '\\"') if quote else text
