"""The guides against the code: their commands exist, their tables are current, their Python runs."""

from __future__ import annotations

import ast
import doctest
import re
import shlex
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from types import ModuleType

import click
import pytest
from click.testing import CliRunner

import crawler.cli
import crawler.settings
from archive.asks import ASKS
from archive.captures import Exchange
from archive.edits.kinds import WORDS
from archive.errors import ArchiveError
from archive.export.columns import COLUMNS
from archive.export.formats import FORMATS
from archive.fields import FIELDS
from archive.health.verdicts import MEANINGS
from archive.ledger import Verdict
from archive.query import Query
from archive.reasons import _REASONS, because, happened
from archive.report import write_metrics
from archive.types import Article, Hint, Kind, Link, Origin, Outcome, Precision, Reason, State, Via
from archive.writer import ArchiveWriter
from crawler.agent import user_agent
from crawler.errors import INTERRUPTED, ConfigError
from crawler.fetch.revisit import AGES, rejection_due
from crawler.notice import NOTIFY_KEYS
from crawler.sources import load_config
from tests.archive.sample import HARBOUR, HARBOUR_BODY, NIGHT_1, NIGHT_2
from tests.archive.thirty_nights import simulate
from tests.test_docs_fields import ADDED, CSV, SAID, rows

ROOT = Path(__file__).parent.parent
GUIDES = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in ROOT.rglob("docs/*.md")}
GUIDES |= {name: (ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "CONTRIBUTING.md")}
OPERATE, RESEARCH, CONTRIBUTING = (GUIDES[n] for n in ("docs/operate.md", "docs/research.md", "CONTRIBUTING.md"))


# ── commands ─────────────────────────────────────────────────────────────────────────────────────────


def command_lines(text: str) -> Iterator[list[str]]:
    """The words of each ``nightdesk …`` in an indented line, or on its own in backticks, without ``nightdesk``."""
    shown = re.findall(r"(?m)^ {4,}.*?(?<![\w/-])nightdesk +(?=[a-z-])(.*)$", text)
    shown += re.findall(r"`nightdesk ([^`]+)`", text)
    for line in shown:
        yield shlex.split(line, comments=True)


def resolve(words: list[str]) -> click.Command:
    """The command that the words name. Fails where there is none."""
    command: click.Command = crawler.cli.nightdesk
    for word in words:
        if not isinstance(command, click.Group) or word.startswith("-"):
            break
        default = getattr(command, "default", None)  # `nightdesk export QUERY`
        if default is not None and word not in command.commands:
            break
        assert word in command.commands, f"nightdesk {' '.join(words)}: there is no command {word!r}"
        command = command.commands[word]
    default = getattr(command, "default", None)
    return command.commands[default] if isinstance(command, click.Group) and default is not None else command


@pytest.mark.parametrize("guide", sorted(set(GUIDES) - {"docs/design.md"}))
def test_every_command_in_a_guide_exists_with_its_options(guide: str) -> None:
    for words in command_lines(GUIDES[guide]):
        if re.search("[,|…]$|^…", words[0]) or "|" in words:  # a list of commands, not one
            continue
        command = resolve(words)
        given = {word.partition("=")[0] for word in words if re.match("--?[a-z]", word)}
        known = {spelling for parameter in command.params for spelling in parameter.opts}
        assert given <= known | {"--help", "-h"}, f"{guide}: nightdesk {' '.join(words)}"


def test_the_search_for_commands_finds_them_and_notices_what_is_wrong() -> None:
    assert sum(1 for _ in command_lines(OPERATE)) >= 12
    assert sum(1 for _ in command_lines(RESEARCH)) >= 7
    assert list(command_lines("    $ nightdesk search 'a b' --limit 1  # so\n")) == [["search", "a b", "--limit", "1"]]
    assert list(command_lines("    0 2 * * *  /srv/bin/nightdesk crawl\n")) == []
    with pytest.raises(AssertionError, match="no command 'serch'"):
        resolve(["serch", "x"])


def test_every_verb_is_shown_in_a_guide_for_users() -> None:
    shown = {words[0] for name in GUIDES if name != "CONTRIBUTING.md" for words in command_lines(GUIDES[name])}
    assert set(crawler.cli.nightdesk.commands) - {"demo"} <= shown
    assert "./run.sh demo" in GUIDES["README.md"]


def test_every_link_between_the_guides_leads_somewhere() -> None:
    for guide, text in GUIDES.items():
        for target in re.findall(r"\]\(([^)#]+)\)", text):
            if "://" not in target:
                assert (ROOT / guide).parent.joinpath(target).exists(), f"{guide}: {target}"


# ── operate.md ───────────────────────────────────────────────────────────────────────────────────────


