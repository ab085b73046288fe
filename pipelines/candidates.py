"""What several places on a page say of one field: candidates in, one value with its origin and rivals out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from archive.types import Origin

T = TypeVar("T")

#: Rivals kept for a field: enough to see a conflict, not a copy of the page.
_RIVALS = 5
_LONGEST_RIVAL = 200
#: A rival whose confidence is lower by no more than this is about as good.
_CLOSE = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate(Generic[T]):
    """One value that a field could have."""

    value: T
    #: As in ``archive.types.Origin.origin``.
    origin: str
    #: 0 to 1: how often this origin is right. Only the order between candidates matters to the choice.
    confidence: float
    inferred: str | None = None
    #: As in ``archive.types.Origin.evidence``.
    evidence: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Generic[T]):
    """The value chosen for a field, and why."""

    value: T
    origin: Origin


def choose(
    candidates: Iterable[Candidate[T]],
    *,
    same: Callable[[T], object],
    written: Callable[[T], str],
    contradicts: Callable[[T, T], bool] | None = None,
) -> Choice[T] | None:
    """The candidate of highest confidence (the first of equals), None if there is none.

    ``same`` maps values that do not contradict each other to one key; candidates with another key than the
    chosen one's are its rivals, recorded as ``written`` spells them. Those that agree raise the confidence.
    A rival that is about as good is a conflict, unless it does not really ``contradict`` the chosen value.
    """
    ranked = sorted(candidates, key=lambda candidate: -candidate.confidence)
    if not ranked:
        return None
    best = ranked[0]
    key = same(best.value)
    confidence = best.confidence
    rivals: dict[str, str] = {}
    agreeing = {best.origin}
    conflict = False
    for other in ranked[1:]:
        if same(other.value) != key:
            rivals.setdefault(written(other.value)[:_LONGEST_RIVAL], other.origin)
            close = best.confidence - other.confidence <= _CLOSE
            conflict = conflict or (close and (contradicts is None or contradicts(best.value, other.value)))
        elif other.origin not in agreeing:
            agreeing.add(other.origin)
            confidence += (1 - confidence) * other.confidence / 2
    origin = Origin(
        origin=best.origin,
        confidence=round(confidence, 3),
        rivals=tuple((origin, text) for text, origin in list(rivals.items())[:_RIVALS]),
        inferred=best.inferred,
        evidence=best.evidence,
        conflict=conflict,
    )
    return Choice(value=best.value, origin=origin)
