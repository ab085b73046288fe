"""The commands that care for an archive, for the group that mounts them."""

from __future__ import annotations

import click

from archive.care.backup_verb import backup, restore
from archive.care.compact_verb import compact, migrate
from archive.care.merge_verb import merge
from archive.care.takedown_verb import takedown
from archive.care.verify_verb import verify

care_commands: tuple[click.Command, ...] = (verify, backup, restore, takedown, merge, migrate, compact)
