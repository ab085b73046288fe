"""What a page and its answer say of rights in; header and meta values out, verbatim."""

from __future__ import annotations

import re

from pipelines.sheet import Sheet
from pipelines.structured import Structured

_HEADERS = ("x-robots-tag", "tdm-reservation", "tdm-policy", "content-usage")
_METAS = ("tdm-reservation", "tdm-policy", "content-usage")
#: Words in robots metas that restrict the use of a text; ``index, follow`` says nothing.
_RESTRICTS = re.compile(r"(?i)\bno(?:archive|snippet|ai|imageai|cache|ml|translate|index)\b|\bnone\b|max-snippet:\s*0")
_ROBOTS = re.compile(r"(?i)^(?:robots|googlebot(?:-news)?|bingbot|news_robots|gptbot|ccbot)$")


def find_rights(sheet: Sheet, told: Structured) -> dict[str, str]:
    """Rights signals verbatim, as found; empty if there are none."""
    found: dict[str, str] = {}
    for name in _HEADERS:
        values = [value for key, value in sheet.page.headers if key == name]
        if values:
            found[name] = ", ".join(values)
    for name, values in told.meta.items():
        if (_ROBOTS.match(name) and _RESTRICTS.search(" ".join(values))) or name in _METAS:
            found.setdefault(f"meta {name}" if name in found else name, ", ".join(values))
    for key in ("license", "usageInfo", "copyrightNotice"):
        value = told.article.get(key)
        value = value.get("url") or value.get("@id") if isinstance(value, dict) else value
        if isinstance(value, str) and value.strip():
            found[key] = value.strip()
    if "license" not in found and told.links.get("license"):
        found["license"] = told.links["license"][0]
    return found
