"""Passages → blocks → plain text and Markdown."""

from __future__ import annotations

from lxml.html import document_fromstring

from pipelines.blocks import Block, block_of, markdown_of, plain_text
from pipelines.passages import read_passages


def blocks(html: str) -> list[Block]:
    return [block_of(p) for p in read_passages(document_fromstring(f"<html><body>{html}</body></html>"))]


def test_the_structure_of_a_page_is_kept_as_markdown() -> None:
    found = blocks(
        "<h2>What we know</h2><p>Three things.</p><ul><li>A pier</li><li>A boat<ul><li>with oars</li></ul></li></ul>"
        "<ol><li>First</li><li>Second</li></ol><blockquote><p>We stay.</p><p>All of us.</p></blockquote>"
        "<table><tr><th>Team</th><th>Points</th></tr><tr><td>Rovers</td><td>3</td></tr></table><pre>x = 1</pre>"
    )
    assert markdown_of(found) == (
        "## What we know\n\nThree things.\n\n- A pier\n- A boat\n   - with oars\n1. First\n2. Second\n\n"
        "> We stay.\n>\n> All of us.\n\n| Team | Points |\n| --- | --- |\n| Rovers | 3 |\n\n```\nx = 1\n```"
    )


def test_the_plain_text_has_no_marks() -> None:
    found = blocks("<h2>What we know</h2><ul><li>A pier</li></ul><blockquote>We stay.</blockquote>")
    assert plain_text(found) == "What we know\n\nA pier\n\nWe stay."


def test_text_that_looks_like_a_mark_is_escaped() -> None:
    texts = ["# 1 in the charts", "- and so on", "1984. A year", "> quoted mail", "Plain"]
    found = [Block(kind="paragraph", text=text) for text in texts]
    assert markdown_of(found).split("\n\n") == [
        "\\# 1 in the charts",
        "\\- and so on",
        "\\1984. A year",
        "\\> quoted mail",
        "Plain",
    ]


def test_rows_of_different_length_make_one_table() -> None:
    rows = [Block(kind="row", text=text) for text in ("a | b | c", "d")]
    assert markdown_of(rows) == "| a | b | c |\n| --- | --- | --- |\n| d |  |  |"


def test_a_table_of_one_column_is_lines() -> None:
    assert markdown_of([Block(kind="row", text="a"), Block(kind="row", text="b")]) == "a\n\nb"


def test_a_whole_article_inside_a_list_item_is_paragraphs_when_it_is_nested_deep() -> None:
    found = blocks("<ul><li><div><div><div><div><p>One.</p></div></div></div></div></li></ul>")
    assert [block.kind for block in found] == ["paragraph"]
