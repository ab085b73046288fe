"""A caption in; its words and its credit out, apart."""

from __future__ import annotations

import re

_LABEL = (
    r"(?:image\s+|photo\s+|picture\s+|file\s+|courtesy\s+)*(?:credits?|photos?|photographs?|photographer"
    r"|pictures?|images?|illustrations?|graphics?|source|courtesy(?:\s+of)?|fotos?|fotografie|fotograf"
    r"|bild(?:er|quelle|nachweis)?|quelle|grafik|crédits?(?:\s+photos?)?|photo\s+d['’]archives?"
    r"|imagen|crédito|fuente|fotografía|immagine|credito|fonte|imagem|beeld|snimio|snimila|snimka"
    r"|foto\s+snimio|slika|zdj(?:ęcie|\.)?|fot\.?|kuva|kép|autor\s+fotografie"
    r"|фото(?:графи[яі])?|світлина|снимка|φωτογραφία|φωτό|fotoğraf|사진|写真|撮影|摄影|攝影|图片来源|圖片來源)"
)
#: "(Credit: X)", "(Photo by X)", "[Foto: X]" at the end.
_IN_PARENTHESES = re.compile(
    rf"(?i)\s*[(\[]\s*(?:©\s*)?{_LABEL}\s*(?:[:：=＝]|/|\bby\b|\bvon\b|\bdi\b|\bpar\b|-|–"
    rf"|©)\s*(?P<credit>[^()\[\]]{{2,120}})[)\]]\s*\.?$"
)
#: "… Photo: X", "… Credit: X", "… © X" at the end, after a sentence.
_AT_END = re.compile(
    rf"(?i)(?:^|(?<=[.!?…。”\"’)|])|\s[|/–—-])\s*(?:©\s*)?{_LABEL}\s*(?:[:：=＝]|\bby\b|/"
    rf"|©)\s*(?P<credit>[^.:!?]{{2,100}}(?:\.[a-z]{{2,4}}\b)?)\.?$"
)
_COPYRIGHT = re.compile(r"(?:^|(?<=[\s.!?…。)|]))\s*[(\[]?©\s*(?P<credit>[^()\[\]©]{2,100})[)\]]?\s*$")
#: "(Reuters)", "(AP Photo/Jo Doe)", "(Jo Doe/Getty Images)" at the end.
_AGENCY = re.compile(
    r"\s*[(\[](?P<credit>[^()\[\]]{0,80}\b(?:AP(?:\s+Photo)?|Reuters|AFP|Getty(?:\s+Images)?|dpa|EPA|ANSA"
    r"|Hina|Pixsell|Cropix|"
    r"Shutterstock|iStock|Unsplash|Pexels|Alamy|Bloomberg|Imago|PA(?:\s+Wire)?|Staff"
    r"|File)\b[^()\[\]]{0,60})[)\]]\s*\.?$"
)  # fmt: skip
_NAME = r"[^\W\d_][\w.'’-]+(?: [^\W\d_][\w.'’-]*)"
#: "The quay at noon. (Jo Doe/The Ledger)", and an element of its own without a space: "The quay at noon.(Jo Doe)".
_NAME_AND_HOUSE = re.compile(rf"(?<=[.!?…”\"’])\s*[(\[](?P<credit>{_NAME}{{0,3}} ?/ ?[^()\[\]]{{2,60}})[)\]]$")
_NAME_CLOSE_BY = re.compile(rf"(?<=[.!?…”\"’])[(\[](?P<credit>{_NAME}{{1,3}})[)\]]$")
#: "The quay at noon. Photo: Jo Doe": a label in its singular, a colon, a name.
_SENTENCE_AND_CREDIT = re.compile(
    r"[.!?”\"»]\s+(?:Photo|Photograph|Picture|Foto|Bild|Fotografie|Crédit|Credit|Snimio|Snimila|Fot\.|Zdjęcie|Beeld|Kuva|Фото)\s?:\s?"
    r"[^.:!?]{2,60}\.?$"
)
_LABELLED = re.compile(rf"(?i)^\W*(?:{_LABEL}|©)")
_CLOSED = (_IN_PARENTHESES, _AGENCY, _NAME_AND_HOUSE, _NAME_CLOSE_BY)
_OPEN = (_COPYRIGHT, _AT_END)
#: Characters of the longest caption.
LONGEST = 600


def split_credit(text: str) -> tuple[str, str | None]:
    """("Talks. (Credit: Harbour News)") → ("Talks.", "Harbour News"); the whole text and None without a credit."""
    text = text.strip()
    if len(text) > LONGEST:
        return text, None
    for pattern in (*_CLOSED, *_OPEN) if _closes(text) else _OPEN:
        if found := pattern.search(text):
            return text[: found.start()].strip(" |/–—-"), found["credit"].strip(" .:|–—-")
    return text, None


def _closes(text: str) -> bool:
    return text.rstrip(" .")[-1:] in (")", "]")


def is_credit_line(text: str) -> bool:
    """True if a whole line is a credit and nothing else: "Photo: Jo Doe"."""
    if len(text) > 120 or not _LABELLED.match(text):
        return False
    caption, credit = split_credit(text)
    return credit is not None and not caption


def looks_like_caption(text: str) -> bool:
    """True if a whole line is a caption by its form: a sentence or two and a credit in parentheses."""
    if len(text) > 400:
        return False
    if _closes(text) and _IN_PARENTHESES.search(text):
        return True
    return is_credit_line(text) or (len(text) <= 250 and bool(_SENTENCE_AND_CREDIT.search(text)))
