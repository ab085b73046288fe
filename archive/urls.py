"""One spelling for each URL, and the article id made from it."""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from w3lib.url import canonicalize_url

#: Query parameters that say where a reader came from, or which session it is; never which page.
_TRACKING = re.compile(
    r"""(?ix)^(?:
        utm_\w+ | ga_\w+ | pk_\w+ | piwik_\w+ | mtm_\w+ | matomo_\w+ | hsa_\w+ |
        at_(?:medium|campaign|custom\d?|link\w*|ptr_name|bbc_team|format) | fbclid | gclid | gclsrc |
        dclid | gbraid | wbraid | msclkid | yclid | twclid | ttclid | igshid | igsh | li_fat_id | epik |
        mc_cid | mc_eid | mkt_tok | _hsenc | _hsmi | vero_id | vero_conv | oly_anon_id | oly_enc_id |
        ncid | nr_email_referer | cmpid | cmp | cid_source | ito | icid | intcid | int_source |
        int_medium | int_campaign | smid | smtyp | partner_source | ref_src | ref_url | referer |
        referrer | source_ref | share | shared | share_id | sharesource | spm | scid | wt_mc | wt_zmc |
        xtor | ocid | phpsessid | jsessionid | sessionid | session_id | aspsessionid\w* | cfid |
        cftoken | zenid | replytocom | outputtype | usqp | amp_js_v | amp_gsa | _gl | _ga
    )$"""
)
#: ``sid`` is a story on some sites and a session on others: a session's value is long and random.
_SESSION_VALUE = re.compile(r"(?i)^[0-9a-z]{20,}$")
_PATH_SESSION = re.compile(r"(?i);(?:jsessionid|phpsessid)=[^/?#;]*|/\(S\([a-z0-9]{20,}\)\)")

#: URLs that are spelt so already, told at a tenth of the cost: most are. No query, no escape, no IP address, no IDNA.
_SPELT = re.compile(r"https?://(?=[^/]{1,253}/)(?![^/]*xn--)(?:[a-z0-9-]{1,63}\.)+[a-z]{2,63}/[A-Za-z0-9._~/-]*")

_HOST = re.compile(r"(?=.*[a-z0-9])(?:[a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}")
_LONGEST_HOST = 253


def is_host(text: str) -> bool:
    """Whether a text, in lower case and after IDNA, is a host's name or an IP address without brackets."""
    if ":" in text or text.rpartition(".")[2].isdigit():
        try:
            ipaddress.ip_address(text)
        except ValueError:
            return False
        return True
    return len(text) <= _LONGEST_HOST and _HOST.fullmatch(text) is not None


def _is_noise(name: str, value: str) -> bool:
    return bool(_TRACKING.match(name)) or (name.lower() == "sid" and bool(_SESSION_VALUE.match(value)))


def normalise_url(url: str) -> str:
    """The spelling under which nightdesk knows a URL: w3lib's canonical form (RFC 3986 section 6: host
    in lower case, no default port, percent-encoding and query order normalised, no fragment), without
    tracking parameters, session ids, user name and password.

    Raises ValueError when it is no absolute http(s) URL; the message names it.
    """
    if _SPELT.fullmatch(url):
        return url
    text = "".join(c for c in url.strip() if c not in "\t\r\n")
    try:
        parts = urlsplit(text)
        port, host = parts.port, parts.hostname
    except ValueError as error:
        raise ValueError(f"not a URL: {url[:200]!r} ({error})") from None
    if parts.scheme.lower() not in ("http", "https") or not host:
        raise ValueError(f"not an http or https URL: {url[:200]!r}")
    scheme = parts.scheme.lower()
    default = {"http": 80, "https": 443}[scheme]
    netloc = f"[{host}]" if ":" in host else host.rstrip(".")
    if port and port != default:
        netloc = f"{netloc}:{port}"
    kept = (
        [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not _is_noise(k, v)]
        if parts.query
        else []
    )
    path = _PATH_SESSION.sub("", parts.path)
    query = parts.query if len(kept) == parts.query.count("&") + 1 else urlencode(kept)
    try:
        spelt = canonicalize_url(urlunsplit((scheme, netloc, path or "/", query, "")))
        host = urlsplit(spelt).hostname or ""
    except (ValueError, UnicodeError) as error:
        raise ValueError(f"not a URL: {url[:200]!r} ({error})") from None
    if not is_host(host):
        raise ValueError(f"not a URL: {url[:200]!r} ({host[:80]!r} is no host name)")
    return spelt


def normalise_or_none(url: str) -> str | None:
    """``normalise_url``, or None where that raises."""
    try:
        return normalise_url(url)
    except ValueError:
        return None


_AMP_TAIL = re.compile(r"(?i)(?:/amp|/amp\.html|\.amp|\.amp\.html)/?$")
_AMP_FLAG = re.compile(r"(?i)(?:^|&)(?:amp(?:=1|=true|=)?|output(?:type)?=amp)(?=&|$)")


def without_amp(url: str) -> str:
    """The address of the full page that an AMP URL is the twin of, by the spellings that publishers use
    in paths and queries (``/amp``, ``.amp.html``, ``?amp=1``, ``outputType=amp``); other URLs unchanged.

    An ``amp.`` host is left alone: only the page itself says where its full twin lives.
    """
    parts = urlsplit(url)
    path = _AMP_TAIL.sub(lambda m: ".html" if m[0].lower() == ".amp.html" else "", parts.path) or "/"
    if parts.path.startswith("/amp/"):
        path = parts.path[4:]
    query = _AMP_FLAG.sub("", parts.query).strip("&")
    return urlunsplit((parts.scheme, parts.netloc, path, query, ""))


def article_id(canonical: str) -> str:
    """A stable text id: 80 bits of SHA-256 over the canonical address, 16 lower-case base32 letters.

    The scheme and a leading ``www.`` are left out, so that a site's move to https keeps its ids.
    """
    key = re.sub(r"^https?://(?:www\.)?", "", canonical)
    return base64.b32encode(hashlib.sha256(key.encode()).digest()[:10]).decode().lower()
