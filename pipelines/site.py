"""Two URLs in, whether they are one site out: by registrable domain, and never asking the network."""

from __future__ import annotations

from functools import cache, lru_cache
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from tldextract import TLDExtract


@cache
def _suffixes() -> TLDExtract:
    # Imported on first use: it brings requests along. No list is fetched and none is cached on disk;
    # private suffixes count, so that two blogs of one hosting company are two sites.
    from tldextract import TLDExtract

    return TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def _is_ip(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=4096)
def _site_of_host(host: str) -> str:
    if not host or _is_ip(host):
        return host
    found = _suffixes()(host)
    return found.top_domain_under_public_suffix if found.domain and found.suffix else host.removeprefix("www.")


def site_of(url: str) -> str:
    """The registrable domain of a URL (``zeitung.co.uk`` for any host below it).

    For an IP address or an unknown top-level domain: the host itself without a leading ``www.``;
    for a text without a host: the empty string.
    """
    return _site_of_host(_host(url))


def label_of(url: str) -> str:
    """What a site is called in its address: "zeitung" for www.zeitung.co.uk."""
    return site_of(url).partition(".")[0]


def same_site(a_url: str, b_url: str) -> bool:
    """True if two absolute URLs belong to one site. False where either has no host."""
    site = site_of(a_url)
    return bool(site) and site == site_of(b_url)