def table(text: str, name: str) -> list[list[str]]:
    """The rows of the table behind ``<!-- name -->``, without its heading."""
    (block,) = re.findall(rf"(?s)<!-- {name} -->\n(.*?)\n\n", text + "\n\n")
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in block.splitlines()[2:]]


def test_every_outcome_is_explained_in_the_words_of_the_command() -> None:
    shown = table(OPERATE, "outcomes")
    assert [row[:2] for row in shown] == [[f"`{outcome}`", happened(outcome)] for outcome in Outcome]
    assert all(row[2] for row in shown)


def test_every_reason_is_explained_with_whether_the_page_is_asked_for_again() -> None:
    def again(reason: Reason) -> str:
        return "yes" if rejection_due(reason, NIGHT_1, NIGHT_1) else "no"

    assert table(OPERATE, "reasons") == [[f"`{reason}`", because(reason), again(reason)] for reason in Reason]


def test_every_other_reason_is_explained_under_its_outcome() -> None:
    shown = table(OPERATE, "causes")
    assert all(row[0].strip("`") in set(Outcome) for row in shown)
    assert all(row[2] == because(row[1].strip("`")) for row in shown)
    assert {row[1].strip("`") for row in shown} == set(_REASONS) - set(Reason) | {"http-403"}


def test_every_ask_of_a_rights_signal_is_explained() -> None:
    assert table(OPERATE, "asks") == [[f"`{ask}`", words] for ask, words in ASKS.items()]


def test_the_exit_statuses_are_those_of_the_command() -> None:
    (block,) = re.findall(r"(?s)\| Status \|.*?\n\n", OPERATE)
    shown = {int(number) for number in re.findall(r"(?m)^\| (\d+) \|", block)}
    documented = {int(number) for number in re.findall(r"(?:: |; |\n)(\d) ", crawler.cli.__doc__ or "")}
    assert shown == documented | {130}
    assert {ConfigError.exit_status} | {error.exit_status for error in ArchiveError.__subclasses__()} <= shown
    assert INTERRUPTED in shown


def test_every_verdict_is_explained_in_the_words_of_the_command() -> None:
    current = [[f"`{v}`", m.level, m.words, m.cause] for v, m in MEANINGS.items()]
    assert table(OPERATE, "verdicts") == current


def test_every_kind_of_edit_is_explained_in_the_words_of_the_command() -> None:
    assert table(RESEARCH, "kinds") == [[f"`{kind}`", words] for kind, words in WORDS.items()]


def test_the_example_of_notify_is_valid_and_has_every_key(tmp_path: Path) -> None:
    (example,) = re.findall(r"(?s)```toml\n(\[notify\].*?)```", OPERATE)
    (tmp_path / "sources.toml").write_text(example, encoding="utf-8")
    told = load_config(tmp_path).notify
    assert set(re.findall(r"(?m)^(\w+) =", example)) == set(NOTIFY_KEYS)
    assert told.smtp.port == 587
    assert told.anybody


def test_the_metrics_that_are_named_exist(tmp_path: Path) -> None:
    simulate(tmp_path / "a", nights=1)
    write_metrics(tmp_path / "a", tmp_path / "a.prom")
    written = (tmp_path / "a.prom").read_text(encoding="utf-8")
    named = set(re.findall(r"(nightdesk_[a-z_]+)[{ ]", OPERATE))
    assert len(named) == 2
    assert all(f"# TYPE {name} gauge" in written for name in named)


def setting_rows(module: ModuleType) -> dict[str, list[str]]:
    """Each setting of the module as the row of a table: name, value, the comment behind it."""
    found = {}
    for line in Path(str(module.__file__)).read_text(encoding="utf-8").splitlines():
        if match := re.match(r"([A-Z_]+)(?:: [^=]+)? = .*?(?:  # (.*))?$", line):
            name, comment = match.groups()
            found[name] = [f"`{name}`", f"`{getattr(module, name)!r}`", comment or ""]
    return found


def test_the_settings_have_the_values_and_words_of_the_settings_file() -> None:
    current, shown = setting_rows(crawler.settings), table(OPERATE, "settings")
    names = [row[0].strip("`") for row in shown]
    assert shown == [current[name] for name in names]
    assert {name for name in current if name.startswith("NIGHTDESK_") or "SIZE" in name} - set(names) == {
        "DOWNLOAD_WARNSIZE"
    }


def test_settings_given_to_scrapy_exist() -> None:
    given = {name for text in GUIDES.values() for name in re.findall(r"-s ([A-Z_]{4,})=", text)}
    assert given - {"NAME"} <= set(setting_rows(crawler.settings))
    assert "NIGHTDESK_ARCHIVE" in given


