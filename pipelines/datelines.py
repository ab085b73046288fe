"""A line in; its dates out if it consists of nothing but dates and their labels ("Updated: Nov 12, 14:05")."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from pipelines.dates import Clock, Moment, iter_dates, read_date
from pipelines.months import month_number, plain

#: Words that stand in date lines beside the date, in the languages of ``months``.
_LABEL_WORDS = """
    published publish posted post date dated updated update last modified edited on at of the and first created
    release released issued by online original originally time edition print minutes minute min mins read reviewed
    reading veröffentlicht erschienen aktualisiert stand am um uhr vom zuletzt geändert datum den der publié
    publiée mis mise à jour le la du heures h modifié actualisé publicado publicada actualizado actualizada el
    de del a las hrs horas fecha lectura pubblicato aggiornato il alle ore data ultimo aggiornamento atualizado em às
    gepubliceerd geplaatst bijgewerkt op om uur laatst gewijzigd objavljeno ažurirano u sati posodobljeno ob dne
    zadnja promjena izmjena opublikowano aktualizacja dnia godz o r publikacja publikováno aktualizováno vydáno
    publicerad uppdaterad publicerat kl publisert oppdatert sist offentliggjort opdateret julkaistu päivitetty
    klo опубликовано обновлено дата г в опубліковано оновлено р о δημοσιεύτηκε δημοσίευση ενημέρωση στις
    yayınlanma güncelleme tarihi giriş saat نشر تحديث آخر بتاريخ الساعة 发布 发表 更新 时间 發布 公開 更新日 公開日 掲載
    입력 수정 등록 기사입력 m d am pm cet cest gmt utc est edt pst pdt et pt ct mez mesz bst ist
"""
_WEEKDAY_WORDS = """
    monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun montag
    dienstag mittwoch donnerstag freitag samstag sonnabend sonntag mo di mi do fr sa so lundi mardi mercredi jeudi
    vendredi samedi dimanche lunes martes miércoles jueves viernes sábado domingo lunedì martedì mercoledì giovedì
    venerdì sabato domenica segunda terça quarta quinta sexta feira maandag dinsdag woensdag donderdag vrijdag
    zaterdag zondag ponedjeljak utorak srijeda četvrtak petak subota nedjelja ponedeljek torek sreda četrtek nedelja
    poniedziałek wtorek środa czwartek piątek sobota niedziela pondělí úterý středa čtvrtek pátek neděle måndag
    tisdag onsdag torsdag fredag lördag söndag mandag tirsdag lørdag maanantai tiistai keskiviikko torstai
    perjantai lauantai sunnuntai понедельник вторник среда четверг пятница суббота воскресенье понеділок вівторок
    середа четвер пʼятниця неділя δευτέρα τρίτη τετάρτη πέμπτη παρασκευή σάββατο κυριακή pazartesi salı çarşamba
    perşembe cuma cumartesi pazar الاثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد 星期一 星期二 星期三 星期四 星期五
    星期六 星期日 月 火 水 木 金 土 日 월 화 수 목 금 토 일
