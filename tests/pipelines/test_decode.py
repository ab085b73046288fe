from __future__ import annotations

import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.charsets import find_codec
from pipelines.decode import decode

GERMAN = "Die Fähre über die Elbe fährt – trotz „höherer“ Kosten – weiter. " * 4
POLISH = "Zażółć gęślą jaźń, powiedział Łukasz Źrebak. Prom będzie kursował także zimą. " * 4
RUSSIAN = "Паром будет ходить всю зиму, решил городской совет во вторник вечером. " * 8


def page(text: str, charset: str | None = None) -> str:
    meta = f'<meta charset="{charset}">' if charset else ""
    return f"<html><head>{meta}<title>x</title></head><body><p>{text}</p></body></html>"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [(GERMAN, "windows-1252"), (POLISH, "iso-8859-2"), (RUSSIAN, "windows-1251"), (RUSSIAN, "koi8-r")],
)
def test_a_declaration_in_the_page_is_believed(text: str, encoding: str) -> None:
    decoded = decode(page(text, encoding).encode(encoding))
    assert text in decoded.text
    assert decoded.origin == "meta"


def test_the_header_goes_before_the_page() -> None:
    decoded = decode(page(RUSSIAN, "koi8-r").encode("windows-1251"), "text/html; charset=windows-1251")
    assert RUSSIAN in decoded.text
    assert decoded.origin == "header"


def test_latin_1_means_windows_1252_as_in_browsers() -> None:
    assert "„höherer“" in decode(page(GERMAN, "iso-8859-1").encode("windows-1252")).text


