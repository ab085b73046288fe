"""What a page shows in, a Rejection out if something stands in an article's place: an error, a wall, an empty shell."""

from __future__ import annotations

import re

from archive.types import Reason, Rejection
from pipelines.landmarks import Landmarks
from pipelines.sheet import Sheet, squeeze, text_of
from pipelines.structured import Structured

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


def _no(reason: Reason, detail: str) -> Rejection:
    return Rejection(reason=reason, detail=detail)


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
        or shell_of(sheet, shown)
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


def shell_of(sheet: Sheet, shown: str) -> Rejection | None:
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