"""
_WEEKDAYS = frozenset(map(plain, _WEEKDAY_WORDS.split()))
_LABELS = _WEEKDAYS | frozenset(map(plain, _LABEL_WORDS.split()))
_CHANGED = re.compile(
    r"(?i)updat|modif|edited|aktualis|geändert|mis(?:e)? à jour|actualiz|aggiorn|atualiz|bijgewerkt"
    r"|gewijzigd|ažurir|posodob|"
    r"uppdater|oppdater|opdater|päivit|aktualiz|izmjen|обновл|оновл|ενημέρ|güncel|تحديث|更新|수정|reviewed|last active"
)
#: What leaves the text as it was.
_LOOKED_AT = re.compile(r"(?i)reviewed|last active")
#: A year, or a day and a month as numbers: a date, not the minutes that it takes to read.
_DATED = re.compile(r"(?:19|20)\d\d|\d[./]\d")
_PUBLISHED_WORDS = (
    r"(?i)\b(?:published|posted|veröffentlicht|erschienen|publié|publicado|pubblicato|gepubliceerd|objavljeno"
    r"|opublikowano|publicerad|publisert|опубликовано)"
)
_PUBLISHED = re.compile(_PUBLISHED_WORDS)
_LABELLED = re.compile(
    _PUBLISHED_WORDS + r"\s?(?::|\bon\b(?:\sthe\b)?|\bam\b|\ble\b|\bel\b|\bil\b|\bop\b"
    r"|\bem\b|(?=\d)|(?=[A-Z][a-z]{2,8}\.? \d))\s*(\w.{4,40})"
)
#: Between the parts of a line such as "by Ana Kovač · Dec 20, 2025 at 3:00 am · One comment".
_PARTS = re.compile(r"\s+[|·•–—/-]\s+|\s*[|·•]\s*")
_WORD = re.compile(r"[^\W_]+")
_TWO = 2
_DASHES = frozenset("-–—")
_LONGEST = 120
_LONGEST_WITH_OTHERS = 60


def is_update(line: str) -> bool:
    """True if a date line tells of a change, not of the publication."""
    return bool(_CHANGED.search(line))


@lru_cache(maxsize=4096)  # asked of a page's lines for both of its dates
def told_parts(line: str) -> tuple[tuple[str, bool], ...]:
    """A line, and whether it tells of a change: "May 3, 2026. Updated: May 7, 2026" is two."""
    if not _CHANGED.search(line):
        return ((line, False),)
    starts = [found.start() for pattern in (_CHANGED, _PUBLISHED) for found in pattern.finditer(line)]
    pieces = [line[start:end] for start, end in pairwise([0, *sorted(starts), len(line)])]
    dated = [piece.strip(" ,;.|·•–—-(") for piece in pieces if _DATED.search(piece)]
    return tuple((piece, is_update(piece)) for piece in dated) if len(dated) > 1 else ((line, True),)


def is_of_a_look(line: str) -> bool:
    """True for "Reviewed on May 7, 2026": nothing was changed that day."""
    return bool(_LOOKED_AT.search(line))


def read_date_line(line: str, clock: Clock) -> Moment | None:
    """The first date of a line that holds dates, times and labels and nothing else; None for any other line."""
    line = " ".join(line.split())
    if not line or len(line) > _LONGEST:
        return None
    moments = list(iter_dates(line, clock))
    if not moments:
        moment = read_date(line, clock)
        rest = line.replace(moment.as_written, " ", 1) if moment else line
        return moment if moment and not _strange(rest) else None
    rest = line
    for moment in moments:
        rest = rest.replace(moment.as_written, " ", 1)
    return moments[0] if not _strange(rest) and not _is_span(line, moments) else None


def _is_span(line: str, moments: list[Moment]) -> bool:
    """True for "2026-05-12 – 2026-05-17": an event lasts from one day to another."""
    written = sorted((moment.as_written for moment in moments), key=line.find)
    between = line.partition(written[0])[2].partition(written[1])[0] if len(written) == _TWO else ""
    return between.strip() in _DASHES


def read_labelled_date(line: str, clock: Clock) -> Moment | None:
    """The date right after "Published:" or "Posted on" in a short line with other things in it."""
    found = _LABELLED.search(line) if len(line) <= _LONGEST else None
    return read_date(found[1], clock) if found else None


def read_date_at_edge(line: str, clock: Clock) -> Moment | None:
    """The date with its year at the start or end of a short line: "Video - December 19, 2025"."""
    if len(line) > _LONGEST_WITH_OTHERS:
        return None
    bare = line.strip(" .,·•|–—-")
    moments = list(iter_dates(bare, clock))
    edge = (m for m in moments if bare.startswith(m.as_written) or bare.endswith(m.as_written))
    moment = next((moment for moment in edge if not moment.without_year), None)
    return moment if moment and not _is_span(bare, moments) else None


def part_from_date(line: str, clock: Clock) -> tuple[Moment, str] | None:
    """A short line's date at its start or end, and the rest: "17.11.2026 Автор: Лидия Ковтун"."""
    moment = read_date_at_edge(line, clock)
    return (moment, line.replace(moment.as_written, " ", 1).strip(" .,·•|–—-\xa0")) if moment else None


def read_date_in_parts(line: str, clock: Clock) -> Moment | None:
    """The date that is one of the parts of a short line: "Ana Kovač · Dec 20, 2025 at 3:00 am · One comment"."""
    parts = _PARTS.split(line) if len(line) <= _LONGEST else ()
    if len(parts) < 2:
        return None
    read = (read_date_line(part, clock) for part in parts if any(map(str.isdigit, part)))
    moments = [moment for moment in read if moment]
    if _is_span(line, moments):
        return None
    return next((moment for moment in moments if moment.inferred in (None, "zone")), None)


def names_weekday(line: str) -> bool:
    """True if a line has the name of a day of the week."""
    return any(plain(word) in _WEEKDAYS for word in _WORD.findall(line))


def _strange(rest: str) -> bool:
    """Words in what is left of the line that are neither labels nor numbers nor months."""
    words = _WORD.findall(rest)
    return any(plain(word) not in _LABELS and not word.isdigit() and month_number(word) is None for word in words)
