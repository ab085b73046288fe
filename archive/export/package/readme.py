"""Facts → ``README.md``: what it is, how it was made, what is not in it, how to check it and make it again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from archive.export.columns import WORDING
from archive.export.package.citation import reference
from archive.export.package.descriptor import Packed, summary
from archive.export.package.facts import Facts
from archive.export.write import Shape
from archive.reasons import stands
from archive.times import iso
from archive.types import State


def readme(facts: Facts, data: Packed, shape: Shape, others: Sequence[str]) -> str:
    """The text in Markdown."""
    parts = [
        _card(facts, data) if shape.format.name == "hf" else "",
        f"# {_line(facts.label.title)}\n\n{summary(facts)}\n",
        _made(facts, shape),
        _holds(facts),
        _lacks(facts, shape),
        _files(data, others),
        _again(facts),
    ]
    return "\n".join(part for part in parts if part)


def _card(facts: Facts, data: Packed) -> str:
    """What Hugging Face reads at the head of a data set's card."""
    languages = sorted({language.split("-")[0].lower() for language in facts.languages if language})
    return "\n".join(
        ["---", "license: other", *(["language:", *(f"- {each}" for each in languages)] if languages else []),
         "configs:", "- config_name: default", f"  data_files: {data.name}", "---", ""]
    )  # fmt: skip


def _made(facts: Facts, shape: Shape) -> str:
    spelling = _line(facts.wanted.query.spelling)
    rows = [("Query", f"`{spelling}`" if spelling else "all articles"), ("The archive as it was on", facts.as_of)]
    if facts.wanted.since:
        rows.append(("Left out", f"what was in {len(facts.wanted.since)} earlier export(s) in the same text"))
    sample = facts.wanted.sample
    if sample:
        within = f" of each {' and '.join(sample.by)}" if sample.by else ""
        rows.append(("Sample", f"{sample.size}{within}, drawn by lot with the seed {sample.seed}"))
    if facts.wanted.history:
        rows.append(("Rows", "one for each text that an article had, the oldest first"))
    rows += [("Made", iso(facts.created)), ("With", ", ".join(f"{n} {v}" for n, v in facts.software.items()))]
    rows += [("Cleaned by", f"{_line(name)}: {number:,}") for name, number in facts.extractors.items()]
    rows.append(("Written as", shape.format.name + ("" if shape.text else ", without the publishers' text")))
    told = _table(("", ""), rows)
    if sample and sample.by:
        strata = [(*(_line(value or "–") for value in d.values), f"{d.of:,}", f"{d.number:,}") for d in facts.strata]
        told += "\nThe strata of the sample, for weights:\n\n" + _table((*sample.by, "articles", "drawn"), strata)
    return f"## How it was made\n\n{told}"


def _holds(facts: Facts) -> str:
    sources = [
        (f"{_line(s.title or s.name)} (`{s.name}`)", s.home, f"{s.articles:,}", s.first or "–", s.last or "–")
        for s in facts.sources
    ]
    languages = ", ".join(f"{name or 'not known'} {number:,}" for name, number in facts.languages.items())
    access = ", ".join(f"{name} {number:,}" for name, number in facts.access.items())
    then = " as they last were" if facts.wanted.history else ""
    return (
        f"## What is in it\n\n{facts.size}, with {facts.words:,} words{then};"
        f" {facts.undated:,} without a date."
        f" Languages: {languages or 'none'}. Access, as far as the pages said: {access or 'none'}.\n\n"
        f"{_table(('Source', 'Home', 'Articles', 'First', 'Last'), sources)}"
    )


def _lacks(facts: Facts, shape: Shape) -> str:
    total = sum(facts.pages.values())
    rows = [(stands(State(state)), reason or "–", f"{number:,}") for (state, reason), number in facts.pages.items()]
    words = (
        f"\nThe columns {', '.join(WORDING)} are left out. Who has the articles in an archive of their own fills them"
        " in with `nightdesk export rehydrate`.\n"
        if not shape.text
        else ""
    )
    runs = f"{facts.runs:,} crawls and imports from {facts.first_run} to {facts.last_run}" if facts.runs else "no crawl"
    return (
        f"## What is not in it\n\nThe archive has seen {runs}. Of the sources above it knows {total:,} pages, whatever"
        " the query; each stands in one of these lines. An article that no list of its source ever showed is not known"
        " to it.\n\n"
        f"{_table(('Pages', 'Because', 'Number'), rows)}"
        f"{words}\nA text is what the page showed when it was last seen to have changed; edits between two visits are"
        " not known. Rights in the texts are those of their sources: the column `rights` has what pages said, verbatim."
        f"{f' Terms of this data set: {_line(facts.label.licence)}.' if facts.label.licence else ''}\n"
    )


def _files(data: Packed, others: Sequence[str]) -> str:
    about = {
        "dictionary.csv": "what each column means",
        "members.csv.gz": "the list of the articles, with the text that each has and a digest of each row",
        "datapackage.json": "Frictionless Data Package, with what is needed to make this again",
        "croissant.json": "the same for catalogues, as Croissant",
        "CITATION.cff": "how to cite it",
        "strata.csv": "the strata of the sample",
        "SHA256SUMS": "digests of all files, for `sha256sum --check`",
    }
    rows = [(f"`{data.name}`", f"{data.bytes:,} bytes; the articles, SHA-256 `{data.sha256}`")]
    rows += [(f"`{name}`", about[name]) for name in others if name in about]
    return f"## Files\n\n{_table(('File', 'What'), rows)}"


def _again(facts: Facts) -> str:
    return (
        "## Cite, check, make again\n\n"
        f"> {_line(reference(facts))}\n\n"
        "    nightdesk export verify FOLDER              # every file is whole, and as many rows as stated\n"
        "    nightdesk export reproduce FOLDER -a ARCHIVE    # the same bytes again, from the archive\n\n"
        "What has been taken out of the archive since is listed by the second.\n"
    )


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return "\n".join(_rows(header, rows)) + "\n"


def _rows(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(header)} |"
    yield f"|{'---|' * len(header)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"


def _line(text: str) -> str:
    return " ".join(text.replace("`", "'").replace("<", "&lt;").split())
