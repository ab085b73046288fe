"""Legal text at the end of an article, offers and credits, in several languages; and sentences that only look so."""

from __future__ import annotations

import pytest

from pipelines.blocks import Block
from pipelines.captions import split_credit
from pipelines.endings import without_small_print
from pipelines.phrases import is_furniture
from pipelines.smallprint import is_small_print


@pytest.mark.parametrize(
    "paragraph",
    [
        "Disclaimer: opinions are the writer's own.",
        "This article is for general informational purposes only and is no substitute for a lawyer.",
        "This article contains affiliate links. We may earn a commission if you buy through them.",
        "Dieser Beitrag stellt keine Anlageberatung oder Empfehlung dar.",
        "Tous droits réservés. Toute reproduction, même partielle, est interdite.",
        "Queda prohibida la reproducción total o parcial de este texto.",
        "Questo testo ha scopo puramente informativo.",
        "Sva prava pridržana. Zabranjeno je prenošenje sadržaja.",
        "При перепечатке материалов ссылка на газету обязательна.",
        "Burada yazılanlar yatırım tavsiyesi değildir.",
        "未经授权禁止转载",
        "記事・写真の無断転載を禁じます。",
        "무단전재 및 재배포 금지",
    ],
)
def test_legal_text_is_small_print(paragraph: str) -> None:
    assert is_small_print(paragraph)


@pytest.mark.parametrize(
    "paragraph",
    [
        "“The leaflet does not constitute medical advice,” the judge read aloud, “whatever the clinic printed on it.”",
        "The disclaimer was printed so small that nobody had read it.",
        "The council reserved all its rights in the matter of the slipway.",
        "Der Nachdruck war nach zwei Tagen vergriffen.",
    ],
)
def test_news_about_legal_text_is_none(paragraph: str) -> None:
    assert not is_small_print(paragraph)


def test_only_the_end_of_an_article_is_searched_for_it() -> None:
    print_ = Block(kind="paragraph", text="All rights reserved.")
    texts = [Block(kind="paragraph", text=f"Paragraph {n}.") for n in range(6)]
    assert without_small_print([print_, *texts, print_]) == [print_, *texts]


@pytest.mark.parametrize("line", ["Book a tablefrom £4", "Buy now", "Zum Angebot ab 12 €", "Réserver une table"])
def test_an_offer_is_furniture(line: str) -> None:
    assert is_furniture(line)


@pytest.mark.parametrize(
    "line", ["Book a table early, or queue for an hour.", "Buy now, regret later", "Order online was easy"]
)
def test_a_sentence_that_begins_like_an_offer_is_none(line: str) -> None:
    assert not is_furniture(line)


@pytest.mark.parametrize(
    ("caption", "words", "credit"),
    [
        ("The quay on Monday.(Jo Doe/The Ledger)", "The quay on Monday.", "Jo Doe/The Ledger"),
        ("The quay on Monday. (Jo Doe/The Ledger)", "The quay on Monday.", "Jo Doe/The Ledger"),
        ("The quay on Monday.(Jo Doe)", "The quay on Monday.", "Jo Doe"),
        ("Трамвай у причала. Фото: Лидия Ковтун", "Трамвай у причала.", "Лидия Ковтун"),
        ("아이들과 책을 읽고 있다. 사진=한지훈 기자", "아이들과 책을 읽고 있다.", "한지훈 기자"),
        ("The quay on Monday. (Work begins in May.)", "The quay on Monday. (Work begins in May.)", None),
    ],
)
def test_a_credit_in_brackets_or_behind_its_label_is_split_off(caption: str, words: str, credit: str | None) -> None:
    assert split_credit(caption) == (words, credit)
