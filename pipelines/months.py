"""A month's name in, its number out: full and short names in eighteen languages, without accents."""

from __future__ import annotations

import unicodedata

#: One row a language: twelve months, variants separated by ``/``. Written without accents (see ``plain``).
_TABLES = (
    # English
    "january/jan february/feb march/mar april/apr may june/jun july/jul august/aug september/sept/sep "
    "october/oct november/nov december/dec",
    # German, with Austria's
    "januar/janner februar/feber marz/maerz/mrz april mai juni juli august september oktober/okt november dezember/dez",
    # French
    "janvier/janv fevrier/fevr/fev mars avril/avr mai juin juillet/juil aout septembre octobre novembre decembre",
    # Spanish
    "enero/ene febrero marzo abril/abr mayo junio julio agosto/ago septiembre/setiembre/set octubre noviembre "
    "diciembre/dic",
    # Italian
    "gennaio/genn/gen febbraio/febbr marzo aprile maggio/magg/mag giugno/giu luglio/lug agosto settembre/sett "
    "ottobre/ott novembre dicembre",
    # Portuguese
    "janeiro fevereiro marco abril maio junho julho agosto setembro outubro/out novembro dezembro",
    # Dutch
    "januari februari maart/mrt april mei juni juli augustus september oktober november december",
    # Croatian, Bosnian
    "sijecanj/sijecnja/sij veljaca/veljace/velj ozujak/ozujka/ozu travanj/travnja/tra svibanj/svibnja/svi "
    "lipanj/lipnja/lip srpanj/srpnja/srp kolovoz/kolovoza/kol rujan/rujna/ruj listopad/listopada/lis "
    "studeni/studenoga/studenog/stu prosinac/prosinca/pro",
    # Slovene and Serbian in Latin script
    "januar/januara februar/februara marec/marca/mart/marta april/aprila maj/maja junij/junija/jun/juna "
    "julij/julija/jul/jula avgust/avgusta/avg september/septembra/septembar oktober/oktobra/oktobar "
    "november/novembra/novembar december/decembra/decembar",
    # Polish
    "styczen/stycznia/sty luty/lutego/lut marzec/marca kwiecien/kwietnia/kwi maj/maja czerwiec/czerwca/cze "
    "lipiec/lipca sierpien/sierpnia/sie wrzesien/wrzesnia/wrz pazdziernik/pazdziernika/paz "
    "- grudzien/grudnia/gru",
    # Czech and Slovak
    "leden/ledna/januara unor/unora/februara brezen/brezna duben/dubna/aprila kveten/kvetna cerven/cervna/juna "
    "cervenec/cervence/jula srpen/srpna/augusta zari/septembra rijen/rijna/oktobra -/novembra prosinec/decembra",
    # Swedish, Danish, Norwegian
    "januari/januar/jan februari/februar mars/marts april maj/mai juni juli augusti/august september "
    "oktober/okt november december/desember/des",
    # Finnish
    "tammikuu/tammikuuta/tammikuun helmikuu/helmikuuta/helmikuun maaliskuu/maaliskuuta/maaliskuun "
    "huhtikuu/huhtikuuta/huhtikuun toukokuu/toukokuuta/toukokuun kesakuu/kesakuuta/kesakuun "
    "heinakuu/heinakuuta/heinakuun elokuu/elokuuta/elokuun syyskuu/syyskuuta/syyskuun "
    "lokakuu/lokakuuta/lokakuun marraskuu/marraskuuta/marraskuun joulukuu/joulukuuta/joulukuun",
    # Romanian
    "ianuarie/ian februarie martie aprilie mai/- iunie/iun iulie/iul august septembrie octombrie noiembrie/noi "
    "decembrie",
    # Hungarian
    "januar februar marcius/marc aprilis/apr majus junius julius augusztus szeptember/szept oktober november december",
    # Turkish
    "ocak subat mart nisan mayis haziran temmuz agustos eylul ekim kasim aralik",
    # Russian and Ukrainian
    "января/январь/січня февраля/февраль/лютого марта/март/березня апреля/апрель/квітня мая/май/травня "
    "июня/июнь/червня июля/июль/липня августа/август/серпня сентября/сентябрь/вересня октября/октябрь/жовтня "
    "ноября/ноябрь/листопада декабря/декабрь/грудня",
    "янв фев мар апр - июн июл авг сен/сент окт ноя -",
    # Greek
    "ιανουαριου/ιαν φεβρουαριου/φεβ μαρτιου/μαρ απριλιου/απρ μαιου/μαι ιουνιου/ιουν ιουλιου/ιουλ αυγουστου/αυγ "
    "σεπτεμβριου/σεπ οκτωβριου/οκτ νοεμβριου/νοε δεκεμβριου/δεκ",
)
#: Names that are different months in two languages: the language decides, the first is the default.
_BY_LANGUAGE = {
    "listopad": {"pl": 11, "cs": 11, "sk": 11},
    "listopada": {"pl": 11, "cs": 11, "uk": 11},
    "listopadu": {"cs": 11},
    "lip": {"pl": 7},
    "srpen": {"cs": 8},
}


def plain(word: str) -> str:
    """A word in lower case without accents or a final full stop, as the tables are written."""
    lowered = word.casefold().replace("ł", "l").replace("ø", "o").replace("ı", "i")
    decomposed = unicodedata.normalize("NFD", lowered)
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", bare).rstrip(".")


def _number_the_names() -> dict[str, int]:
    numbers: dict[str, int] = {"listopadu": 11}
    for table in _TABLES:
        for number, names in enumerate(table.split(), start=1):
            for name in names.split("/"):
                if name != "-":
                    numbers.setdefault(plain(name), number)
    return numbers


_NUMBERS = _number_the_names()


def month_number(name: str, language: str | None = None) -> int | None:
    """1 to 12 for a month's full or short name in any language known, else None."""
    word = plain(name)
    by_language = _BY_LANGUAGE.get(word, {})
    return by_language.get((language or "").split("-")[0].lower()) or _NUMBERS.get(word)
