"""What search filters and counts by: the SQL that makes an article's row of ``facts`` and its words in the index.

Each value that an article can be filtered by (its source, a tag, an author …) has a number in ``facet_values``. The
numbers stand in the article's narrow row of ``facts``, and, behind a letter that no text has, as words in the
index. So a filter is a word among others to the index, and counting values never touches the rows with the texts.

Migration m008 and the bulk path use the same words: what is here is part of the schema, and is changed by a
migration only.
"""

from __future__ import annotations

#: Before a value's number. Of the private kind, which the tokenizer takes for a letter; cut from what people type.
LETTER = "\uf8d7"
#: In the index of every article; of those with more than one text; of those that the site has removed.
EVERY, REVISED, GONE = 1, 2, 3
#: Fields of which an article has one value, then those of which it can have several, with their column.
SINGLE = ("source", "section", "language", "access", "type")
SEVERAL = {"tag": "tags", "author": "authors"}

INDEX_COLUMNS = "title, authors, description, body, facts"
_NUMBERS = (
    "new.word_count, new.revision, unixepoch(new.published_at), unixepoch(new.modified_at),"
    " unixepoch(new.first_seen_at), unixepoch(new.last_seen_at),"
    " (select unixepoch(fetched_at) from captures where id = new.capture_id), unixepoch(new.gone_at)"
)
_NUMBERS_IN = "words, revision, published, modified, first_seen, last_seen, retrieved, gone"


def values_of(row: str) -> str:
    """SQL for the values of a trigger's ``row``: field, value."""
    parts = [f"select '{name}' as field, {row}.{name} as value where {row}.{name} <> ''" for name in SINGLE]
    parts += [
        f"select '{field}', cast(value as text) from json_each({row}.{column}) where value <> ''"
        for field, column in SEVERAL.items()
    ]
    return " union ".join(parts)


def values_of_all(condition: str) -> str:
    """SQL for the values of all articles that the condition is true of: field, value."""
    parts = [
        f"select '{name}' as field, {name} as value from articles where {name} <> '' and {condition}" for name in SINGLE
    ]
    parts += [
        f"select '{field}', cast(value as text) from articles, json_each(articles.{column})"
        f" where value <> '' and {condition}"
        for field, column in SEVERAL.items()
    ]
    return " union ".join(parts)


def facts_of(source: str = "") -> str:
    """SQL for rows of ``facts``: of a trigger's row ``new``, or of articles when ``source`` names them ``new``."""
    single = " union all ".join(
        f"select id, {n} as place from facet_values where field = '{name}' and value = new.{name}"
        for n, name in enumerate(SINGLE)
    )
    several = " union all ".join(
        f"select id from facet_values where field = '{field}'"
        f" and value in (select cast(value as text) from json_each(new.{column}))"
        for field, column in SEVERAL.items()
    )
    listed = f"(select group_concat('{LETTER}' || id, ' ') from ({{}}))"
    flags = f"iif(new.revision > 1, ' {LETTER}{REVISED}', '') || iif(new.gone_at is null, '', ' {LETTER}{GONE}')"
    return (
        f"insert into facts (seq, {_NUMBERS_IN}, one, many) select new.seq, {_NUMBERS},"
        f" '{LETTER}{EVERY} ' || {listed.format(single)} || {flags}, coalesce({listed.format(several)}, '') {source};"
    )


ENTER = f"""
            insert into facet_values (field, value) {values_of("new")} on conflict do nothing;
            {facts_of()}
            insert into articles_fts (rowid, {INDEX_COLUMNS})
                select seq, {INDEX_COLUMNS} from articles_indexed where seq = new.seq;"""
LEAVE = f"""
            insert into articles_fts (articles_fts, rowid, {INDEX_COLUMNS})
                select 'delete', seq, {INDEX_COLUMNS} from articles_indexed where seq = old.seq;
            delete from facts where seq = old.seq;"""
#: A value that no article has any more is forgotten: it may be a name.
FORGET = f"""
            delete from facet_values where (field, value) in ({values_of("old")})
                and not exists (select 1 from articles_fts where articles_fts match '{LETTER}' || facet_values.id);"""
REFRESH = f"""
            update facts set ({_NUMBERS_IN}) = (select {_NUMBERS}) where seq = new.seq;"""
#: Whether an update changes what the index has of an article.
CHANGED = " or ".join(
    [
        *(f"new.{name} is not old.{name}" for name in ("seq", "title", "authors", "description", "body", "spaced")),
        *(f"new.{name} is not old.{name}" for name in (*SINGLE, "tags")),
        "(new.revision > 1) is not (old.revision > 1)",
        "(new.gone_at is null) is not (old.gone_at is null)",
    ]
)
TRIGGERS = f"""
        create trigger articles_ai after insert on articles begin {ENTER}
        end;
        create trigger articles_bd before delete on articles begin {LEAVE}
        end;
        create trigger articles_ad after delete on articles begin {FORGET}
        end;
        create trigger articles_bu before update on articles when {CHANGED} begin {LEAVE}
        end;
        create trigger articles_au after update on articles when {CHANGED} begin {ENTER} {FORGET}
        end;
        create trigger articles_au_facts after update of word_count, revision, published_at, modified_at, first_seen_at,
            last_seen_at, gone_at, capture_id on articles begin {REFRESH}
        end;
"""
