"""``python -m archive``: the reading commands, without the crawler."""

from __future__ import annotations

from archive.cli import archive_commands

archive_commands(prog_name="python -m archive")
