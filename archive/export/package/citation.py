"""Facts → how the data set is cited: ``CITATION.cff``, and a line of text."""

from __future__ import annotations

import json

from archive.export.package.facts import Facts

_NOBODY = "nightdesk archive"


def citation_cff(facts: Facts, sha256: str) -> str:
    """The file in Citation File Format 1.2."""
    lines = [
        "cff-version: 1.2.0",
        "message: If you use this data set, please cite it as below.",
        "type: dataset",
        f"title: {_text(facts.label.title)}",
        "authors:",
        *(_author(name) for name in facts.label.creators or (_NOBODY,)),
        f"date-released: '{facts.created:%Y-%m-%d}'",
        f"version: '{facts.created:%Y.%m.%d}'",
        "identifiers:",
        "  - type: other",
        f"    value: 'sha256:{sha256}'",
        "    description: SHA-256 of the data file",
    ]
    return "\n".join(lines) + "\n"


def reference(facts: Facts) -> str:
    """The data set as a line of a bibliography."""
    who = "; ".join(facts.label.creators or (_NOBODY,))
    return f"{who} ({facts.created:%Y}): {facts.label.title}. Data set, {facts.size}, as of {facts.as_of}."


def _author(name: str) -> str:
    family, comma, given = name.partition(",")
    if comma and given.strip():
        return f"  - family-names: {_text(family.strip())}\n    given-names: {_text(given.strip())}"
    return f"  - name: {_text(name)}"


def _text(value: str) -> str:
    """A text in YAML: JSON's strings are its own."""
    return json.dumps(" ".join(value.split()))
