"""A month's name in, its number out: full and short names in some forty languages, without accents."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

#: One row a language: twelve months, variants separated by ``/``, ``~`` for a space, ``-`` for none.
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
    # Icelandic, Estonian
    "januar/jaanuar februar/veebruar mars/marts april mai juni/juuni juli/juuli agust/august september "
    "oktober/oktoober november/november desember/detsember",
    # Finnish
    "tammikuu/tammikuuta/tammikuun helmikuu/helmikuuta/helmikuun maaliskuu/maaliskuuta/maaliskuun "
    "huhtikuu/huhtikuuta/huhtikuun toukokuu/toukokuuta/toukokuun kesakuu/kesakuuta/kesakuun "
    "heinakuu/heinakuuta/heinakuun elokuu/elokuuta/elokuun syyskuu/syyskuuta/syyskuun "
    "lokakuu/lokakuuta/lokakuun marraskuu/marraskuuta/marraskuun joulukuu/joulukuuta/joulukuun",
    "tammi helmi maalis huhti touko kesa heina elo syys loka marras joulu",
    # Catalan
    "gener/gen febrer/febr marc abril maig juny juliol agost setembre/set octubre/oct novembre desembre/des",
    # Latvian, Lithuanian
    "janvaris/janvari/sausio februaris/februari/vasario marts/marta/kovo aprilis/aprili/balandzio maijs/maija/geguzes "
    "junijs/junija/birzelio julijs/julija/liepos augusts/augusta/rugpjucio septembris/septembri/rugsejo "
    "oktobris/oktobri/spalio novembris/novembri/lapkricio decembris/decembri/gruodzio",
    # Indonesian, Malay
    "januari/januari februari/februari maret/mac april mei/mei juni/jun juli/julai agustus/ogos/agu september "
    "oktober november desember/disember",
    # Romanian
    "ianuarie/ian februarie martie aprilie mai/- iunie/iun iulie/iul august septembrie octombrie noiembrie/noi "
    "decembrie",
    # Hungarian
    "januar februar marcius/marc aprilis/apr majus junius julius augusztus szeptember/szept oktober november december",
    # Turkish
    "ocak/oca subat/sub mart nisan/nis mayis haziran/haz temmuz/tem agustos/agu eylul/eyl ekim/eki kasim/kas "
    "aralik/ara",
    # Russian, Belarusian
    "января/январь/студзеня февраля/февраль/лютага марта/март/сакавіка апреля/апрель/красавіка мая/май/траўня "
    "июня/июнь/чэрвеня июля/июль/ліпеня августа/август/жніўня сентября/сентябрь/верасня октября/октябрь/кастрычніка "
    "ноября/ноябрь/лістапада декабря/декабрь/снежня",
    "янв фев мар апр - июн июл авг сен/сент окт ноя дек",
    # Ukrainian
    "січня/січень/січ лютого/лютий/лют березня/березень/берез/бер квітня/квітень/квіт травня/травень/трав "
    "червня/червень/черв липня/липень/лип серпня/серпень/серп вересня/вересень/верес/вер жовтня/жовтень/жовт "
    "листопада/листопад/лист грудня/грудень/груд",
    # Bulgarian; Serbian and Macedonian in Cyrillic script
    "януари/јануар/јануари февруари/фебруар/фебруара март/марта април/априла май/мај/маја юни/јун/јуна/јуни "
    "юли/јул/јула/јули август/августа септември/септембар/септембра октомври/октобар/октобра "
    "ноември/новембар/новембра декември/децембар/децембра",
    # Greek
    "ιανουαριου/ιαν φεβρουαριου/φεβ μαρτιου/μαρ απριλιου/απρ μαιου/μαι ιουνιου/ιουν ιουλιου/ιουλ αυγουστου/αυγ "
    "σεπτεμβριου/σεπ οκτωβριου/οκτ νοεμβριου/νοε δεκεμβριου/δεκ",
    "ιανουαριος φεβρουαριος μαρτιος απριλιος μαιος ιουνιος ιουλιος αυγουστος σεπτεμβριος οκτωβριος νοεμβριος "
    "δεκεμβριος",
    # Arabic: of Egypt, of the Levant, of the Maghreb
    "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
    "كانون~الثاني شباط آذار نيسان أيار حزيران تموز آب أيلول تشرين~الأول تشرين~الثاني كانون~الأول",
    "جانفي فيفري - أفريل ماي جوان جويلية/يوليوز أوت/غشت شتنبر - نونبر دجنبر",
    # Hebrew, with "in" before the name
    "ינואר/בינואר פברואר/בפברואר מרץ/במרץ אפריל/באפריל מאי/במאי יוני/ביוני יולי/ביולי אוגוסט/באוגוסט ספטמבר/בספטמבר "
    "אוקטובר/באוקטובר נובמבר/בנובמבר דצמבר/בדצמבר",
)
_CROATIAN = ("hr", "bs", "sh", "sr")
#: Names that are another month in some languages than in the others (Poland's November is Croatia's October).
_BY_LANGUAGE: dict[str, dict[str, int]] = {
    "listopad": dict.fromkeys(_CROATIAN, 10),
    "listopada": dict.fromkeys(_CROATIAN, 10),
    "lis": dict.fromkeys(_CROATIAN, 10),
    "lip": dict.fromkeys(_CROATIAN, 6),
    "srp": {"cs": 8, "pl": 8, "sk": 8},
    "srpen": {"cs": 8},
}
#: Names that are English words as well, or parts of names: months in these languages only ("Pro 11", "Gen 2", "set 3").
_ONLY_IN = {
    "ara": ("tr",), "elo": ("fi",), "gen": ("it", "ca"), "kas": ("tr",), "mac": ("ms",), "mag": ("it",),
    "out": ("pt", "gl"), "pro": (*_CROATIAN, "cs"), "set": ("es", "it", "pt", "ca", "gl"), "sub": ("tr",),
    "tem": ("tr",), "tra": _CROATIAN, "lip": (*_CROATIAN, "pl", "uk"), "lis": (*_CROATIAN, "pl", "cs", "uk"),
}  # fmt: skip
#: What they are where no language is told: the one with more readers.
_ELSEWHERE = {"listopad": 11, "listopada": 11, "lis": 11, "lip": 7}


def plain(word: str) -> str:
    """A word in lower case without accents or a final full stop, as the tables are written."""
    lowered = word.casefold().replace("ł", "l").replace("ø", "o").replace("ı", "i")
    decomposed = unicodedata.normalize("NFD", lowered)
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", bare).rstrip(".")


def _number_the_names() -> dict[str, int]:
    numbers: dict[str, int] = {"listopadu": 11, **_ELSEWHERE}
    for table in _TABLES:
        for number, names in enumerate(table.split(), start=1):
            for name in names.replace("~", " ").split("/"):
                if name != "-":
                    numbers.setdefault(plain(name), number)
    return numbers


_NUMBERS = _number_the_names()


@lru_cache(maxsize=4096)  # the words beside numbers repeat
def month_number(name: str, language: str | None = None) -> int | None:
    """1 to 12 for a month's full or short name in any language known, else None."""
    word = plain(name)
    spoken = (language or "").split("-")[0].lower()
    if word in _ONLY_IN and spoken not in _ONLY_IN[word]:
        return None
    return _BY_LANGUAGE.get(word, {}).get(spoken) or _NUMBERS.get(word)
