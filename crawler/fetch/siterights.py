"""What a site says of use for all its pages: robots.txt and tdmrep.json in, signals of rights out, verbatim."""

from __future__ import annotations

import json
import re

#: Lines of robots.txt that are said to the robots of their group: AIPREF's, and the one that large hosts use.
_IN_GROUPS = ("content-usage", "content-signal")
#: A licence for the whole site (Really Simple Licensing).
_FOR_ALL = ("license",)
_LINE = re.compile(r"^\s*([A-Za-z][A-Za-z-]*)\s*:\s*(.*?)\s*$")
#: Entries of a tdmrep.json that are read, and characters of one.
_MOST = 1000
_LONGEST = 4000


def robots_signals(body: bytes) -> list[tuple[str, str]]:
    """``robots.txt content-usage for *`` and the like, each with its value."""
    found: list[tuple[str, str]] = []
    agents: list[str] = []
    in_rules = True
    for line in body.decode("utf-8", errors="replace").lstrip("\ufeff").splitlines():
        match = _LINE.match(line.partition("#")[0])
        if match is None:
            continue
        name, value = match[1].lower(), match[2]
        if name == "user-agent":
            agents = [value] if in_rules else [*agents, value]
            in_rules = False
            continue
        in_rules = in_rules or name != "sitemap"
        if value and name in _IN_GROUPS:
            found.append((f"robots.txt {name} for {', '.join(agents) or '*'}", value[:_LONGEST]))
        elif value and name in _FOR_ALL:
            found.append((f"robots.txt {name}", value[:_LONGEST]))
    return found[:_MOST]


def tdmrep_signals(body: bytes) -> list[tuple[str, str]]:
    """Each entry of a tdmrep.json as one line of JSON; nothing if it is none."""
    try:
        entries = json.loads(body)
    except (ValueError, RecursionError):
        return []
    if not isinstance(entries, list):
        return []
    lines = [json.dumps(entry, ensure_ascii=False) for entry in entries[:_MOST] if isinstance(entry, dict)]
    return [("tdmrep.json", line) for line in lines if len(line) <= _LONGEST]