def test_the_ages_and_the_user_agent_are_the_crawlers() -> None:
    def told(age: timedelta) -> str:
        number, unit = (age.days, "day") if age.days else (age.seconds // 3600, "hour")
        return f"{number} {unit}{'' if number == 1 else 's'}"

    assert f"<!-- ages -->\n{', '.join(map(told, AGES))}\n" in OPERATE
    assert f"`{user_agent('desk@example.org')}`" in OPERATE


# ── research.md ──────────────────────────────────────────────────────────────────────────────────────


def test_what_one_can_type_means_the_query_beside_it() -> None:
    shown = table(RESEARCH, "queries")
    assert len(shown) > 25
    for typed, _, made in shown:
        query = Query.parse(typed.strip("`"))
        assert query.spelling == eval(f"Query({made.strip('`')})", {"Query": Query}).spelling, typed
        assert Query.parse(query.spelling) == query
        assert not query.read.mended
    assert {f.field for typed, *_ in shown for f in Query.parse(typed.strip("`")).filters} >= {*FIELDS} - {"last-seen"}


def explained() -> dict[str, list[str]]:
    """CSV column → meaning, type, when it is empty, from docs/fields.md."""
    return {row[0].strip("`"): row[1:4] for heading in (SAID, ADDED, CSV) for row in rows(heading)}


def test_the_table_of_formats_is_that_of_the_export() -> None:
    current = [[f"`{each.name}`", ", ".join(f"`{ending}`" for ending in each.suffixes)] for each in FORMATS.values()]
    assert [row[:2] for row in table(RESEARCH, "formats")] == current


def test_the_exports_that_are_shown_run_one_after_the_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    harbour_archive(tmp_path / "my-archive")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NIGHTDESK_ARCHIVE", "my-archive")
    (section,) = re.findall(r"(?s)\n## Data sets\n(.*?)\n## ", RESEARCH)
    shown = list(command_lines(section))
    assert len(shown) >= 15
    for words in shown:
        done = CliRunner().invoke(crawler.cli.nightdesk, words)
        assert done.exit_code == 0, f"{words}: {done.output}"
    assert (tmp_path / "then.csv").read_text(encoding="utf-8").count("As new talks move forward.") == 1
    assert "Explainer: Harbour talks continue" in (tmp_path / "new.csv").read_text(encoding="utf-8")


def test_the_table_of_columns_is_that_of_the_export_and_the_field_guide() -> None:
    fields = explained()
    current = [[f"`{name}`", fields[name][1], fields[name][2], fields[name][0]] for name in COLUMNS]
    assert table(RESEARCH, "columns") == current


def columns_of(*types: str) -> set[str]:
    return {name for name, (_, type_, _) in explained().items() if type_ in types and name in COLUMNS}


def test_the_pandas_recipe_converts_every_column_that_is_no_text() -> None:
    (recipe,) = [block for block in python_blocks() if "import pandas" in block]
    constants = {
        target.id: set(ast.literal_eval(node.value))
        for node in ast.parse(recipe).body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.List)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    assert constants == {
        "TIMES": columns_of("time"),
        "NUMBERS": columns_of("whole number"),
        "JSON": columns_of("list of texts", "list of objects", "object"),
    }
    assert columns_of("`true`, `false`") == {"gone"}
    assert 'articles["gone"] == "true"' in recipe


def test_the_r_recipe_converts_the_same_columns() -> None:
    recipe, *_ = re.findall(r"(?s)```r\n(.*?)```", RESEARCH)
    assert set(re.findall(r"(\w+) = col_datetime\(\)", recipe)) == columns_of("time")
    assert set(re.findall(r"(\w+) = col_integer\(\)", recipe)) == columns_of("whole number")
    assert set(re.findall(r"(\w+) = col_logical\(\)", recipe)) == columns_of("`true`, `false`")
    (names,) = re.findall(r"json <- c\((.*?)\)", recipe)
    assert set(re.findall(r'"(\w+)"', names)) == columns_of("list of texts", "list of objects", "object")


def python_blocks() -> list[str]:
    return re.findall(r"(?s)```python\n(.*?)```", RESEARCH)


def test_the_python_examples_give_what_they_show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    harbour_archive(tmp_path / "my-archive")
    monkeypatch.chdir(tmp_path)
    blocks = [block for block in python_blocks() if block.startswith(">>>")]
    assert len(blocks) >= 6
    session = "\n".join(blocks).replace("…", "...")
    example = doctest.DocTestParser().get_doctest(session, {}, "research.md", "docs/research.md", 0)
    told: list[str] = []
    doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(example, out=told.append)
    assert not told, "".join(told)


def harbour_archive(folder: Path) -> None:
    """The archive of research.md: two nights, three articles, one of them edited, all with their raw pages."""
    page = "http://kurir.test/luka"
    luka = Article(
        url=page,
        canonical_url=page,
        title="Luka čeka odgovor",
        authors=["Ivan Kovač"],
        published_at=NIGHT_1 - timedelta(hours=8),
        published_precision=Precision.MINUTE,
        published_as_written="9. 11. 2026. 19:00",
        language="hr",
        body="Pregovori u luci trajat će još tjedan dana, kažu iz sindikata.",
    )
    undated = Article(
        url="http://kurir.test/o-nama", canonical_url="http://kurir.test/o-nama", title="Undated", body="No date here."
    )
    with ArchiveWriter(folder, purpose="test") as writer:
        for name, home in (("harbour-news", "https://harbour-news.test/"), ("kurir", "http://kurir.test/")):
            writer.ledger.add_source(name, home=home, title=None, now=NIGHT_1)
        for night, articles in (
            (NIGHT_1, [harbour_talks("Harbour talks continue", "As new talks move forward."), luka, undated]),
            (NIGHT_2, [harbour_talks("Explainer: Harbour talks continue as dockers refuse the offer", HARBOUR_BODY)]),
        ):
            run = writer.ledger.start_run("crawl", {}, night)
            for article in articles:
                take_in(writer, article, "harbour-news" if article.url == HARBOUR else "kurir", run=run, now=night)
            writer.ledger.finish_run(run, "finished", night)


def harbour_talks(title: str, body: str) -> Article:
    date = Origin(origin="byline", confidence=0.7, rivals=(("feed", "2026-11-09T23:30:00Z"),), inferred="year")
    return Article(
        url=HARBOUR,
        canonical_url=HARBOUR,
        title=title,
        authors=["Ana Kovač"],
        published_at=NIGHT_1.replace(hour=0),
        published_precision=Precision.DAY,
        published_as_written="Nov 10",
        language="en-GB",
        body=body,
        origins={"published_at": date},
    )


def take_in(writer: ArchiveWriter, article: Article, source: str, *, run: int, now: datetime) -> None:
    """What a crawl does with an article: discovered, captured, kept."""
    assert article.url is not None
    hint = Hint(via=Via.FRONT, where=f"http://{source}.test/")
    writer.ledger.discover([Link(url=article.url, kind=Kind.PAGE, hint=hint)], source=source, run=run, now=now)
    entry = writer.ledger.entry(article.url)
    assert entry is not None
    answer = Exchange(
        url=article.url,
        asked=article.url,
        source=source,
        fetched_at=now,
        status=200,
        response_headers=(("Content-Type", "text/html; charset=utf-8"),),
        body=f"<!doctype html><h1>{article.title}</h1><p>{article.body}</p>".encode(),
    )
    capture = writer.keep(answer, run=run, url_id=entry.id)
    captured = Verdict(state=State.CAPTURED, outcome=None, capture_id=capture, full_answer=True)
    writer.ledger.settle(entry, captured, run=run, now=now)
    stored = writer.articles.store(article, source=source, seen_at=now, capture_id=capture, url_id=entry.id)
    kept = Verdict(state=State.KEPT, outcome=stored.outcome, article_id=stored.article_id)
    writer.ledger.settle(entry, kept, run=run, now=now)


# ── CONTRIBUTING.md ──────────────────────────────────────────────────────────────────────────────────


def test_the_tour_names_what_is_there_and_leaves_no_module_out() -> None:
    tour = CONTRIBUTING.partition("<!-- tour -->\n")[2].partition("\n\n")[0]
    named: set[str] = set()
    folder = ""
    for line in tour.splitlines():
        names = re.split("  +", line.strip())[0].split()  # the description stands two spaces behind them
        inside = line.startswith(" " * 6)
        folder = folder if inside else names[0]
        named |= {f"{folder if inside else ''}{name}".rstrip("/") for name in names}
    absent = {name for name in named if not (ROOT / name).exists()}
    assert not absent, f"CONTRIBUTING.md names what is not there: {sorted(absent)}"
    for package in ("crawler", "pipelines", "archive"):
        modules = {f"{package}/{path.name}" for path in (ROOT / package).glob("*.py") if not path.name.startswith("__")}
        assert modules <= named, f"CONTRIBUTING.md leaves out {sorted(modules - named)}"


def test_the_developers_commands_are_those_of_run_sh() -> None:
    offered = set(re.findall(r"(?m)^ {4}(\w+)\)", (ROOT / "run.sh").read_text(encoding="utf-8")))
    shown = set(re.findall(r"\./run\.sh (\w+)", CONTRIBUTING))
    assert shown == offered
