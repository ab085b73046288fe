"""docs/add-a-source.md against the code: its example loads, its table has every key, its commands exist."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import click

from crawler.cli import nightdesk
from crawler.sources import BackfillConfig, CrawlConfig, NightConfig, Source, load_config

TEXT = (Path(__file__).parent.parent / "docs" / "add-a-source.md").read_text(encoding="utf-8")


def test_the_example_is_a_valid_declaration_of_every_key(tmp_path: Path) -> None:
    (example,) = re.findall(r"(?s)```toml\n(.*?)```", TEXT)
    (tmp_path / "sources.toml").write_text(example, encoding="utf-8")
    config = load_config(tmp_path)
    (source,) = config.sources
    assert source.name == "millbrook-courier"
    assert all(getattr(source, field.name) for field in dataclasses.fields(Source))
    for table in (CrawlConfig, NightConfig, BackfillConfig):
        for field in dataclasses.fields(table):
            assert field.name in ("sources", "night", "notify", "backfill") or f"\n{field.name} = " in example


def test_the_table_explains_every_key_of_a_source() -> None:
    (table,) = re.findall(r"(?s)\| Key \|.*?\n\n", TEXT)
    explained = re.findall(r"(?m)^\| `(\w+)`", table)
    assert explained == [field.name for field in dataclasses.fields(Source) if field.name != "name"]


def test_the_commands_exist_with_the_options_that_are_shown() -> None:
    lines = re.findall(r"(?m)^    nightdesk (.+)$", TEXT)
    assert len(lines) == 10
    for line in lines:
        command: click.Command = nightdesk
        for word in line.split():
            if isinstance(command, click.Group) and word in command.commands:
                command = command.commands[word]
        assert not isinstance(command, click.Group), line
        known = {option for parameter in command.params for option in parameter.opts}
        assert set(re.findall(r"--[\w-]+", line)) <= known, line
