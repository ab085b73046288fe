"""Who asks: what robots.txt calls us, and what every request says of us."""

from __future__ import annotations

from archive.version import __version__

#: Our product token: what a group of rules in robots.txt names (RFC 9309 section 2.2.1). The whole user agent would
#: also answer to the words of the operator's address.
AGENT = "nightdesk"


def user_agent(contact: str | None) -> str:
    """Who we are, and where to reach the operator: ``nightdesk/0.1.0 (+mailto:desk@example.org)``."""
    if contact and not contact.startswith(("http:", "https:", "mailto:")):
        contact = f"mailto:{contact}"
    return f"{AGENT}/{__version__}" + (f" (+{contact})" if contact else "")
