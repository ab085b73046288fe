"""The ``nightdesk`` command: the reading verbs of archive/cli.py, and those that crawl and clean.

Exit status: 0 done; 1 not done: what was named cannot be taken or written, or our own fault; 2 wrong usage or
query; 3 wrong configuration, or no archive there; 4 another process is writing; 5 not found; 6 the night went
well, but some source is sick; 7 interrupted, the
next run goes on from there; 8 the disk is full, or the folder may not be read or written.
"""

from __future__ import annotations

import click

from archive.care.verbs import care_commands
from archive.cli import reading_commands
from archive.completion import completion
from archive.errors import DRIVER_ERRORS, ArchiveError, CannotWrite
from archive.version import __version__
from archive.warcstore_verb import offload
from archive.web.verb import serve
from crawler.errors import CrawlerError
from crawler.verbs.backfill import backfill
from crawler.verbs.crawl import crawl
from crawler.verbs.demo import demo
from crawler.verbs.doctor import doctor
from crawler.verbs.imports import import_files
from crawler.verbs.init import init
from crawler.verbs.nightly import nightly
from crawler.verbs.reextract import reextract
from crawler.verbs.schedule import schedule
from crawler.verbs.sources import sources


class _Group(click.Group):
    """Says an expected error in plain words, with its exit status, instead of a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except (ArchiveError, CrawlerError) as error:
            for line in str(error).splitlines():
                click.echo(f"nightdesk: {line}", err=True)
            raise SystemExit(error.exit_status) from error
        except BrokenPipeError:
            raise
        except DRIVER_ERRORS as error:
            click.echo(f"nightdesk: cannot read or write: {error}", err=True)
            raise SystemExit(CannotWrite.exit_status) from error


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="nightdesk")
def nightdesk() -> None:
    """A news archive: crawl news sites every night, keep what came, give clean records back."""


for _command in (
    init,
    sources,
    crawl,
    nightly,
    backfill,
    import_files,
    reextract,
    schedule,
    doctor,
    *reading_commands,
    *care_commands,
    offload,
    serve,
    completion,
    demo,
):
    nightdesk.add_command(_command)


def main() -> None:
    """Entry point of the ``nightdesk`` script."""
    nightdesk()
