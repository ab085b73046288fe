"""Sources in; groups of them out, such that no host is asked on behalf of two groups. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from crawler.sources import Source
from pipelines.site import site_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Sources that share a site, also by way of a third; mostly one."""

    sources: tuple[str, ...]
    #: Every site that any of them may be asked on: registrable domains.
    sites: frozenset[str]

    @property
    def name(self) -> str:
        """Of a folder; no two groups have the same."""
        return self.sources[0]

    def holds(self, url: str) -> bool:
        """Whether a URL lies on one of the sites."""
        return site_of(url) in self.sites


def groups_of(sources: Iterable[Source]) -> list[Group]:
    """The groups, in the order of their first sources."""
    groups: list[Group] = []
    for source in sources:
        sites = sites_of(source)
        shared = [group for group in groups if group.sites & sites]  # apart from each other: one look is enough
        joined = Group(
            sources=(*(name for group in shared for name in group.sources), source.name),
            sites=sites.union(*(group.sites for group in shared)),
        )
        place = groups.index(shared[0]) if shared else len(groups)
        groups = [group for group in [*groups[:place], joined, *groups[place:]] if group not in shared]
    return groups


def sites_of(source: Source) -> frozenset[str]:
    """The sites that a source may be asked on: its home's, those of ``also_on``, those of documents given for it."""
    urls = [source.home, *source.feeds, *source.sitemaps, *source.sections]
    return frozenset(map(site_of, [*urls, *(f"http://{host}/" for host in source.also_on)])) - {""}
