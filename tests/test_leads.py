"""Where a byline begins, and how it ends a text."""

from __future__ import annotations

import pytest

from pipelines.leads import is_position, is_signature, strip_lead


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("Автор: Лидия Ковтун", "Лидия Ковтун"),
        ("Текст: Олена Ткач", "Олена Ткач"),
        ("기자명 한지훈 기자", "한지훈 기자"),
        ("作者：陈晓梅", "陈晓梅"),
        ("本报记者 陈晓梅", "陈晓梅"),
    ],
)
def test_what_stands_before_the_name_is_left_out(byline: str, names: str) -> None:
    assert strip_lead(byline) == names


@pytest.mark.parametrize("line", ["한지훈 기자 han@paper.example", "（佐々木葵）", "【記者王小明】", "[한지훈 기자]"])
def test_a_reporters_name_at_the_end_is_a_signature(line: str) -> None:
    assert is_signature(line)


@pytest.mark.parametrize("line", ["（完）", "（共同）", "（未完待续）", "기자는 그 말을 믿지 않았다.", "店主は笑う。"])
def test_what_else_ends_a_text_is_none(line: str) -> None:
    assert not is_signature(line)


def test_a_line_that_only_says_what_the_writer_is_is_told_from_a_sentence() -> None:
    assert is_position("Observer staff")
    assert is_position("Senior correspondent, Brussels")
    assert not is_position("The staff went home.")
    assert not is_position("What the reporters found in the cellar of the mill")
