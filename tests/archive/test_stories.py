"""Stories: copies are found in every disguise, what only looks like one is not; changes, deletions and kills."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlite_utils import Database

from archive.afterwards import catch_up
from archive.cli import archive_commands
from archive.reading import Archive
from archive.schema import APPLICATION_ID, migrate, migrations
from archive.stories.credit import credit_of
from archive.stories.grouping import Stories
from archive.stories.shingles import WINDOW, shingles_of
from archive.writer import ArchiveWriter
from bench.copies import Piece, Writer, a_piece, embedded, independent
from bench.copies import Writer as Prose
from bench.stories import by_nightdesk, judge, make_set
from tests.archive.sample import Sample
from tests.archive.test_articles import store
from tests.conftest import NOW, an_article


@pytest.fixture
def prose() -> Prose:
    return Writer(rng=random.Random(5))


@pytest.fixture
def piece(prose: Prose) -> Piece:
    return a_piece(prose, "piece", 300)


class Desk:
    """Articles into an archive, as texts; stories out."""

    def __init__(self, folder: Path) -> None:
        self.sample = Sample(folder)
        self.stories = Stories(self.sample.db)
        self.number = 0

    def add(self, body: str | list[str], *, source: str = "", day: int = 1, **columns: object) -> str:
        self.number += 1
        source = source or f"paper-{self.number}"
        text = body if isinstance(body, str) else "\n\n".join(body)
        at = f"2026-11-{day:02}T08:{self.number % 60:02}:00Z"
        url = f"https://{source}.test/{self.number}"
        return self.sample.article(f"Headline {self.number}", text, url=url, source=source, published_at=at, **columns)

    def change(self, id_: str, body: list[str]) -> None:
        self.sample.db.execute(
            "update articles set body = ?, content_hash = content_hash || 'x' where id = ?", ["\n\n".join(body), id_]
        )

    def group(self) -> list[set[str]]:
        self.stories.catch_up(self.sample.db.conn.commit)
        return self.found()

    def found(self) -> list[set[str]]:
        groups: dict[str, set[str]] = {}
        for id_, story in self.sample.db.execute("select article_id, story from story_members"):
            groups.setdefault(story, set()).add(id_)
        assert all(story in members for story, members in groups.items())
        return list(groups.values())


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path / "archive")
    with made.sample:
        yield made


def test_a_copy_with_its_tail_cut_and_a_local_paragraph_is_of_the_story(desk: Desk, piece: Piece, prose: Prose) -> None:
    first = desk.add(piece.paragraphs)
    copy = desk.add([*prose.paragraphs(60), *piece.paragraphs[:4]])
    desk.add(prose.paragraphs(300))
    assert desk.group() == [{first, copy}]


def test_a_short_piece_inside_a_long_article_is_found_whichever_came_first(desk: Desk, prose: Prose) -> None:
    brief, other = a_piece(prose, "a", 80), a_piece(prose, "b", 80)
    inside = {desk.add(brief.paragraphs), desk.add(embedded(prose, brief))}
    outside = {desk.add(embedded(prose, other)), desk.add(other.paragraphs)}
    assert sorted(map(sorted, desk.group())) == sorted(map(sorted, [inside, outside]))


def test_an_independent_report_with_the_same_quotes_is_another_story(desk: Desk, piece: Piece, prose: Prose) -> None:
    desk.add(piece.paragraphs)
    desk.add(independent(prose, piece))
    assert desk.group() == []


def test_a_form_that_is_filled_anew_every_day_is_a_new_story_every_day(desk: Desk, prose: Prose) -> None:
    lines = [" ".join(prose.words(14)) for _ in range(8)]
    for day in range(1, 6):
        desk.add([f"{line} {prose.rng.randint(100, 9999)}." for line in lines], source="gazette", day=day)
    assert desk.group() == []


def test_terms_that_a_paper_prints_under_everything_make_no_story(desk: Desk, prose: Prose) -> None:
    terms = prose.paragraphs(120)
    for day in range(1, 7):
        desk.add([*prose.paragraphs(90), *terms], source="gazette", day=day)
    assert desk.group() == []
    # By now they are known, and short texts with hardly anything else are none either.
    desk.add([*prose.paragraphs(30), *terms], source="gazette", day=9)
    desk.add([*prose.paragraphs(30), *terms], source="courier", day=9)
    assert desk.group() == []


def test_a_page_of_briefs_does_not_make_one_story_of_its_pieces(desk: Desk, prose: Prose) -> None:
    briefs = [a_piece(prose, str(n), 90).paragraphs for n in range(5)]
    page = desk.add([paragraph for brief in briefs for paragraph in brief])
    pieces = [desk.add(brief) for brief in briefs]
    again = [desk.add(brief) for brief in briefs]
    groups = desk.group()
    assert all(len(group - {page}) <= 2 for group in groups)
    assert all(any({one, two} <= group for group in groups) for one, two in zip(pieces, again, strict=True))


def test_a_copy_that_shows_two_stories_to_be_one_joins_them_under_the_first_ones_name(desk: Desk, prose: Prose) -> None:
    text = a_piece(prose, "a", 600).paragraphs
    start = [desk.add(text[:7]), desk.add(text[:7])]
    end = [desk.add(text[4:]), desk.add(text[4:])]
    assert len(desk.group()) == 2
    whole = desk.add(text)
    (story,) = desk.group()
    assert story == {*start, *end, whole}
    assert desk.sample.db.execute("select distinct story from story_members").fetchall() == [(start[0],)]


def test_an_article_that_was_rewritten_leaves_its_story_and_may_come_back(
    desk: Desk, piece: Piece, prose: Prose
) -> None:
    first, second, third = (desk.add(piece.paragraphs) for _ in range(3))
    assert desk.group() == [{first, second, third}]
    desk.change(first, prose.paragraphs(300))
    assert desk.group() == [{second, third}]
    desk.change(first, piece.paragraphs)
    assert desk.group() == [{first, second, third}]
    names = {name for (name,) in desk.sample.db.execute("select story from story_members")}
    assert names == {first}, "stored first, and so the story's name again"


def test_a_deleted_article_is_gone_from_its_story_and_from_what_is_looked_up(desk: Desk, piece: Piece) -> None:
    desk.sample.db.execute("pragma foreign_keys = on")
    first, second, third = (desk.add(piece.paragraphs) for _ in range(3))
    desk.group()
    for gone, left in ((first, [{second, third}]), (third, [])):
        desk.sample.db.execute("delete from articles where id = ?", [gone])
        assert desk.group() == left
    numbers = "select number from story_texts"
    assert desk.sample.db.execute(f"select count(*) from story_prints where number not in ({numbers})").fetchone() == (
        0,
    )
    assert desk.sample.db.execute("select count(*) from story_texts").fetchone() == (1,)


def test_a_process_that_is_killed_between_two_commits_leaves_nothing_undone(
    tmp_path: Path, prose: Prose, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archive.stories.grouping._BATCH", 3)
    texts = [a_piece(prose, str(n), 120).paragraphs for n in range(4)] * 3
    found = []
    for name in ("whole", "killed"):
        desk = Desk(tmp_path / name)
        with desk.sample:
            for text in texts:
                desk.add(text)
            desk.sample.db.conn.commit()
            while name == "killed" and desk.sample.db.execute("select count(*) from story_due").fetchone()[0] > 3:
                left = iter([True])

                def commit_once(left: Iterator[bool] = left, desk: Desk = desk) -> None:
                    if not next(left, False):
                        raise KeyboardInterrupt
                    desk.sample.db.conn.commit()

                with pytest.raises(KeyboardInterrupt):
                    desk.stories.catch_up(commit_once)
                desk.sample.db.conn.rollback()
            found.append(sorted(map(sorted, desk.group())))
    assert found[0] == found[1]
    assert len(found[0]) == 4


def test_a_piece_that_a_hundred_papers_have_is_one_story_and_looked_up_by_the_first_ones(
    desk: Desk, piece: Piece
) -> None:
    copies = {desk.add(piece.paragraphs, day=1 + n // 60) for n in range(100)}
    assert desk.group() == [copies]
    most = "select max(n) from (select count(*) n from story_prints group by print)"
    assert desk.sample.db.execute(most).fetchone() == (32,)


SCRIPTS = {
    "zh": "市政府星期二宣布，港口的谈判将在下周继续进行。码头工人工会表示，最新的提议并不严肃，因为它与上一轮的提议"
    "相同。港务局长在记者会上说，双方都希望在年底之前达成协议，否则新的起重机将无法按时投入使用。",
    "ja": "市は火曜日、港湾での交渉を来週も続けると発表した。港湾労働者の組合は、新しい提案は前回と同じもので真剣な"
    "内容ではないと述べた。港湾局長は会見で、年内に合意できなければ新しいクレーンの稼働が遅れるとの見通しを示"
    "した。",
    "th": "เทศบาลประกาศเมื่อวันอังคารว่าการเจรจาเรื่องท่าเรือจะดำเนินต่อไปในสัปดาห์หน้า สหภาพคนงานท่า"
    "เรือกล่าวว่าข้อเสนอใหม่ไม่จริงจังเพราะเหมือนกับข้อเสนอครั้งก่อนทุกประการ ผู้อำนวยการท่าเรื"
    "อหวังว่าจะตกลงกันได้ก่อนสิ้นปีนี้",
    "hi": "नगर परिषद ने मंगलवार को कहा कि बंदरगाह पर बातचीत अगले सप्ताह भी जारी रहेगी। मज़दूर संघ का "
    "कहना है कि नया प्रस्ताव गंभीर नहीं है, क्योंकि वह पिछले दौर के प्रस्ताव जैसा ही है। बंदरगा"
    "ह के निदेशक को उम्मीद है कि साल के अंत से पहले समझौता हो जाएगा और नई क्रेनें चलेंगी।",
    "ar": "أعلن مجلس المدينة يوم الثلاثاء أن المحادثات في الميناء ستستمر الأسبوع المقبل. وقالت نقابة "
    "عمال الميناء إن العرض الجديد ليس جاداً لأنه مطابق لعرض الجولة السابقة. ويأمل مدير الميناء "
    "في التوصل إلى اتفاق قبل نهاية العام حتى تبدأ الرافعات الجديدة العمل.",
    "ko": "시는 화요일 항만 협상이 다음 주에도 계속된다고 발표했다. 항만 노동조합은"
    " 새 제안이 지난번 제안과 같아서 진지하지"
    " 않다고 말했다. 항만청장은 기자회견에서 연말 이전에 합의하지 못하면 새 크레인의 가동이 늦어질 것이라고 내다봤다."
    " 양측은 다음 주 다시 만난다.",
}


def test_copies_are_found_in_scripts_with_and_without_spaces(desk: Desk) -> None:
    pairs = []
    for text in SCRIPTS.values():
        pairs.append({desk.add(text), desk.add(f"{text[: len(text) * 3 // 4]}")})
    assert sorted(map(sorted, desk.group())) == sorted(map(sorted, pairs))


def test_texts_that_share_a_passage_share_a_chosen_shingle(prose: Prose) -> None:
    for _ in range(100):
        passage = prose.words(WINDOW + 4)
        one, two = ([*prose.words(40), *passage, *prose.words(50)] for _ in range(2))
        assert shingles_of(" ".join(one)).prints & shingles_of(" ".join(two)).prints
    assert shingles_of("").prints == shingles_of("four words only here").prints == frozenset()


def test_case_quotes_spaces_and_composed_letters_make_no_difference() -> None:
    text = "„Straße“ und Café — so hieß es, und über allem “Don’t” und ﬁnal words behind it all"
    other = '"STRASSE"  und\nCafe\u0301 - SO HIESS ES, und u\u0308ber allem "Don\'t" und final words behind it all'
    assert shingles_of(text).hashes == shingles_of(other).hashes


@pytest.mark.parametrize(
    "body", ["", "Short.", "1 2 3 4 5 6 7 8 9 10" * 40, "word " * 3000, "\ud800 x" * 50, "。" * 500]
)
def test_any_text_is_taken_up(desk: Desk, body: str) -> None:
    body = body.encode("utf-8", "replace").decode()
    desk.add(body)
    desk.add(body)
    desk.group()
    assert desk.sample.db.execute("select count(*) from story_due").fetchone() == (0,)


@pytest.mark.parametrize(
    ("authors", "body", "credit"),
    [
        (["dpa"], "Ein Text.", ("dpa", "byline", "dpa")),
        (["Ana Kovač", "The Associated Press"], "A text.", ("AP", "byline", "The Associated Press")),
        ([], "LONDON, Nov 10 (Reuters) - The talks went on.", ("Reuters", "dateline", "LONDON, Nov 10 (Reuters) -")),
        ([], "NEW YORK (AP) — The talks went on.", ("AP", "dateline", "NEW YORK (AP) —")),
        ([], "Kiel (dpa/lno) – Die Gespräche gehen weiter.", ("dpa", "dateline", "Kiel (dpa/lno) –")),
        ([], "(ANSA) - ROMA, 10 NOV - I colloqui continuano.", ("ANSA", "dateline", "(ANSA) -")),
        ([], "MADRID, 10 (EUROPA PRESS) Las conversaciones siguen.", ("Europa Press", "dateline", None)),
        ([], "МОСКВА, 10 ноя — РИА Новости. Переговоры.", ("RIA Novosti", "dateline", None)),
        ([], "新华社北京11月10日电 谈判继续。", ("Xinhua", "dateline", None)),
        ([], "【ニューヨーク共同】交渉は続く。", ("Kyodo", "dateline", None)),
        ([], "Die Gespräche gehen weiter.\n\nQuelle: dpa", ("dpa", "signature", "Quelle: dpa")),
        ([], "Die Gespräche gehen weiter.\n\ndpa/AFP", ("dpa", "signature", "dpa/AFP")),
        ([], "The talks went on.\n\n(Reporting by A. Kovač; Editing by J. Doe)", ("Reuters", "signature", None)),
        ([], "The talks went on.\n\n© 2026 AFP", ("AFP", "signature", "© 2026 AFP")),
        ([], "“The talks go on,” she told the Associated Press.", None),
        ([], "A text (AP Photo/Jo Doe) of somebody.", None),
        (["Ana Kovač"], "The WHO (World Health Organization) met on Monday.", None),
        ([], "The beta version was shown.\n\nBeta", None),
        ([], "", None),
    ],
)
def test_an_agency_is_credited_where_the_text_is_signed(
    authors: list[str], body: str, credit: tuple[str, str, str | None] | None
) -> None:
    found = credit_of(authors, body)
    assert (found and (found.agency, found.origin)) == (credit and credit[:2])
    if found and credit and credit[2]:
        assert found.evidence == credit[2]


def test_precision_and_recall_hold_on_a_seeded_set_with_known_truth() -> None:
    articles = make_set(seed=7, pieces=14)
    told = judge(articles, by_nightdesk(articles))
    assert told["pairs"] > 150  # type: ignore[operator]
    assert told["precision"] >= 0.95, told["wrong"]  # type: ignore[operator]
    assert told["recall"] >= 0.95, told["missed"]  # type: ignore[operator]


def test_an_archive_of_before_is_taken_up_from_its_oldest_article_on(tmp_path: Path, piece: Piece) -> None:
    old = Database(tmp_path / "archive.db")
    old.execute(f"pragma application_id = {APPLICATION_ID}")
    migrations.apply(old, stop_before="m009_stories_and_edits")
    sample = Sample.__new__(Sample)
    sample.folder, sample.db, sample._offset = tmp_path, old, 0
    later = sample.article("Later", "\n\n".join(piece.paragraphs), published_at="2026-11-12T08:00:00Z")
    earlier = sample.article("Earlier", "\n\n".join(piece.paragraphs), published_at="2026-11-11T08:00:00Z")
    old.conn.commit()
    migrate(old, "archive.db")
    Stories(old).catch_up(old.conn.commit)
    assert set(old.execute("select article_id, story from story_members")) == {(earlier, earlier), (later, earlier)}
    old.close()


def test_what_the_crawl_stores_is_due_and_what_it_only_sees_again_is_not(writer: ArchiveWriter) -> None:
    due = "select count(*) from story_due"
    stored = store(writer, an_article())
    assert writer.db.execute(due).fetchone() == (1,)
    assert catch_up(writer) == 1
    store(writer, an_article(), at=NOW + timedelta(hours=1))
    assert writer.db.execute(due).fetchone() == (0,)
    store(writer, an_article(body="Another text altogether."), at=NOW + timedelta(hours=2))
    assert writer.db.execute("select article_id from story_due").fetchall() == [(stored.article_id,)]


# ── what a reader sees ───────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """An archive with a story of three copies, one undated, and an article by itself; the ids of the copies."""
    prose = Writer(rng=random.Random(6))
    piece = a_piece(prose, "piece", 200)
    desk = Desk(tmp_path_factory.mktemp("told") / "archive")
    with desk.sample:
        ids = [
            desk.add(piece.paragraphs, source="kurir", day=8, authors=["dpa"]),
            desk.add([*piece.paragraphs, "dpa"], source="gazette", day=7),
            desk.add([*prose.paragraphs(60), *piece.paragraphs[:5]], source="gazette", day=9, language="hr"),
        ]
        ids.append(desk.add(prose.paragraphs(100), source="gazette", day=9))
        desk.group()
    return desk.sample.folder, ids


def run(folder: Path, *arguments: str, status: int = 0) -> Result:
    result = CliRunner().invoke(archive_commands, [*arguments, "-a", str(folder)])
    assert result.exit_code == status, result.output
    return result


def test_a_story_names_its_earliest_copy_its_papers_and_its_agency(told: tuple[Path, list[str]]) -> None:
    folder, (first, second, third, alone) = told
    with Archive(folder) as archive:
        story = archive.story(third)
        assert story is not None
        assert story.id == first, "stored first"
        assert [copy.id for copy in story.copies] == [second, first, third], "in the order of their dates"
        assert (story.earliest.id, story.sources) == (second, ("gazette", "kurir"))
        assert story.credit is not None
        assert (story.credit.agency, story.credit.origin) == ("dpa", "signature")
        assert story.copies[1].nearest is None
        assert 0.4 < story.copies[2].share <= 1
        assert archive.get(third).story == first
        assert (archive.story(alone), archive.get(alone).story) == (None, None)
        assert [each.story for each in archive.articles(source="kurir")] == [first]
        assert [found.id for found in archive.stories()] == [first]
        assert [found.id for found in archive.stories(language="hr")] == [first], "one copy that matches will do"
        assert list(archive.stories(least=4)) == list(archive.stories("nosuchword")) == []


def test_the_verb_lists_stories_and_their_copies(told: tuple[Path, list[str]]) -> None:
    folder, (first, second, third, alone) = told
    listed = run(folder, "stories").stdout
    assert "Headline 2" in listed
    assert "3 copies in 2 sources" in listed
    assert "first gazette, 2026-11-07 08:02" in " ".join(listed.split())
    assert "dpa (signature)" in listed
    whole = run(folder, "stories", "--of", third).stdout
    assert all(each in whole for each in (first, second, third))
    assert "of the shorter text shared with" in " ".join(whole.split())
    (line,) = run(folder, "stories", "--json").stdout.splitlines()
    assert [copy["id"] for copy in json.loads(line)["copies"]] == [second, first, third]
    nothing = run(folder, "stories", "--of", alone)
    assert (nothing.stdout, nothing.stderr) == ("", "the archive has no other copy of it\n")
    assert "no story has so many copies" in run(folder, "stories", "--least", "9").stderr
    assert "leave out the query" in run(folder, "stories", "word", "--of", alone, status=2).stderr


def test_show_tells_the_other_copies(told: tuple[Path, list[str]]) -> None:
    folder, (first, second, third, alone) = told
    shown = run(folder, "show", first).stdout.partition("Other copies")[2]
    assert second in shown
    assert third in shown
    assert first not in " ".join(shown.split()).replace(f"shared with {first}", "")
    as_json = json.loads(run(folder, "show", first, "--json").stdout)
    assert (as_json["story"], [copy["id"] for copy in as_json["copies"]]) == (first, [second, third])
    assert "Other copies" not in run(folder, "show", alone).stdout


def test_articles_that_wait_are_told_of_and_taken_up_on_request(tmp_path: Path, piece: Piece) -> None:
    with Desk(tmp_path / "a").sample as sample:
        for name in ("gazette", "kurir"):
            sample.article("Title", "\n\n".join(piece.paragraphs), url=f"https://{name}.test/1", source=name)
    waiting = run(sample.folder, "stories")
    assert "2 articles still wait for it" in waiting.stderr
    updated = run(sample.folder, "stories", "--update")
    assert "2 copies in 2 sources" in updated.stdout
    assert "wait" not in updated.stderr