@pytest.mark.parametrize("bom_encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_goes_before_everything(bom_encoding: str) -> None:
    decoded = decode(page(GERMAN, "iso-8859-2").encode(bom_encoding), "text/html; charset=koi8-r")
    assert GERMAN in decoded.text
    assert decoded.origin == "bom"
    assert not decoded.text.startswith("\ufeff")


def test_bytes_that_are_utf_8_are_utf_8_whatever_is_declared() -> None:
    assert GERMAN in decode(page(GERMAN, "iso-8859-1").encode(), "text/html; charset=iso-8859-1").text


def test_a_declaration_that_does_not_fit_is_passed_over() -> None:
    decoded = decode(page(GERMAN).encode("windows-1252"), "text/html; charset=utf-8")
    assert "Fähre über" in decoded.text


def test_without_any_declaration_the_letters_decide() -> None:
    assert "Паром будет ходить" in decode(page(RUSSIAN).encode("windows-1251")).text


def test_a_page_cut_in_the_middle_of_a_character_keeps_its_encoding() -> None:
    body = ("ž" * 50).encode()[:-1]
    assert decode(body).text == "ž" * 49


def test_an_unknown_label_is_no_declaration() -> None:
    assert decode(page("abc", "x-unheard-of").encode(), "text/html; charset=base64").text == page("abc", "x-unheard-of")


def test_seven_bit_japanese_is_not_taken_for_utf_8() -> None:
    body = page("船は冬も走る", "iso-2022-jp").encode("iso-2022-jp")
    assert "船は冬も走る" in decode(body).text


#: Language → sentences, with the encodings its pages were written in.
SENTENCES = {
    "German": (
        "Die Fähre über die Elbe fährt – trotz „höherer“ Kosten – weiter.",
        "Größl sagte, man müsse künftig früher aufstehen.",
        "Das Museum öffnet dreißig Tage später als geplant.",
    ),
    "French": (
        "L’école de l’île rouvrira à la rentrée, a annoncé mardi la mairie.",
        "Les élèves prenaient jusqu’ici le bac chaque matin, même l’hiver.",
        "« C’était très long », dit une institutrice déçue.",
    ),
    "Polish": (
        "Zażółć gęślą jaźń, powiedział Łukasz Źrebak.",
        "Prom będzie kursował także zimą, choć burmistrz ostrzegał.",
        "Kładka zostanie zamknięta, jeśli pozwoli na to pogoda.",
    ),
    "Czech": (
        "Most přes řeku bude v pondělí uzavřen pro pěší.",
        "Práce potrvají tři týdny, řekla žena z úřadu.",
        "Děti půjdou do školy delší cestou kolem hřiště.",
    ),
    "Turkish": (
        "Köyün tek fırıncısı kırk yıl sonra ilk kez tatile çıkıyor.",
        "Köylüler on günlük ekmeği şimdiden sipariş etti.",
        "Usta, kızının yanına gidiyor ve denizi özleyeceğini söylüyor.",
    ),
    "Lithuanian": (
        "Senojoje žuvų turgaus salėje nuo gruodžio veiks biblioteka.",
        "Miesto taryba antradienį nusprendė už šį siūlymą balsuoti.",
        "Gyventojai džiaugiasi, kad pagaliau turės kur skaityti žiemą.",
    ),
    "Russian": (
        "Паром будет ходить всю зиму, решил городской совет.",
        "Мэр предупреждал о расходах и воздержался от голосования.",
        "Билет стоит сорок рублей, школьники ездят бесплатно.",
    ),
    "Greek": (
        "Το παλιό καρνάγιο στη Σκάλα θα γίνει σχολή.",
        "Τα μαθήματα ξεκινούν τον Μάρτιο με δώδεκα μαθητές.",
        "Η τελευταία βάρκα έπεσε από εδώ στο νερό πριν χρόνια.",
    ),
    "Hebrew": (
        "הספרייה הניידת של הגליל חוזרת לנסוע אחרי שנתיים.",
        "האוטובוס יעצור בתשעה יישובים פעם בשבועיים.",
        "ההשאלה חינם ועל איחור לא משלמים קנס.",
    ),
    "Arabic": (
        "أعلنت بلدية المرسى أنها ستعيد فتح الحمام القديم أمام الزوار.",
        "ويعود بناء الحمام إلى القرن السابع عشر.",
        "وسيفتح الحمام أبوابه للنساء في الصباح وللرجال في المساء.",
    ),
    "Thai": (
        "ห้องสมุดเก่าของเมืองเปิดให้บริการอีกครั้งหลังจากซ่อมแซมมาสามปี",
        "ชาวเมืองมาเข้าแถวรอตั้งแต่เช้ามืด",
        "เด็กๆ ดีใจมากที่ได้อ่านหนังสือใหม่",
    ),
    "Japanese": (
        "港町の銭湯「松の湯」が、来月から朝六時に開くことになった。",
        "夜勤明けの漁師や看護師から要望が寄せられていた。",
        "薪は近くの製材所の端材を使う。",
    ),
    "Chinese": (
        "南河镇的最后一家照相馆将于本月底关门。",
        "店主今年七十六岁，在这条街上拍了五十二年的照片。",
        "镇文化站打算把它们扫描，明年春天办一个展览。",
    ),
    "Traditional Chinese": (
        "南河鎮的最後一家照相館將於本月底關門。",
        "店主今年七十六歲，在這條街上拍了五十二年的照片。",
        "鎮文化站打算把它們掃描，明年春天辦一個展覽。",
    ),
    "Korean": (
        "섬마을 분교의 마지막 졸업생이 선생님이 되어 돌아왔다.",
        "지난해 젊은 부부 두 쌍이 섬에 들어오면서 다시 불이 켜졌다.",
        "교육청은 통학선을 하루 두 번으로 늘리기로 했다.",
    ),
}
#: In these the language's texts are found again without any declaration; the labels are the standard's.
ENCODINGS = [
    ("German", "windows-1252"),
    ("French", "windows-1252"),
    ("Polish", "iso-8859-2"),
    ("Polish", "windows-1250"),
    ("Czech", "iso-8859-2"),
    ("Czech", "windows-1250"),
    ("Turkish", "windows-1254"),
    ("Lithuanian", "windows-1257"),
    ("Russian", "windows-1251"),
    ("Russian", "koi8-r"),
    ("Russian", "iso-8859-5"),
    ("Greek", "windows-1253"),
    ("Greek", "iso-8859-7"),
    ("Hebrew", "windows-1255"),
    ("Arabic", "windows-1256"),
    ("Arabic", "iso-8859-6"),
    ("Thai", "tis-620"),
    ("Japanese", "shift_jis"),
    ("Japanese", "euc-jp"),
    ("Japanese", "iso-2022-jp"),
    ("Chinese", "gbk"),
    ("Chinese", "gb18030"),
    ("Traditional Chinese", "big5"),
    ("Korean", "euc-kr"),
    *((language, "utf-8") for language in SENTENCES),
    *((language, "utf-16-le") for language in SENTENCES),
]


@st.composite
def written(draw: st.DrawFn) -> tuple[str, str]:
    """A text of some length and the encoding of its page."""
    language, encoding = draw(st.sampled_from(ENCODINGS))
    sentences = draw(st.lists(st.sampled_from(SENTENCES[language]), min_size=3, max_size=12))
    text = " ".join([*SENTENCES[language], *sentences])
    # What the encoding has no letter for was never written in it: „ is no letter of iso-8859-2.
    return text.encode(encoding, errors="ignore").decode(encoding), encoding


@settings(max_examples=150, deadline=None)
@given(written())
def test_a_text_without_a_declaration_is_found_by_its_letters(text_in: tuple[str, str]) -> None:
    text, encoding = text_in
    assert text in decode(page(text).encode(encoding)).text


@settings(max_examples=150, deadline=None)
@given(written(), st.sampled_from(["header", "meta", "http-equiv", "xml", "single quotes", "upper case"]))
def test_a_text_with_its_declaration_comes_back_as_it_was(text_in: tuple[str, str], how: str) -> None:
    text, encoding = text_in
    marks = {
        "header": "",
        "meta": f'<meta charset="{encoding}">',
        "http-equiv": f'<meta http-equiv="Content-Type" content="text/html; charset={encoding}" />',
        "xml": f'<?xml version="1.0" encoding="{encoding}"?>',
        "single quotes": f"<meta name=x content='y'><META CHARSET='{encoding}'/>",
        "upper case": f'<META HTTP-EQUIV=content-type CONTENT="TEXT/HTML; CHARSET={encoding.upper()}">',
    }
    body = f"{marks[how]}{page(text)}" if how == "xml" else page(text).replace("<title>", f"{marks[how]}<title>")
    header = f"text/html;charset={encoding}" if how == "header" else "text/html"
    assert text in decode(body.encode(encoding), header).text


@settings(max_examples=150, deadline=None)
@given(written(), st.sampled_from(["utf-8", "utf-16", "x-unheard-of", "gibberish; ", "iso-2022-cn"]), st.booleans())
def test_a_wrong_declaration_does_no_harm(text_in: tuple[str, str], label: str, in_header: bool) -> None:
    text, encoding = text_in
    body = page(text, None if in_header else label).encode(encoding)
    decoded = decode(body, f"text/html; charset={label}" if in_header else None)
    assert text in decoded.text


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("latin1", "cp1252"),
        (" ISO-8859-1\n", "cp1252"),
        ("us-ascii", "cp1252"),
        ("iso_8859-1:1987", "cp1252"),
        ("iso-8859-9", "cp1254"),
        ("iso-8859-11", "cp874"),
        ("gb2312", "gb18030"),
        ("x-gbk", "gb18030"),
        ("x-sjis", "cp932"),
        ("windows-31j", "cp932"),
        ("ks_c_5601-1987", "cp949"),
        ("big5", "big5hkscs"),
        ("x-cp1251", "cp1251"),
        ("dos-874", "cp874"),
        ("koi", "koi8-r"),
        ("l2", "iso8859-2"),
        ("logical", "iso8859-8"),
        ("unicode-1-1-utf-8", "utf-8"),
        ("utf-16", "utf-16-le"),
        ("x-user-defined", "cp1252"),
        ("replacement", None),
        ("utf-7", None),
        ("base64", None),
        ("", None),
    ],
)
def test_labels_mean_what_the_encoding_standard_says(label: str, codec: str | None) -> None:
    assert find_codec(label) == codec
    if codec:
        codecs.lookup(codec)


