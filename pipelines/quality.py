"""Why a page is no article: evidence in, a Rejection with its reason out, or None. Conservative on purpose.

Three gates: by the bytes, by what the page says before its text is known, and by the text.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from archive.types import Page, Reason, Rejection
from pipelines.boilerplate import RUNNING_TEXT, Cleaned
from pipelines.jsonld import types_of
from pipelines.landmarks import Landmarks
from pipelines.sheet import Sheet, squeeze, text_of
from pipelines.structured import Structured

_MAGIC = (
    (b"%PDF-", "a PDF"),
    (b"\x89PNG\r\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"PK\x03\x04", "a ZIP file"),
    (b"\x1f\x8b", "gzip data"),
    (b"\xd0\xcf\x11\xe0", "an Office file"),
    (b"ID3", "an MP3 file"),
    (b"OggS", "an Ogg file"),
    (b"wOF", "a font"),
    (b"\x7fELF", "a program"),
)
_HTML_TYPES = frozenset(
    ("text/html", "application/xhtml+xml", "application/xml", "text/xml", "text/plain", "", "application/octet-stream")
)
_FEED = re.compile(
    rb"(?i)^\s*(?:<\?xml[^>]*>\s*)?(?:<!--.{0,500}?-->\s*)?<(rss|feed|rdf:RDF|urlset|sitemapindex)[\s>]", re.DOTALL
)

#: Words of walls and errors are looked for in pages with no more text than this.
_SHORT_PAGE = 3_000
_NOT_FOUND = re.compile(
    r"""(?ix)(?:^|\b)(?:404(?:\s|$|\W+not)|error\s404|page\s(?:was\s|could\snot\sbe\s|cannot\sbe\s|can['’]?t\sbe\s)?(?:not\s)?found$|page\snot\sfound|not\sfound$|page\s(?:does\snot|doesn['’]t|no\slonger)\sexists?
      |(?:article|story|page|content)\s(?:is\s)?(?:no\slonger|not)\savailable|nothing\s(?:was\s)?found|we\scan['’]?t\sfind\s(?:that|the)\spage|sorry,?\s.{0,30}not\sfound
      |seite\s(?:wurde\s)?(?:nicht|leider\snicht)\sgefunden|nicht\sgefunden$|page\s(?:non\strouvée|introuvable)|página\sno\s(?:encontrada|existe)|pagina\snon\strovata|página\snão\sencontrada|pagina\sniet\sgevonden
      |stranica\s(?:nije\spronađena|ne\spostoji)|nie\sznaleziono|strona\snie\sistnieje|stránka\snenalezena|strani\sni\smogoče\snajti|sidan\s(?:hittades\sinte|kunde\sinte\shittas)|siden\s(?:finnes|findes)\sikke|sivua\sei\slöytynyt)"""
)
_BLOCKED = re.compile(
    r"""(?ix)(?:just\sa\smoment|attention\srequired|access\s(?:to\sthis\spage\s(?:has\sbeen\s)?)?denied|are\syou\s(?:a\s)?(?:human|robot)|verify(?:ing)?\s(?:that\s)?you\sare\s(?:a\s)?human|checking\syour\sbrowser|pardon\sour\sinterruption
      |security\scheck|unusual\straffic|bot\s(?:check|detection|protection)|enable\sjavascript\sand\scookies\sto\scontinue|ddos\sprotection|request\s(?:was\s)?blocked|you\shave\sbeen\sblocked|error\s1020|please\scomplete\sthe\scaptcha|human\sverification|robot\sor\shuman|performing\ssecurity\sverification)"""
)
_CONSENT = re.compile(
    r"""(?ix)(?:before\syou\scontinue|we\s(?:and\sour\s(?:\d+\s)?partners\s)?(?:use|value|store|process)\b.{0,60}\b(?:cookies|privacy)|accept\s(?:all\s)?(?:cookies|and\scontinue)|cookie\s?(?:consent|settings|preferences|wall)|manage\s(?:your\s)?(?:privacy|consent|cookie)|your\s(?:privacy|consent)\s(?:choices|matters)
      |your\sprivacy|alle\sakzeptieren|cookies\s(?:zustimmen|akzeptieren)|mit\swerbung\s(?:weiterlesen|und\scookies)|zustimmen\sund\sweiter|datenschutz-?einstellungen|accepter\set\s(?:continuer|fermer)|tout\saccepter|gestion\sdes\scookies|aceptar\s(?:y\scontinuar|todas|cookies)|accetta\s(?:e\scontinua|tutti|i\scookie)|prihvati\s(?:sve|kolačiće)|prihvaćam|akceptuj|zgadzam\ssię)"""
)
_LOGIN = re.compile(
    r"""(?ix)^\W*(?:(?:please\s)?(?:log|sign)[\s-]?in(?:\sto\s.{1,40}|\s(?:or|and|/)\s(?:register|sign\sup|create\s.{1,20}))?|login|sign\sin\srequired|you\smust\s(?:be\s)?(?:logged|log|signed|sign)[\s-]in.{0,40}|members?\sonly|subscribers?\sonly|create\s(?:a\sfree\s|an\s)?account(?:\sto\scontinue.{0,20})?
      |anmelden|einloggen|bitte\s(?:melden\ssie\ssich\san|einloggen).{0,20}|connexion|connectez-vous.{0,30}|iniciar\ssesión|inicia\ssesión.{0,30}|accedi|entrar|inloggen|prijava|prijavite\sse.{0,20}|zaloguj\ssię|přihlášení|logga\sin|logg\sinn)\W*(?:$|[|–—·-])"""
)
_SCRIPT_NEEDED = re.compile(
    r"(?i)(?:enable|requires?|need|turn on|activate|aktivier|activ(?:er|ez)|habilit|activar?|abilit"
    r"|omogući|włącz|povol|ohne|without|uključi).{0,60}java\s?script|java\s?script.{0,60}(?:enable"
    r"|required|disabled|aktivier|désactivé|desactivado|disabilitato|onemogućen|wyłączon|needed)"
)
_NO_ARTICLE_TYPES_WORDS = """
    Product ProductGroup IndividualProduct SoftwareApplication LocalBusiness Restaurant Hotel Store JobPosting
    CollectionPage SearchResultsPage ItemList ProfilePage ContactPage AboutPage CheckoutPage QAPage
    DiscussionForumPosting Service Course Event RealEstateListing Vehicle Movie VideoGame Offer AggregateOffer
"""
_NO_ARTICLE_TYPES = frozenset(_NO_ARTICLE_TYPES_WORDS.split())
_INDEX_TYPES = frozenset(("CollectionPage", "SearchResultsPage", "ItemList", "ProfilePage"))
_ARTICLE_TYPE = re.compile(r"(?i)^(?:article|news|blog|story|post)")
_SERVICE_PATH = re.compile(
    r"(?i)^/(?:[a-z]{2}/)?(?:about|about-us|contact|contact-us|kontakt|impressum|imprint|privacy|privacy-policy|datenschutz|terms|"
    r"terms-of-(?:use|service)|legal|cookies?|cookie-policy|subscribe|newsletters?|advertise|jobs|careers|faq|help|agb|ueber-uns|"
    r"qui-sommes-nous|mentions-legales|contacto|contatti|chi-siamo|contato|over-ons|o-nama|pravila|login|register|search)"
    r"(?:\.\w{2,5})?/?$"
)
#: Types that an article's page does not describe beside the article.
_SURELY_OTHER = frozenset(("CollectionPage", "SearchResultsPage", "QAPage", "DiscussionForumPosting", "JobPosting"))
_OTHER_PATH = re.compile(
    r"(?i)/(products?|collections|product-category|shop|store|cart|forums?|threads?|viewtopic\.php|showthread\.php|questions"
    r"|docs?|documentation|api|reference|manual|pricing|plans)(?=/|$)"
)
#: Addresses of lists: marked as such, a page number, a day; or a single short word.
_LIST_PATH = re.compile(
    r"(?i)/(?:category|categories|tag|tags|topics?|themen?|authors?|autor(?:en)?|sections?|rubrik|kategorija|ressort"
    r"|archives?)(?:/[^/]+)*/?$|/page/\d+/?$|^/(?:19|20)\d\d(?:/\d\d){0,2}/?$"
)
_ONE_WORD_PATH = re.compile(r"(?i)^/(?:[a-z]{2}/)?[a-z]+(?:-[a-z]+)?(?:\.(?:html?|php|aspx?))?/?$")
_SOME_LINKS = 6
#: Characters of a link's text that may be a teaser's headline.
_HEADLINE = 20
#: Words in paragraphs of some length below which a page at such an address is no article.
_RUNNING_WORDS = 120
_SHELL_ROOT = (
    "root",
    "app",
    "__next",
    "__nuxt",
    "main-app",
    "application",
    "react-root",
    "gatsby-focus-wrapper",
    "svelte",
    "q-app",
)
#: Fewer words than this, without anything that says "article", is no text.
_FEW_WORDS = 40
#: With more words than this a page is an article whatever else its markup describes (a shop's guide, a review).
_MANY_WORDS = 500
#: An article by its own declaration may be this short: a flash.
_VERY_FEW_WORDS = 12


def _no(reason: Reason, detail: str) -> Rejection:
    return Rejection(reason=reason, detail=detail)


def gate_bytes(page: Page) -> Rejection | None:
    """By the bytes and headers alone: empty, cut short, or another kind of file."""
    body = page.body
    if page.truncated:
        return _no(Reason.CUT_SHORT, f"the connection ended after {len(body)} bytes")
    if not body.strip():
        return _no(Reason.EMPTY, "no bytes")
    for magic, name in _MAGIC:
        if body.startswith(magic):
            return _no(Reason.NOT_HTML, f"the bytes are {name}")
    return _other_file(page)


def _other_file(page: Page) -> Rejection | None:
    """By the declared content type, and by what the bytes begin with."""
    body = page.body
    kind = (page.header("content-type") or "").partition(";")[0].strip().lower()
    detail = None
    if kind not in _HTML_TYPES and "html" not in kind:
        detail = f"content type {kind[:80]}"
    elif feed := _FEED.match(body[:2000]):
        detail = f"an XML document: {feed[1].decode(errors='replace')}"
    elif "html" not in kind and body.lstrip()[:1] in (b"{", b"["):
        detail = "JSON"
    elif body.count(b"\0") > 0.1 * len(body) and not body.startswith((b"\xff\xfe", b"\xfe\xff")):
        detail = "binary data"
    return _no(Reason.NOT_HTML, detail) if detail else None


def gate_page(sheet: Sheet, told: Structured, seen: Landmarks) -> Rejection | None:
    """By what the page shows before its text is chosen: errors, walls, shells."""
    shown = sheet.shown
    has_text = bool(told.article.get("articleBody"))
    if not shown and not has_text:
        if sheet.scripted:
            return _no(Reason.NEEDS_JAVASCRIPT, "no text without its scripts")
        return _no(Reason.EMPTY, "no text")
    if has_text or len(shown) > _SHORT_PAGE:
        return _soft_404(sheet, seen, shown) if not told.article else None
    return (
        _soft_404(sheet, seen, shown)
        or _wall(sheet, seen, shown, Reason.BLOCKED, _BLOCKED)
        or _shell(sheet, shown)
        or (None if told.article else _wall(sheet, seen, shown, Reason.CONSENT_WALL, _CONSENT))
        or _login(sheet, seen)
    )


def _heads(sheet: Sheet, seen: Landmarks) -> list[str]:
    return [head for head in (sheet.headed, *seen.headlines[:2]) if head]


def _soft_404(sheet: Sheet, seen: Landmarks, shown: str) -> Rejection | None:
    heads = _heads(sheet, seen)
    # A story may be headed "Page not found: …"; an error page has hardly any text of its own.
    found = next((head for head in heads if len(head) < 90 and _NOT_FOUND.search(head)), None)
    if found and (len(shown) < _SHORT_PAGE or re.match(r"(?i)^\W*(?:error\s)?404\b|^\W*page\snot\sfound", found)):
        return _no(Reason.SOFT_404, f"headed {found[:80]!r}")
    if len(shown) < 600 and (match := _NOT_FOUND.search(shown)):
        return _no(Reason.SOFT_404, f"says {match[0][:80]!r}")
    return None


def _wall(sheet: Sheet, seen: Landmarks, shown: str, reason: Reason, words: re.Pattern[str]) -> Rejection | None:
    head = next((head for head in _heads(sheet, seen) if len(head) < 120 and words.search(head)), None)
    if head:
        return _no(reason, f"headed {head[:80]!r}")
    if reason is Reason.CONSENT_WALL and seen.headlines:
        return None  # a page with a headline of its own and a banner
    matches = {match[0].lower() for match in words.finditer(shown[:1500])}
    if matches and (len(shown) < 400 or (len(matches) >= 2 and len(shown) < 2000)):
        return _no(reason, f"says {sorted(matches)[0][:80]!r}")
    return None


def _login(sheet: Sheet, seen: Landmarks) -> Rejection | None:
    head = next((head for head in _heads(sheet, seen) if _LOGIN.match(head)), None)
    password = sheet.tree.find(".//input[@type='password']") is not None
    if head and password:
        return _no(Reason.LOGIN_WALL, f"headed {head[:80]!r}, asks for a password")
    return None


def _shell(sheet: Sheet, shown: str) -> Rejection | None:
    """An application's shell: hardly a word, an empty root, and scripts to fill it."""
    if len(shown) > 500 or not sheet.scripted:
        return None
    said = squeeze(" ".join("".join(e.itertext()) for e in sheet.tree.iter("noscript")))
    if match := _SCRIPT_NEEDED.search(f"{said} {shown}"):
        return _no(Reason.NEEDS_JAVASCRIPT, f"says {match[0][:80]!r}")
    for element in sheet.tree.iter("div", "main"):
        if element.get("id") in _SHELL_ROOT and len(text_of(element)) < 50:
            return _no(Reason.NEEDS_JAVASCRIPT, f"its {element.get('id')!r} is empty")
    return None


def gate_text(
    sheet: Sheet, told: Structured, seen: Landmarks, cleaned: Cleaned, links: frozenset[str]
) -> Rejection | None:
    """By the text: too little of it, or a page of links, goods or services. ``links``: the texts of its links."""
    running = _running_words(cleaned, links)
    words = len(cleaned.text.split())
    declared = declares_article(told)
    if words == 0:
        return _shell(sheet, sheet.shown) or _no(Reason.TOO_SHORT, "no running text found")
    if words < (_VERY_FEW_WORDS if declared else _FEW_WORDS):
        return (
            _index(sheet, told, words, running)
            or _by_address(sheet, running)
            or _no(Reason.TOO_SHORT, f"{words} words of running text")
        )
    if declared:
        return None
    return (
        _other_kind(told, seen, words)
        or _other_path(sheet)
        or _index(sheet, told, words, running)
        or _by_address(sheet, running)
    )


def _running_words(cleaned: Cleaned, links: frozenset[str]) -> int:
    """Words in paragraphs of some length that are not teasers, that is, do not begin with a link's text."""
    heads = tuple(link for link in links if len(link) >= _HEADLINE)
    return sum(
        len(block.text.split())
        for block in cleaned.blocks
        if len(block.text) >= RUNNING_TEXT and not block.text.startswith(heads)
    )


def _by_address(sheet: Sheet, running: int) -> Rejection | None:
    """A section, tag, author or service page by its address, if hardly any of its text runs over a line or two."""
    parts = urlsplit(sheet.url or "")
    path = parts.path
    if running >= _RUNNING_WORDS or not path.strip("/"):
        return None
    if _SERVICE_PATH.search(path):
        return _no(Reason.NOT_ARTICLE, f"the address {path[:60]!r}, and {running} words of running text")
    numbered = any(c.isdigit() for c in parts.query)  # artikel.php?id=123
    named = _LIST_PATH.search(path) or (running < _FEW_WORDS and _ONE_WORD_PATH.search(path))
    if len(sheet.anchors) >= _SOME_LINKS and named and not numbered:
        return _no(Reason.INDEX_PAGE, f"the address {path[:60]!r}, and {running} words of running text")
    return None


def declares_article(told: Structured) -> bool:
    """True if the page's own markup says that it is an article."""
    if told.article:
        return True
    kind = told.first_meta("og:type") or ""
    return bool(_ARTICLE_TYPE.match(kind)) or "article:published_time" in told.meta


def _other_path(sheet: Sheet) -> Rejection | None:
    """A shop, forum or manual by its address."""
    found = _OTHER_PATH.search(urlsplit(sheet.url or "").path)
    return _no(Reason.NOT_ARTICLE, f"an address of {found[1].lower()!r}") if found else None


def _other_kind(told: Structured, seen: Landmarks, words: int) -> Rejection | None:
    kinds = {kind for node in told.nodes for kind in types_of(node)}
    found = sorted(kinds & (_NO_ARTICLE_TYPES if words < _MANY_WORDS else _SURELY_OTHER))
    og_type = (told.first_meta("og:type") or "").lower()
    dated = any(stamp.near for stamp in seen.stamps)
    if found and not dated:
        reason = Reason.INDEX_PAGE if _INDEX_TYPES.issuperset(found) else Reason.NOT_ARTICLE
        return _no(reason, f"describes itself as {found[0]}")
    if og_type.startswith(("product", "og:product", "profile", "business", "place", "restaurant")):
        return _no(Reason.NOT_ARTICLE, f"og:type {og_type[:40]}")
    return None


def _index(sheet: Sheet, told: Structured, words: int, running: int) -> Rejection | None:
    """A front page by its address, or a page with many links and hardly any running text between them."""
    parts = urlsplit(sheet.url or "")
    if sheet.url and parts.path in ("", "/") and not parts.query and not told.article and running < _MANY_WORDS:
        return _no(Reason.INDEX_PAGE, "the site's front page")
    links = sum(len(anchor.text) > 25 for anchor in sheet.anchors)
    if links >= 15 and words < 6 * links and running < _RUNNING_WORDS:
        return _no(Reason.INDEX_PAGE, f"{links} long links and {words} words of running text")
    return None
