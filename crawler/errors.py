"""What can go wrong before or around a crawl, for the command line to say plainly.

CrawlerError            root
└── ConfigError         sources.toml (or an option) is wrong; lists every mistake with its line
"""

from __future__ import annotations

#: Exit status of a night that went well, but some source is sick.
SICK = 6
#: Exit status of a run that was stopped on request; the next goes on from there.
INTERRUPTED = 7


class CrawlerError(Exception):
    """Root of this package's errors. ``exit_status`` is the command line's."""

    exit_status = 1


class ConfigError(CrawlerError):
    """sources.toml or an option is wrong."""

    exit_status = 3
