"""A tree → its blocks of text."""

from __future__ import annotations

from lxml.html import document_fromstring

from pipelines.passages import Passage, read_passages


def passages(html: str) -> list[Passage]:
    return read_passages(document_fromstring(f"<html><body>{html}</body></html>"))


def told(html: str) -> list[tuple[str, str]]:
    return [(passage.tag, passage.text) for passage in passages(html)]


def test_every_block_is_a_passage_and_inline_marks_are_not() -> None:
    assert told("<h1>A <em>fine</em> day</h1><div>Bare <b>text</b><p>One</p>after</div><ul><li>x</li></ul>") == [
        ("h1", "A fine day"),
        ("div", "Bare text"),
        ("p", "One"),
        ("div", "after"),
        ("li", "x"),
    ]


def test_line_breaks_part_the_paragraphs_of_old_pages() -> None:
    assert told("<font>One.<br><br>Two.<br>Three.</font>") == [("body", "One."), ("br", "Two."), ("br", "Three.")]


def test_a_row_of_short_cells_is_one_passage_and_a_layout_table_is_not() -> None:
    row = "<tr><td>Rovers</td><td>3</td><td>1</td></tr>"
    assert told(f"<table>{row}</table>") == [("tr", "Rovers | 3 | 1")]
    layout = "<table><tr><td><p>Menu</p><p>Home</p></td><td><p>A story.</p><p>Its end.</p></td></tr></table>"
    assert [text for _, text in told(layout)] == ["Menu", "Home", "A story.", "Its end."]


def test_scripts_templates_and_fields_are_not_read() -> None:
    assert told("<script>x()</script><template><p>t</p></template><textarea>f</textarea><p>Seen</p>") == [("p", "Seen")]


def test_links_are_measured_and_boxes_know_what_they_hold() -> None:
    first, second = passages("<div><p><a href=x>All linked</a></p><p>Half <a href=x>half</a></p></div>")
    assert (first.linked, len(first.text)) == (10, 10)
    assert (second.linked, len(second.text)) == (4, 9)
    box = first.box.parent
    assert box is not None and (box.tag, box.text, box.linked, box.count) == ("div", 19, 14, 2)


def test_a_thousand_levels_of_boxes_are_walked() -> None:
    assert [text for _, text in told("<div>" * 250 + "<p>Deep</p>")] == ["Deep"]
