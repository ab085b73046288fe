"""A byline in, what stands before its names out: "By", "Writer:", and who only reviewed, edited or photographed."""

from __future__ import annotations

import re

#: What stands before a name, in any order and number: "Writer: By Ana Kovač".
_LEAD = re.compile(
    r"""^(?:(?:
        (?:(?:view|see|read)\s)?(?:all|more|other)\s(?:posts|articles|stories)\s(?:by|from|von)
      | (?:this\s(?:post|article|story|page|guide)\s(?:was|is)\s)?(?:(?:medically|expert|originally|guest|article|story
          |post|blog)\s)?
        (?:written|posted|published|reported|words|story|text|texte|texto|testo|tekst|article|reviewed|edited
          |fact[- ]checked|created|contributed|photographs?|authored|submitted|updated
          |geschrieben|veröffentlicht|escrito|publicado|publié|écrit|rédigé|scritto|geschreven|skrevet|skriven
          |napisa[ol]a?)
            \s+(?:and\s+\w+\s+)?(?:by|von|par|por|da|di|door|af|av)
      | (?:by|von|vom|par|por|di|af|av|door|przez|napsal[a]?|piše|pišu|pise|autorstwa|de\s+la\s+rédaction\s+de)
          (?=[\s:]|$)
      | (?:by|von|writers?|authors?|contributors?|autor|autorin|autoren|autora|autores|auteure?s?|autore|autori
      |tekst|text|texte|texto|testo|words|story|reporter|byline|piše|autorica|avtor|avtorica|författare|forfatter|kirjoittaja|szerző|yazar
      |skribent|tekst\ og\ foto|text\ und\ fotos?|écrit\ par|redakteur|redakteurin|journalist|journaliste
      |автор[иыа]?|авторка|текст|журналіст(?:ка)?|журналист(?:ка)?|корреспондент|кореспондент(?:ка)?|подготовила?
      |підготува(?:в|ла)
      |συντάκτης|κείμενο|haber|yazan|muhabir|tác\ giả|文|撰文|作者|记者|記者|글)\s*[:|：＝]
      | (?:기자명|本[报報][记記]者)(?=\s)
    )\s*)+""",
    re.IGNORECASE | re.VERBOSE,
)
#: From here on a byline names others: reviewers, editors, photographers, translators, sponsors.
_OTHERS = re.compile(
    r"""(?ix)\b(?:
        (?:(?:medically|clinically|technically|expert|legally|peer|last|co)[-\s])?
          (?:reviewed|edited|checked|fact[-\s]?checked|verified|approved|updated|translated|photographed|illustrated
          |produced|directed|narrated|curated|sponsored|presented|recommended|designed|data\ analysis|analysis)
          (?:\s+and\s+\w+(?:[-\s]checked)?)?\s+by\b
      | (?:photo(?:graph)?s?|photography|pictures?|images?|illustrations?|graphics?|art(?:work)?|video|translation
          |research|recipes?)\s+(?:by\b|:)
      | (?:contributions?\ (?:from|by)|with\ contributions|additional\ reporting|editors?\s*:|reviewers?\s*:
          |fact[-\s]checkers?\s*:|under\ the\ supervision)
      | (?:fotos?|bilder|illustration(?:en)?|zeichnung(?:en)?|übersetzung|redigiert|geprüft|aktualisiert|lektorat)
          \s*(?:\bvon\b|:)
      | (?:photos?|relu|vérifié|traduit|mis\ à\ jour)\s+(?:par\b|:)
      | (?:fotos?|fotografías?|revisado|editado|traducido|actualizado|verificado|traduzido|atualizado)\s+(?:por\b|:)
      | (?:foto|revisionato|tradotto|aggiornato)\s+(?:da\b|di\b|:)
    )"""
)
_WRITTEN = re.compile(r"(?i)\b(?:written|words|text|story|geschrieben|écrit|escrito|scritto)\s+(?:by|von|par|por|da)\b")

#: How reporters sign in Korean ("한지훈 기자 han@…"), Chinese and Japanese ("（佐々木葵）", "【記者王小明】").
_SIGNATURE = re.compile(
    r"[(\[]?[가-힣]{2,4}(?:\s?[·,]\s?[가-힣]{2,4})*\s?(?:선임|인턴|객원|수습|전문)?기자[)\]]?"
    r"(?:\s*[(\[]?[\w.+-]+@[\w.-]+[)\]]?)?\.?"
    r"|(?:[（【〔](?:[记記]者|文)?[:：＝・\s]?[\u3005\u4e00-\u9fff]{2,5}(?:[・、\s][\u3005\u4e00-\u9fff]{2,5})*[）】〕])"
)
#: What stands alone in brackets at the end of a text, and is nobody's name.
_NOBODY = re.compile(r"(?:未?完)?待?[续續]?|完|終|终|共同|時事|以上|了")
_POSITION = re.compile(
    r"(?i)\b(?:staff|writers?|reporters?|correspondents?|editors?|columnists?|contributors?|redakteur(?:in)?"
    r"|korrespondent(?:in)?|journalistes?|correspondante?|redactora?|periodista|corresponsal|giornalista|inviat[oa]"
    r"|novinar(?:ka)?|dopisni[ck]a?|dziennikar(?:z|ka)|redaktor(?:ka)?|корреспондент|кореспондент(?:ка)?|журналист(?:ка)?"
    r"|журналіст(?:ка)?)\b"
)
_LONGEST_POSITION = 5


def strip_lead(text: str) -> str:
    """A byline without "By", "Writer:", "Von", "Text:" before the names."""
    return _LEAD.sub("", text.strip())


def has_lead(text: str) -> bool:
    """True if a text begins as a byline does."""
    return bool(_LEAD.match(text.strip()))


def is_signature(text: str) -> bool:
    """True for a whole line that is a reporter's name as papers of East Asia print it at the end of a text."""
    return bool(_SIGNATURE.fullmatch(text)) and not _NOBODY.fullmatch(text[1:-1])


def is_position(text: str) -> bool:
    """True for a whole line that says what a writer is and no more: "Observer staff", "Senior correspondent"."""
    return len(text.split()) <= _LONGEST_POSITION and text[-1:] not in ".!?:" and bool(_POSITION.search(text))


def written_part(text: str) -> str:
    """What a byline says of the writers: "By Jo Doe | Edited by Ann Poe" → "By Jo Doe"."""
    first, *others = _OTHERS.split(text)
    if not others:
        return text
    later = (found.string[found.start() :] for part in others if (found := _WRITTEN.search(part)))
    return " | ".join(part for piece in (first, *later) if (part := piece.strip(" |,.")))
