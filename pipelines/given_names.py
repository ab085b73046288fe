"""A name in, whether it is a person's out: by its first word, among the common given names of many languages.

No table holds all names: a name not found here may be a person's all the same. It serves where nothing else tells
people from places, sections and companies; names that are common words or places ("April", "Georgia") are left out.
"""

from __future__ import annotations

from importlib.resources import files

from pipelines.months import plain

_GIVEN = frozenset(files("pipelines").joinpath("given_names.txt").read_text(encoding="utf-8").split())


def is_given_name(word: str) -> bool:
    """True for a common given name, a double name of which the first is one ("Anne-Marie") among them."""
    return plain(word).partition("-")[0] in _GIVEN
