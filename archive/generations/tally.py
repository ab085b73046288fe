"""What cleaning again made of each record in; how many of which source and field changed, with samples, out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from archive.generations.compare import FIELDS, Difference, has
from archive.generations.texts import Text

#: Fields whose coverage is told.
COVERED = ("authors", "published_at", "modified_at", "section", "description", "tags", "language", "images")
#: Losses that are named one by one; all are counted.
_NAMED = 500
#: Samples of a field that are kept for each source.
_OF_A_SOURCE = 2
_LONGEST_SAMPLE = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """A record that would be, or was, the worse for it; or one that could not be cleaned."""

    source: str
    #: Of its article; None: the page is none.
    article_id: str | None
    #: None: its present text.
    revision: int | None
    url: str | None
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A field of a record, before and after."""

    source: str
    #: None: a page that was no article; then ``field`` is ``page``, ``old`` its address, ``new`` the headline.
    article_id: str | None
    field: str
    old: Any
    new: Any


class Tally:
    """Counts, as records come by. Turned into JSON and back, it goes on counting.

    Samples hold texts: they are shown, and never kept, or a page that is taken down would leave a trace here.
    """

    def __init__(self) -> None:
        #: ``texts``, ``earlier`` (of them), ``changed``, ``unchanged``, ``made by`` (only versions differ), ``refused``
        #: (kept as they are), ``unreadable``; of pages ``articles``, ``rejected``, ``left``.
        self.counts: Counter[str] = Counter()
        #: Source → field → records in which it changed.
        self.fields: defaultdict[str, Counter[str]] = defaultdict(Counter)
        #: Source → field → present texts that have it: before, after. ``texts`` and ``words`` are the bases.
        self.before: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.after: defaultdict[str, Counter[str]] = defaultdict(Counter)
        #: Kind of loss → how many.
        self.lost: Counter[str] = Counter()
        self.losses: list[Loss] = []
        self.samples: list[Sample] = []
        self._sampled: Counter[tuple[str, str]] = Counter()

    def count(self, text: Text, difference: Difference, after: Mapping[str, Any]) -> None:
        """A text that was cleaned."""
        assert text.article_id is not None
        self._texts(text, after)
        source = text.source
        kind = "changed" if difference.fields else ("made by" if difference else "unchanged")
        self.counts[kind] += 1
        for name in difference.fields:
            self.fields[source][name] += 1
            self._sample(text, name, after[name])
        for what in difference.losses:
            self.lose(text, what)

    def refuse(self, text: Text, reason: str, detail: str) -> None:
        """A text whose page would be rejected now: it is kept as it is."""
        self._texts(text, text.before)
        self.counts["refused"] += 1
        self.lose(text, f"would be rejected: {reason}", detail)

    def cannot(self, text: Text, why: str) -> None:
        """A text or a page that cannot be cleaned: its capture is damaged, or no page."""
        self.counts["unreadable"] += 1
        if text.article_id is not None:
            self._texts(text, text.before)
        self.lose(text, "cannot be cleaned again", why)

    def page(self, text: Text, outcome: str, title: str | None = None) -> None:
        """A page that was no article: ``articles``, ``rejected`` or ``left``. ``title``: of the article."""
        self.counts["pages"] += 1
        self.counts[outcome] += 1
        if title is not None:
            self.fields[text.source]["page"] += 1
            self._keep_sample(text, "page", text.url, title)

    def lose(self, text: Text, what: str, detail: str = "") -> None:
        """Name a loss."""
        kind = "body much shorter" if what.startswith("body ") else what
        self.lost[kind] += 1
        if len(self.losses) < _NAMED:
            told = f"{what} ({detail})" if detail else what
            self.losses.append(
                Loss(source=text.source, article_id=text.article_id, revision=text.revision, url=text.url, what=told)
            )

    def _texts(self, text: Text, after: Mapping[str, Any]) -> None:
        self.counts["texts"] += 1
        if text.revision is not None:
            self.counts["earlier"] += 1
            return
        for counted, record in ((self.before, text.before), (self.after, after)):
            numbers = counted[text.source]
            numbers["texts"] += 1
            numbers["words"] += len(record["body"].split())
            numbers.update(name for name in COVERED if has(record[name]))

    def _sample(self, text: Text, name: str, new: Any) -> None:
        if name in FIELDS:
            self._keep_sample(text, name, _cut(text.before[name]), _cut(new))

    def _keep_sample(self, text: Text, name: str, old: Any, new: Any) -> None:
        self._sampled[name, text.source] += 1
        if self._sampled[name, text.source] <= _OF_A_SOURCE:
            self.samples.append(Sample(source=text.source, article_id=text.article_id, field=name, old=old, new=new))

    def as_dict(self) -> dict[str, Any]:
        """For JSON, and without the samples for ``from_dict``."""
        return self.as_kept() | {
            "samples": [{name: getattr(sample, name) for name in Sample.__slots__} for sample in self.samples]
        }

    def as_kept(self) -> dict[str, Any]:
        """What the archive keeps of it."""
        return {
            "counts": dict(self.counts),
            "fields": {source: dict(counts) for source, counts in sorted(self.fields.items())},
            "coverage": {
                source: {"before": dict(self.before[source]), "after": dict(self.after[source])}
                for source in sorted(self.before)
            },
            "lost": dict(self.lost),
            "losses": [{name: getattr(loss, name) for name in Loss.__slots__} for loss in self.losses],
        }

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> Self:
        """A tally as ``as_kept`` left it; an empty one for an empty object."""
        tally = cls()
        tally.counts.update(told.get("counts", {}))
        for source, counts in told.get("fields", {}).items():
            tally.fields[source].update(counts)
        for source, sides in told.get("coverage", {}).items():
            tally.before[source].update(sides["before"])
            tally.after[source].update(sides["after"])
        tally.lost.update(told.get("lost", {}))
        tally.losses = [Loss(**loss) for loss in told.get("losses", ())]
        return tally


def _cut(value: Any) -> Any:
    return value[:_LONGEST_SAMPLE] if isinstance(value, str) else value
