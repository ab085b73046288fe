"""What cleaning again came to, or would, for a person: losses first, then fields, coverage and samples."""

from __future__ import annotations

import difflib
import json
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from archive.generations.store import Generation
from archive.generations.tally import COVERED, Loss, Sample, Tally
from archive.typeset import cell, columned, indented, new_console, put, put_table, shortened, styled
from crawler.again.options import Reextraction

#: Losses shown one by one; ``--json`` has 500.
_LOSSES = 20
_LONGEST = 200
#: Changed paragraphs shown of a text.
_PARAGRAPHS = 6


def print_reextraction(found: Reextraction, *, dry_run: bool, samples: int) -> None:
    """The whole of it."""
    console, tally = new_console(), found.tally
    put(console, styled(_headline(found, dry_run=dry_run), style="bold"))
    _print_losses(tally)
    _print_fields(tally)
    _print_coverage(tally)
    _print_samples(tally, samples)


def print_generations(every: Sequence[Generation]) -> None:
    """One line each."""
    table = columned("generation", "begun", "asked", "by", ">changed", ">pages", "state")
    for each in every:
        state = "stands"
        if each.undone_at is not None:
            state = f"taken back {each.undone_at:%Y-%m-%d %H:%M}"
        elif each.finished_at is None:
            state = f"not finished, {each.left:,} captures left"
        counts = each.tally.counts
        table.add_row(
            *(str(each.id), f"{each.begun_at:%Y-%m-%d %H:%M}", each.wanted.as_typed() or "all", each.extractor),
            *(cell(counts["changed"] + counts["made by"]), cell(counts["settled"]), state),
        )
    put_table(new_console(), table)


def _headline(found: Reextraction, *, dry_run: bool) -> str:
    counts = found.tally.counts
    if counts["pages"]:
        would = "would become" if dry_run else "became"
        told = f"{_many(counts['pages'], 'page')}: {counts['articles']:,} {would} articles"
        return told + (f", {counts['left']:,} wait for a browser" if counts["left"] else "")
    if not found.captures:
        return "Nothing is to be cleaned again: all was made by this version and what is known of each source"
    earlier = f" ({counts['earlier']:,} of them earlier ones)" if counts["earlier"] else ""
    told = (
        f"{_many(counts['texts'], 'text')}{earlier}: {counts['changed']:,} {'would change' if dry_run else 'changed'}"
    )
    told += f", {counts['made by'] + counts['unchanged']:,} {'would stay' if dry_run else 'stayed'} as they are"
    if counts["refused"]:
        told += f", {counts['refused']:,} are kept though their pages would be rejected now"
    if counts["unreadable"]:
        told += f", {counts['unreadable']:,} cannot be cleaned"
    if found.without_capture:
        told += f"; {found.without_capture:,} more have no capture"
    return told


def _print_losses(tally: Tally) -> None:
    if not tally.lost:
        return
    console = new_console()
    put(console, styled("\nLost, or worse:", style="bold"))
    table = columned("what", ">texts")
    for what, number in tally.lost.most_common():
        table.add_row(what, cell(number))
    put(console, indented(table))
    for loss in tally.losses[:_LOSSES]:
        put(console, indented(styled(f"{loss.source} {_name(loss)}: {loss.what}")))
    if (more := sum(tally.lost.values()) - min(len(tally.losses), _LOSSES)) > 0:
        put(console, indented(styled(f"and {more:,} more; --json names up to 500", style="dim")))


def _name(loss: Loss) -> str:
    if loss.article_id is None:
        return loss.url or "?"
    return f"{loss.article_id}, revision {loss.revision}" if loss.revision is not None else loss.article_id


def _print_fields(tally: Tally) -> None:
    fields = sorted({name for counts in tally.fields.values() for name in counts})
    if not fields:
        return
    console = new_console()
    put(console, styled("\nRecords in which a field is another:", style="bold"))
    table = columned("field", ">in all", "source by source")
    for name in fields:
        each = sorted(((counts[name], source) for source, counts in tally.fields.items() if counts[name]), reverse=True)
        told = ", ".join(f"{source} {number:,}" for number, source in each[:6]) + (", …" if len(each) > 6 else "")
        table.add_row(name, cell(sum(number for number, _ in each)), told)
    put_table(console, table)


def _print_coverage(tally: Tally) -> None:
    """Sources whose share of texts with some field differs, before and after."""
    rows = []
    for source, before in sorted(tally.before.items()):
        after = tally.after[source]
        for name in (*COVERED, "words"):
            if before[name] != after[name]:
                texts = before["texts"]
                told = _mean if name == "words" else _share
                rows.append(
                    (
                        "words a text" if name == "words" else name,
                        source,
                        told(before[name], texts),
                        told(after[name], texts),
                    )
                )
    if not rows:
        return
    console = new_console()
    put(console, styled("\nTexts that have it, before and after:", style="bold"))
    table = columned("field", "source", ">before", ">after")
    for row in sorted(rows):
        table.add_row(*row)
    put_table(console, table)


def _share(number: int, texts: int) -> str:
    return f"{100 * number / max(1, texts):.1f} %"


def _mean(number: int, texts: int) -> str:
    return f"{number / max(1, texts):,.0f}"


def _print_samples(tally: Tally, most: int) -> None:
    """Some changes of each field, of different sources where there are."""
    if not most:
        return
    console = new_console()
    for name, group in groupby(sorted(tally.samples, key=lambda sample: sample.field), key=lambda sample: sample.field):
        put(console, styled(f"\n{name}", style="bold"))
        for sample in _spread(list(group))[:most]:
            who = f"{sample.source} {sample.article_id}" if sample.article_id else sample.source
            put(console, indented(styled(who, style="dim")))
            for line in _told(sample):
                put(console, indented(styled(line), by=4))


def _spread(samples: list[Sample]) -> list[Sample]:
    """The first of each source, then the second …"""
    seen: dict[str, int] = {}
    ranked = []
    for sample in samples:
        seen[sample.source] = seen.get(sample.source, 0) + 1
        ranked.append((seen[sample.source], sample))
    return [sample for _, sample in sorted(ranked, key=lambda each: each[0])]


def _told(sample: Sample) -> list[str]:
    if sample.field in ("body", "markdown"):
        return _paragraphs(str(sample.old), str(sample.new))
    return [f"- {_value(sample.old)}", f"+ {_value(sample.new)}"]


def _value(value: Any) -> str:
    if value in (None, "", "[]"):
        return "none"
    if isinstance(value, str) and value.startswith("["):
        values = json.loads(value)
        value = ", ".join(each if isinstance(each, str) else json.dumps(each, ensure_ascii=False) for each in values)
    return shortened(str(value), _LONGEST)


def _paragraphs(old: str, new: str) -> list[str]:
    """The paragraphs that went and came."""
    lines = [
        f"{line[0]} {shortened(line[2:], _LONGEST)}"
        for line in difflib.ndiff(_lines(old), _lines(new))
        if line[0] in "+-"
    ]
    return lines[:_PARAGRAPHS] + ([f"  … {len(lines) - _PARAGRAPHS} more"] if len(lines) > _PARAGRAPHS else [])


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


def _many(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
