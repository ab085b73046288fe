"""A Query → the addresses of searches near it: with a filter more or less, in another order, from another place on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from archive.fields import Filter
from archive.query import Query, combined

#: Field of a facet → what a value is written as in a filter that finds just those.
_EXACTLY = {"author": "="}


def search_url(query: Query, ending: str = "", **further: str | None) -> str:
    """Where a search is found again."""
    wishes = {"q": query.spelling} | {name: value for name, value in further.items() if value}
    return f"/search{ending}?{urlencode({name: value for name, value in wishes.items() if value})}"


def with_filter(query: Query, filter_: Filter) -> Query:
    """The search narrowed further."""
    return combined(query.understood, [*query.filters, filter_])


def without_filter(query: Query, filter_: Filter) -> Query:
    """The search without one of its filters."""
    return combined(query.understood, [each for each in query.filters if each != filter_])


def with_span(query: Query, span: str) -> Query:
    """The search narrowed to another span of the date that orders the archive."""
    return combined(query.understood, [*_without_date(query.filters), Filter("date", (span,))])


def without_span(query: Query) -> Query:
    """The search over all times."""
    return combined(query.understood, _without_date(query.filters))


def _without_date(filters: Iterable[Filter]) -> list[Filter]:
    return [each for each in filters if each.field != "date" or each.negated]


def in_order(query: Query, sort: Any) -> Query:
    """The search in another order."""
    return replace(query, sort=sort)


def facet_filter(field: str, value: str) -> Filter:
    """The filter that finds what a facet counts for a value."""
    return Filter(field, (_EXACTLY.get(field, "") + value,))