def test_a_declaration_that_is_commented_out_or_in_the_body_is_none() -> None:
    body = page(RUSSIAN).encode("windows-1251")
    assert decode(b"<!-- <meta charset=koi8-r> -->" + body).origin == "detected"
    assert decode(body.replace(b"<p>", b"<p><meta charset=koi8-r>")).origin == "detected"
    described = b'<meta name="description" content="about charset=koi8-r">'
    assert decode(described + body).origin == "detected"


@pytest.mark.parametrize("mark", ["©", "\xa0", "’", "£5", "20°"])
def test_a_single_mark_beyond_ascii_does_not_make_an_english_page_a_foreign_one(mark: str) -> None:
    text = f"The ferry runs all winter {mark} said the mayor"
    decoded = decode(page(text).encode("windows-1252"))
    assert text in decoded.text
    assert decoded.encoding == "cp1252"


def test_a_long_head_without_letters_beyond_ascii_hides_nothing() -> None:
    style = "<style>" + "a{color:red}" * 20_000 + "</style>"
    assert RUSSIAN in decode((style + page(RUSSIAN)).encode("windows-1251")).text


def test_letters_that_machine_makers_added_to_japanese_are_read() -> None:
    text = "①番線の電車が遅れた"
    assert text in decode(page(text, "euc-jp").encode("euc_jis_2004")).text
    assert text in decode(page(text, "shift_jis").encode("cp932")).text


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(min_codepoint=32, max_codepoint=0x2FFF, exclude_categories=["Cs"]), max_size=80))
def test_utf_8_comes_back_as_it_was(text: str) -> None:
    assert decode(text.encode(), "text/html; charset=utf-8").text == text.removeprefix("\ufeff")


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200), st.sampled_from([None, "text/html; charset=utf-8", "text/html; charset=shift_jis"]))
def test_any_bytes_become_text(body: bytes, content_type: str | None) -> None:
    decoded = decode(body, content_type)
    assert isinstance(decoded.text, str)
    codecs.lookup(decoded.encoding)
