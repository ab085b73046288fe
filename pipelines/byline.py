"""Everything that a page says of its writers in; the list of authors out, with its origin."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from archive.fingerprint import plain
from pipelines.authors import clean_names
from pipelines.candidates import Candidate, Choice, choose
from pipelines.dates import Clock
from pipelines.house import House, house_of
from pipelines.jsonld import text_in
from pipelines.landmarks import Landmarks
from pipelines.leads import written_part
from pipelines.names import has_name_shape, is_agency, is_handle, is_person
from pipelines.sheet import Sheet
from pipelines.site import label_of
from pipelines.structured import Structured
from pipelines.writers import Claim, claims_at_last, claims_in_sight, claims_of_markup

Names = list[str]
#: What a user name is worth beside a name, whoever tells it.
_OF_A_HANDLE = 0.6
#: A byline with words such as "By" before the name, and markup that names someone the page does not show.
_PLAIN_BYLINE = 0.7
_UNSEEN = 0.65
_LONGEST_EVIDENCE = 200


def _key(name: str) -> str:
    return plain(name).casefold()


def choose_authors(
    sheet: Sheet,
    told: Structured,
    seen: Landmarks,
    clock: Clock,
    *,
    bylines: Iterable[str] = (),
    site_name: str | None,
) -> Choice[Names] | None:
    """People and agencies in the order of the byline; None rather than a doubtful name.

    ``bylines``: those found in the text.
    """
    house = house_of(site_name, text_in(told.article.get("publisher")), label=label_of(sheet.url or ""))
    sight: list[Candidate[Names]] = []
    # Where the first byline is the house's, the names that follow are of other stories.
    if not seen.bylines or not house.signs(seen.bylines[0][0]):
        sight.extend(_read(claims_in_sight(sheet, seen, clock), house))
    markup = list(_doubted(_read(claims_of_markup(sheet, told), house), sight, sheet))
    text = _read([Claim(list(bylines)[:4], "byline", 0.6, told=False)], house)
    return choose(
        _completed([*markup, *sight, *text]) or _read(claims_at_last(sheet, told), house),
        same=lambda names: frozenset(map(_key, names)),
        written=", ".join,
        contradicts=lambda names, others: set(map(_key, names)).isdisjoint(map(_key, others)),
    )


def _read(claims: Iterable[Claim], house: House) -> Iterator[Candidate[Names]]:
    for claim in claims:
        texts = list(map(written_part, claim.texts))
        names = clean_names(texts, not_names=house.names, told=claim.told)
        if own := [name for name in names if not house.is_named(name)]:
            worth = _OF_A_HANDLE if all(map(is_handle, own)) else 1
            read_from = " / ".join(texts)[:_LONGEST_EVIDENCE]
            yield Candidate(
                value=own,
                origin=claim.origin,
                confidence=claim.confidence * worth,
                evidence=read_from if read_from != ", ".join(own) else None,
            )


def _doubted(
    markup: Iterable[Candidate[Names]], sight: list[Candidate[Names]], sheet: Sheet
) -> Iterator[Candidate[Names]]:
    """Markup, with less confidence where it names someone whom the page does not show and a plain byline another.

    It is then the account that posted the article.
    """
    bylines = [c.value for c in sight if c.origin == "byline" and c.confidence >= _PLAIN_BYLINE]
    people = [set(map(_key, names)) for names in bylines if all(map(is_person, names))]
    for candidate in markup:
        keys = set(map(_key, candidate.value))
        other = any(keys.isdisjoint(names) for names in people)
        unseen = other and not any(name.casefold() in sheet.shown.casefold() for name in candidate.value)
        yield replace(candidate, confidence=min(candidate.confidence, _UNSEEN)) if unseen else candidate


def _completed(candidates: list[Candidate[Names]]) -> list[Candidate[Names]]:
    """The candidates, first the one that names the writers of the best one and more, if a byline or markup does."""
    best = max(candidates, key=lambda candidate: candidate.confidence, default=None)
    if best is None:
        return []
    for other in candidates:
        if other.confidence >= _PLAIN_BYLINE and other.origin != "html" and _includes(other.value, best.value):
            return [replace(other, confidence=best.confidence), *candidates]
    return candidates


def _includes(names: Names, fewer: Names) -> bool:
    """True for names of persons that have all the fewer among them, titles aside."""
    keys = list(map(_key, names))
    return (
        len(names) > len(fewer)
        and all(any(_key(name) in key for key in keys) for name in fewer)
        and all(has_name_shape(name) or is_agency(name) for name in names)
    )
