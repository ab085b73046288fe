"""A line in; its dates out if it consists of nothing but dates and their labels ("Updated: Nov 12, 14:05")."""

from __future__ import annotations

import re

from pipelines.dates import Clock, Moment, iter_dates, read_date
from pipelines.months import month_number, plain

#: Words that stand in date lines beside the date, with the days of the week, in the languages of ``months``.
_LABEL_WORDS = """
    published publish posted post date dated updated update last modified edited on at of the and first created
    release released issued by online original originally time edition print minutes minute min mins read
    reading veröffentlicht erschienen aktualisiert stand am um uhr vom zuletzt geändert datum den der publié
    publiée mis mise à jour le la du heures h modifié actualisé publicado publicada actualizado actualizada el
    de del a las hrs horas fecha pubblicato aggiornato il alle ore data ultimo aggiornamento atualizado em às
    gepubliceerd geplaatst bijgewerkt op om uur laatst gewijzigd objavljeno ažurirano u sati posodobljeno ob dne
    zadnja promjena izmjena opublikowano aktualizacja dnia godz publikacja publikováno aktualizováno vydáno
    publicerad uppdaterad publicerat kl publisert oppdatert sist offentliggjort opdateret julkaistu päivitetty
    klo pm cet cest gmt utc est edt pst pdt et pt ct mez mesz bst ist monday tuesday wednesday thursday friday
    saturday sunday mon tue tues wed thu thur thurs fri sat sun montag dienstag mittwoch donnerstag freitag
    samstag sonnabend sonntag mo di mi do fr sa so lundi mardi mercredi jeudi vendredi samedi dimanche lunes
    martes miércoles jueves viernes sábado domingo lunedì martedì mercoledì giovedì venerdì sabato domenica
    segunda terça quarta quinta sexta feira maandag dinsdag woensdag donderdag vrijdag zaterdag zondag
    ponedjeljak utorak srijeda četvrtak petak subota nedjelja ponedeljek torek sreda četrtek nedelja
    poniedziałek wtorek środa czwartek piątek sobota niedziela pondělí úterý středa čtvrtek pátek neděle måndag
    tisdag onsdag torsdag fredag lördag söndag mandag tirsdag lørdag maanantai tiistai keskiviikko torstai
    perjantai lauantai sunnuntai
"""
_LABELS = frozenset(map(plain, _LABEL_WORDS.split()))
_CHANGED = re.compile(
    r"(?i)updat|modif|edited|aktualis|geändert|mis(?:e)? à jour|actualiz|aggiorn|atualiz|bijgewerkt"
    r"|gewijzigd|ažurir|posodob|"
    r"uppdater|oppdater|opdater|päivit|aktualiz|izmjen"
)
_LABELLED = re.compile(
    r"(?i)\b(?:published|posted|veröffentlicht|erschienen|publié|publicado|pubblicato|gepubliceerd|objavljeno"
    r"|opublikowano|publicerad|publisert)\s?(?::|\bon\b|\bam\b|\ble\b|\bel\b|\bil\b|\bop\b|\bem\b)\s*(\w.{4,40})"
)
_WORD = re.compile(r"[^\W_]+")
_LONGEST = 120
_LONGEST_WITH_OTHERS = 60


def is_update(line: str) -> bool:
    """True if a date line tells of a change, not of the publication."""
    return bool(_CHANGED.search(line))


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
    return moments[0] if not _strange(rest) else None


def read_labelled_date(line: str, clock: Clock) -> Moment | None:
    """The date right after "Published:" or "Posted on" in a short line with other things in it."""
    found = _LABELLED.search(line) if len(line) <= _LONGEST else None
    return read_date(found[1], clock) if found else None


def read_date_at_edge(line: str, clock: Clock) -> Moment | None:
    """The date with its year at the start or end of a short line: "Video - December 19, 2025"."""
    if len(line) > _LONGEST_WITH_OTHERS:
        return None
    bare = line.strip(" .,·•|–—-")
    edge = (m for m in iter_dates(bare, clock) if bare.startswith(m.as_written) or bare.endswith(m.as_written))
    return next((moment for moment in edge if moment.inferred != "year"), None)


def _strange(rest: str) -> bool:
    """Words in what is left of the line that are neither labels nor numbers nor months."""
    words = _WORD.findall(rest)
    return any(plain(word) not in _LABELS and not word.isdigit() and month_number(word) is None for word in words)
