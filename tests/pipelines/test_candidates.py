from __future__ import annotations

from archive.types import Origin
from pipelines.candidates import Candidate, choose


def origin_of(*told: tuple[str, str, float]) -> Origin:
    candidates = [Candidate(value=value, origin=origin, confidence=sure) for value, origin, sure in told]
    choice = choose(candidates, same=str.casefold, written=str)
    assert choice is not None
    return choice.origin


def test_a_rival_that_is_about_as_good_is_a_conflict() -> None:
    assert origin_of(("Ferry", "json-ld", 0.9), ("Bridge", "html", 0.85)).conflict


def test_a_rival_that_is_worse_is_noted_and_no_conflict() -> None:
    origin = origin_of(("Ferry", "json-ld", 0.9), ("Bridge", "html", 0.6))
    assert origin.rivals == (("html", "Bridge"),)
    assert not origin.conflict


def test_the_same_value_written_otherwise_is_no_conflict() -> None:
    assert not origin_of(("Ferry", "json-ld", 0.9), ("FERRY", "html", 0.9)).conflict


def test_what_does_not_contradict_is_no_conflict_however_good() -> None:
    candidates = [Candidate(value=value, origin="meta", confidence=0.9) for value in ("river", "ferries")]
    choice = choose(candidates, same=str, written=str, contradicts=lambda *_: False)
    assert choice is not None
    assert choice.origin.rivals
    assert not choice.origin.conflict


def test_the_evidence_of_the_chosen_value_is_kept() -> None:
    candidate = Candidate(value="paywalled", origin="meta", confidence=0.9, evidence="article:content_tier: locked")
    choice = choose([candidate], same=str, written=str)
    assert choice is not None
    assert choice.origin.evidence == "article:content_tier: locked"
