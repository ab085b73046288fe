"""Where tables and keys stand in a TOML file."""

import tomllib
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.sourcelist.layout import lines_of, read_layout

TEXT = '''\
# [not.a.table]
contact = "a # b" # [sources.c]
text = """
[sources.d]
home = "no"
"""""

[ sources . "a.example" ] # here
home = "https://a.example/" # front
feeds = [
  "one", # ] not the end
  ["two", { x = "]" }],
]
'quoted key'.deep = 1

[[more]]
"esc\\u0061pe" = \'\'\'
x = 1\'\'\'
[sources]
b.home = "x"
c = { home = "y" }
'''


def test_tables_and_keys_are_found_at_their_lines_and_what_only_looks_like_one_is_not() -> None:
    assert lines_of(TEXT) == {
        "contact": 2,
        "text": 3,
        "sources": 8,
        "sources.a.example": 8,
        "sources.a.example.home": 9,
        "sources.a.example.feeds": 10,
        "sources.a.example.quoted key": 14,
        "sources.a.example.quoted key.deep": 14,
        "more": 16,
        "more.escape": 17,
        "sources.b": 20,
        "sources.b.home": 20,
        "sources.c": 21,
    }


def test_a_value_is_found_without_its_comment() -> None:
    table = read_layout(TEXT)[1]
    assert [TEXT[s.value_start : s.value_end].partition("\n")[0] for s in table.statements] == [
        '"https://a.example/"',
        "[",
        "1",
    ]
    assert TEXT[table.statements[1].start : table.statements[1].end].endswith("\n]\n")


def test_a_file_that_ends_without_a_line_end_or_holds_nothing_has_its_layout() -> None:
    assert [table.path for table in read_layout("")] == [()]
    (root,) = read_layout("a = 1")
    assert (root.statements[0].end, root.statements[0].value_end) == (5, 5)
    assert [table.path for table in read_layout("a = 1\r\n[b]\r\nc = 2 # x\r\n")] == [(), ("b",)]


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x7f", min_codepoint=32), max_size=12)
SPELT = st.one_of(
    TEXTS.map(lambda t: '"' + t.replace("\\", "\\\\").replace('"', '\\"') + '"'),
    TEXTS.filter(lambda t: "'" not in t).map(lambda t: f"'{t}'"),
    TEXTS.map(lambda t: '"""\n' + t.replace("\\", "\\\\").replace('"', '\\"') + '\n[x]\n"""'),
    TEXTS.filter(lambda t: "'" not in t).map(lambda t: f"'''{t}\n# [y] = 3'''"),
    st.integers(-9, 9).map(str),
    st.sampled_from(["true", "2026-11-22", "1979-05-27 07:32:00Z", "[ ]", "{ }", "[[1], # ]\n 2]", '"""a""b"""""']),
)
VALUES = st.recursive(
    SPELT,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda vs: "[ " + ", # [\n".join(vs) + (" ]" if not vs else "\n]")),
        inner.filter(lambda v: "\n" not in v).map(lambda v: "{ k = " + v + " }"),
    ),
    max_leaves=4,
)


@given(st.lists(st.lists(VALUES, max_size=3), max_size=4))
@settings(max_examples=200)
def test_every_key_of_any_valid_file_is_found_with_its_whole_value(tables: list[list[str]]) -> None:
    text = ""
    for n, values in enumerate(tables):
        text += f"[t{n}] # a table\n" + "".join(f"k{m} = {v} # [z]\n" for m, v in enumerate(values))
    tree: dict[str, Any] = tomllib.loads(text)
    found = read_layout(text)[1:]
    assert [table.path for table in found] == [(name,) for name in tree]
    for table, values in zip(found, tables, strict=True):
        assert [text[s.value_start : s.value_end] for s in table.statements] == values
        assert [text.count("\n", 0, s.start) + 1 for s in table.statements] == [s.line for s in table.statements]
