"""Each source's night against its own past: whole simulated months in a real database, and single nights by hand."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive.cli import archive_commands
from archive.health import Control, Figures, Finding, Health, Level, SourceNight, judge, judge_night
from archive.health.judging import overturned
from archive.health.nights import nights_of, source_nights_of
from archive.health.usual import past_of, usual_volume
from archive.health.values import Document, Fault, figures_from
from archive.health.verdicts import DOUBTFUL, MEANINGS
from archive.reading import Archive
from archive.record import plain
from archive.types import Kind, Outcome
from archive.writer import ArchiveWriter
from tests.archive.thirty_nights import LAST_NIGHT, PAPERS, Mishap, Nights, Paper, judged, one_more, simulate

TWO = (PAPERS[1], PAPERS[3])
COURIER = "millbrook-courier"


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirty ordinary nights of two papers, one of which comes out on Tuesdays and Fridays."""
    return simulate(tmp_path_factory.mktemp("month") / "archive", papers=TWO)


def after(month: Path, folder: Path, mishap: Mishap, *, nights: int = 1) -> SourceNight:
    """The courier's last night, with a mishap, after an ordinary month."""
    shutil.copytree(month, folder)
    one_more(folder, {COURIER: mishap}, nights=nights, papers=TWO)
    with Archive(folder) as archive:
        (night,) = [night for night in archive.health() if night.source == COURIER]
    return night


def test_an_ordinary_month_raises_no_alarm_at_all(month: Path) -> None:
    with Nights(month) as reading:
        found = reading.db.execute("select verdict, count(*) from source_nights group by 1").fetchall()
    assert found == [("fine", 60)]


def test_a_paper_of_two_days_a_week_is_not_quiet_on_the_others(month: Path, tmp_path: Path) -> None:
    shutil.copytree(month, tmp_path / "a")
    one_more(tmp_path / "a", {}, papers=TWO)
    with Archive(tmp_path / "a") as archive:
        told = {night.source: (night.verdict, night.evidence) for night in archive.health()}
    assert told["elbe-bote"] == (Health.FINE, ("0 new articles, where about 0 are usual on such a weekday.",))


CASES: list[tuple[Mishap, Health, str]] = [
    (Mishap(), Health.FINE, "are usual on such a weekday"),
    (Mishap(volume=0), Health.QUIET, "0 new articles tonight, where about"),
    (Mishap(failing="dns", detail="no such host"), Health.UNREACHABLE, "got no answer: 6 × its host was not found"),
    (
        Mishap(failing="network", detail="SSL: certificate verify failed"),
        Health.CERTIFICATE,
        "certificate verify failed",
    ),
    (Mishap(failing="http-403", status=403), Health.BLOCKED, "the site answered 403 Forbidden"),
    (Mishap(failing="http-500", status=500), Health.SERVER_ERRORS, "the site answered 500"),
    (Mishap(failing="off-site", detail="redirected to http://new.example/"), Health.MOVED, "http://new.example/"),
    (Mishap(rejected="blocked"), Health.BLOCKED, "answers refused us"),
    (Mishap(rejected="consent-wall", share=0.8), Health.CONSENT_WALL, "a consent dialog instead of an article"),
    (Mishap(rejected="login-wall"), Health.LOGIN_WALL, "asked for a login"),
    (Mishap(rejected="needs-javascript"), Health.NEEDS_JAVASCRIPT, "no text without JavaScript"),
    (Mishap(rejected="crashed"), Health.OURS, "could not be cleaned"),
    (Mishap(rejected="not-article"), Health.LAYOUT_CHANGED, "were not understood as articles"),
    (Mishap(paper={"words": 60}), Health.LAYOUT_CHANGED, "words in the middle, usually 4"),
    (Mishap(paper={"authors": 0, "pictures": 0}), Health.LAYOUT_CHANGED, "have an author (0%, usually"),
    (Mishap(paper={"dates": 0}), Health.DATES_GONE, "have a date (0%, usually 100%)"),
    (Mishap(paper={"authors": 0}), Health.AUTHORS_GONE, "have an author (0%, usually"),
    (Mishap(feed=("gone", "http-404")), Health.FEED_DEAD, "the site answered 404 Not Found, on this night"),
]


@pytest.mark.parametrize(("mishap", "verdict", "evidence"), CASES, ids=[f"{c[1]}-{n}" for n, c in enumerate(CASES)])
def test_each_mishap_has_its_verdict_with_the_numbers_that_show_it(
    month: Path, tmp_path: Path, mishap: Mishap, verdict: Health, evidence: str
) -> None:
    night = after(month, tmp_path / "a", mishap)
    assert (night.verdict, night.nights) == (verdict, 31 if verdict is Health.FINE else 1), night.evidence
    assert evidence in " ".join(night.evidence)


def test_a_feed_that_stands_still_while_the_paper_goes_on_is_dead(month: Path, tmp_path: Path) -> None:
    one = after(month, tmp_path / "one", Mishap(feed_still=True))
    assert one.verdict is Health.FINE
    four = after(month, tmp_path / "four", Mishap(feed_still=True), nights=4)
    assert four.verdict is Health.FEED_DEAD
    assert "brought nothing new for 4 nights" in four.evidence[0]


def test_a_feed_that_fails_once_is_forgiven_and_twice_is_not(month: Path, tmp_path: Path) -> None:
    assert after(month, tmp_path / "one", Mishap(feed=("failed", "timeout"))).verdict is Health.FINE
    twice = after(month, tmp_path / "two", Mishap(feed=("failed", "timeout")), nights=2)
    assert twice.verdict is Health.FEED_DEAD
    assert "on 2 nights in a row" in twice.evidence[0]


def test_a_sickness_is_counted_in_nights_and_does_not_become_what_is_usual(month: Path, tmp_path: Path) -> None:
    night = after(month, tmp_path / "a", Mishap(paper={"dates": 0}), nights=12)
    assert (night.verdict, night.nights) == (Health.DATES_GONE, 12)
    assert "usually 100%" in night.evidence[0]


def test_a_small_paper_that_falls_silent_is_noticed_within_days(tmp_path: Path) -> None:
    small = (Paper(name="small", week=(3, 3, 3, 3, 3, 3, 3)),)
    simulate(tmp_path / "a", papers=small)
    one_more(tmp_path / "a", {"small": Mishap(volume=0)}, nights=4, papers=small)
    with Archive(tmp_path / "a") as archive:
        (night,) = archive.health()
    assert night.verdict is Health.QUIET
    assert "0 new articles on the last 3 nights" in night.evidence[0]


# ── a first night, and other nights like no other ────────────────────────────────────────────────────


def figures(**changes: object) -> Figures:
    return Figures(
        **{  # type: ignore[arg-type]
            "hours_since": 24.0,
            "pages": {Outcome.NEW: 10},
            "reasons": {},
            "read": 2,
            "documents": (),
            "faults": {},
            "statuses": {"200": 12},
            "bytes": 1000,
            "filled": {"authors": 9, "published": 10, "image": 9},
            "words": 400.0,
        }
        | changes
    )


def past(*nights: Figures, verdict: Health = Health.FINE, hours: float = 24) -> list[SourceNight]:
    """Nights in order, the last of them a day before LAST_NIGHT."""
    count = len(nights)
    return [
        SourceNight(
            run=n + 1,
            source="gazette",
            at=LAST_NIGHT - timedelta(hours=hours * (count - n)),
            figures=each,
            verdict=verdict,
            evidence=(),
        )
        for n, each in enumerate(nights)
    ]


def test_a_first_night_is_judged_only_by_what_needs_no_past() -> None:
    ordinary = judge(LAST_NIGHT, figures(hours_since=None), [])
    assert ordinary.verdict is Health.FINE
    assert "No good night came before it, of the 7" in ordinary.evidence[0]
    walled = figures(
        hours_since=None,
        pages={Outcome.REJECTED: 20, Outcome.NEW: 2},
        reasons={Outcome.REJECTED: {"consent-wall": 20}},
    )
    found = judge(LAST_NIGHT, walled, [])
    assert found == Finding(
        verdict=Health.CONSENT_WALL, evidence=("20 of 22 pages showed a consent dialog instead of an article (91%).",)
    )


def test_a_wall_that_was_always_there_is_still_a_wall() -> None:
    walled = figures(
        pages={Outcome.REJECTED: 20}, reasons={Outcome.REJECTED: {"login-wall": 20}}, filled={}, words=None
    )
    before = past(*[walled] * 20, verdict=Health.LOGIN_WALL)
    assert judge(LAST_NIGHT, walled, before).verdict is Health.LOGIN_WALL


def test_the_first_nights_backlog_and_a_crawl_at_noon_are_no_measure_for_a_night() -> None:
    backlog = past(figures(hours_since=None, pages={Outcome.NEW: 900}))
    noon = figures(hours_since=0.5, pages={Outcome.NEW: 0})
    assert past_of(LAST_NIGHT, figures(), backlog).recent == ()
    assert judge(LAST_NIGHT, noon, past(*[figures()] * 20)).verdict is Health.FINE


def test_an_hourly_crawl_is_compared_with_its_own_time_of_day() -> None:
    hours = [figures(hours_since=1.0, pages={Outcome.NEW: 0 if n % 24 in (1, 2, 3) else 12}) for n in range(24 * 14)]
    at = LAST_NIGHT
    night = [
        SourceNight(
            run=n,
            source="gazette",
            at=at - timedelta(hours=len(hours) - n),
            figures=f,
            verdict=Health.FINE,
            evidence=(),
        )
        for n, f in enumerate(hours)
    ]
    near = past_of(at, figures(hours_since=1.0), night)
    assert {each.at.hour for each in near.recent} <= {0, 1, 2, 3, 4}
    assert len(near.recent) == 30


def test_what_is_usual_is_known_by_weekday_and_two_odd_nights_do_not_move_it() -> None:
    numbers = [(40 if (LAST_NIGHT - timedelta(days=28 - n)).weekday() < 5 else 8) for n in range(28)]
    numbers[3] = numbers[10] = 900
    before = past(*[figures(pages={Outcome.NEW: number}) for number in numbers])
    sunday = usual_volume(LAST_NIGHT, before)
    monday = usual_volume(LAST_NIGHT + timedelta(days=1), before)
    assert sunday is not None
    assert monday is not None
    assert (sunday.level, monday.level) == (8, 40)
    assert sunday.spread < 5


def test_pages_left_for_later_do_not_make_a_paper_quiet() -> None:
    before = past(*[figures(pages={Outcome.NEW: 40})] * 28)
    stopped = figures(pages={Outcome.NEW: 2, Outcome.WAITING: 38}, reasons={Outcome.WAITING: {"interrupted": 38}})
    found = judge(LAST_NIGHT, stopped, before)
    assert found.verdict is Health.UNFINISHED
    assert found.evidence == (
        "38 pages were left for a later run, 2 were asked for: the run was stopped before its turn came.",
    )


def test_a_site_that_asks_for_patience_is_slowed_and_not_sick() -> None:
    asked = figures(
        statuses={"200": 9, "429": 1}, reasons={Outcome.WAITING: {"asked to wait": 30}}, pages={Outcome.WAITING: 30}
    )
    found = judge(LAST_NIGHT, asked, past(*[figures()] * 10))
    assert (found.verdict, MEANINGS[found.verdict].level) == (Health.SLOWED, Level.WATCH)
    assert found.evidence == ("1 of 10 answers were 429 or 503; 30 pages were left for later.",)


@pytest.mark.parametrize(
    ("reason", "verdict"),
    [
        ("asked to wait", Health.SLOWED),
        ("host fails", Health.UNREACHABLE),
        ("host refuses", Health.BLOCKED),
    ],
)
def test_a_host_that_is_still_at_rest_from_an_earlier_night_is_told_by_why(reason: str, verdict: Health) -> None:
    resting = figures(statuses={}, documents=(), reasons={Outcome.WAITING: {reason: 30}}, pages={Outcome.WAITING: 30})
    found = judge(LAST_NIGHT, resting, past(*[figures()] * 10))
    assert found.verdict == verdict
    assert found.evidence[0].startswith("Nothing was asked for, 30 pages were left for later: ")


def test_a_site_that_answers_much_slower_than_it_used_to_is_slowed() -> None:
    before = past(*[figures(latency_s=0.6)] * 10)
    assert judge(LAST_NIGHT, figures(latency_s=1.9), before).verdict is Health.FINE
    found = judge(LAST_NIGHT, figures(latency_s=2.4), before)
    assert found == Finding(verdict=Health.SLOWED, evidence=("It took 2.4 s to answer on average, usually 0.6 s.",))
    assert judge(LAST_NIGHT, figures(latency_s=2.4), past(*[figures(latency_s=2.0)] * 10)).verdict is Health.FINE


@pytest.mark.parametrize(
    ("example", "verdict"),
    [
        ("http://x.example/robots.txt: CannotResolveHostError", Health.UNREACHABLE),
        ("http://x.example/robots.txt answered 502", Health.SERVER_ERRORS),
        ("http://x.example/robots.txt answered 429", Health.ROBOTS),
        ("http://x.example/robots.txt: BadCertificate", Health.CERTIFICATE),
    ],
)
def test_a_robots_txt_that_cannot_be_read_has_four_causes(example: str, verdict: Health) -> None:
    front = Document(
        kind=Kind.FRONT, url="http://x.example/", event="refused", reason="robots-unreachable", detail=example, new=0
    )
    night = figures(
        read=0,
        pages={},
        statuses={},
        documents=(front,),
        faults={"certificate" if "Cert" in example else "robots-unreachable": Fault(count=1, example=example)},
    )
    assert judge(LAST_NIGHT, night, []).verdict is verdict


def test_a_robots_txt_that_forbids_the_front_page_keeps_us_out() -> None:
    front = Document(kind=Kind.FRONT, url="http://x.example/", event="refused", reason="robots.txt", detail=None, new=0)
    found = judge(LAST_NIGHT, figures(documents=(front,)), [])
    assert found == Finding(
        verdict=Health.ROBOTS, evidence=("Its robots.txt forbids the front page, http://x.example/.",)
    )


def test_a_new_design_that_is_read_as_well_as_the_old_one_is_only_remarked() -> None:
    found = judge(LAST_NIGHT, figures(template_lines=4, template_seen=0), past(*[figures()] * 10))
    assert found.verdict is Health.FINE
    assert found.evidence == ("None of the 4 lines that it repeated is in tonight's 10 new articles: a new design.",)


def test_the_old_raw_pages_tell_who_changed() -> None:
    sick = Finding(verdict=Health.LAYOUT_CHANGED, evidence=("Shorter.",))
    control = Control(old=8, old_good=8, new=8, new_good=0, old_day="21 November", old_extractor="a 1", extractor="a 2")
    theirs = overturned(sick, control)
    assert theirs.verdict is Health.LAYOUT_CHANGED
    assert theirs.evidence[1].endswith("8 do so today; of 8 pages of tonight, 0: the site changed.")
    ours = overturned(sick, Control(**plain(control) | {"old_good": 1}))
    assert ours.verdict is Health.OURS
    assert "the cleaning changed, not the site (then a 1, now a 2)" in ours.evidence[1]
    unsure = overturned(sick, Control(**plain(control) | {"old_good": 5}))
    assert unsure.verdict is Health.LAYOUT_CHANGED
    assert "not plain enough" in unsure.evidence[1]
    assert overturned(sick, Control(**plain(control) | {"old": 0})) is sick


# ── in the database ──────────────────────────────────────────────────────────────────────────────────


def test_figures_are_read_back_as_they_were_stored() -> None:
    front = Document(kind=Kind.FEED, url="http://x.example/f", event="read", reason=None, detail=None, new=3)
    whole = figures(
        documents=(front,), faults={"dns": Fault(count=1, example=None)}, reasons={Outcome.GONE: {"http-404": 1}}
    )
    assert figures_from(json.loads(json.dumps(plain(whole)))) == whole


def test_judging_twice_changes_nothing_and_a_night_can_be_told_before_it_is_judged(month: Path, tmp_path: Path) -> None:
    shutil.copytree(month, tmp_path / "a")
    with Nights(tmp_path / "a", TWO) as writing:
        writing.number = 100_000
        run = writing.night(LAST_NIGHT, {COURIER: Mishap(volume=0)})
    with Archive(tmp_path / "a") as archive:
        told = archive.health()
        assert source_nights_of(archive._db, run) == told
    judged(tmp_path / "a", run)
    judged(tmp_path / "a", run)
    with Archive(tmp_path / "a") as archive:
        assert archive.health() == told
        assert len(nights_of(archive._db, COURIER, before=LAST_NIGHT + timedelta(days=1), most=100)) == 31


def test_how_fast_a_host_answers_is_known_of_the_last_night(month: Path, tmp_path: Path) -> None:
    shutil.copytree(month, tmp_path / "a")
    with Nights(tmp_path / "a", TWO) as writing:
        writing.db.execute(
            "insert into hosts values ('millbrook-courier.example', 0.4321, 1, 0, 0, 0, 0, null, null, ?)",
            ["2026-11-22T02:00:00Z"],
        )
        writing.number = 100_000
        run = writing.night(LAST_NIGHT)
    with Archive(judged(tmp_path / "a", run)) as archive:
        told = {night.source: night.figures.latency_s for night in archive.health()}
    assert told == {"millbrook-courier": 0.432, "elbe-bote": None}


def test_of_many_crawls_a_day_those_at_the_same_time_are_read(tmp_path: Path) -> None:
    with Nights(tmp_path / "a", (PAPERS[1],)) as writing:
        for hours in range(60, 0, -1):
            run = writing.night(LAST_NIGHT - timedelta(hours=hours))
    with ArchiveWriter(judged(tmp_path / "a", run), purpose="test") as writer:
        near = nights_of(writer.db, "elbe-bote", before=LAST_NIGHT, same_time=True)
        assert [night.at.hour for night in near] == [0, 1, 2, 3, 4, 0, 1]  # judged are the last thirty
        late = nights_of(writer.db, "elbe-bote", before=LAST_NIGHT.replace(hour=1), same_time=True)
        assert {night.at.hour for night in late} <= {23, 0, 1, 2, 3}


def test_crawls_that_nobody_judged_are_judged_with_the_next(tmp_path: Path) -> None:
    with Nights(tmp_path / "a", TWO) as writing:
        runs = [writing.night(LAST_NIGHT - timedelta(days=ago)) for ago in (3, 2, 1)]
    with ArchiveWriter(tmp_path / "a", purpose="test") as writer:
        writer.db.execute("update runs set arguments = json_object('backfill', '2024') where id = ?", [runs[1]])
        nights = judge_night(writer, runs[2], LAST_NIGHT)
        found = Counter(run for (run,) in writer.db.execute("select run_id from source_nights"))
    assert found == {runs[0]: 2, runs[2]: 2}
    assert {night.run for night in nights} == {runs[2]}


def test_every_verdict_says_what_is_likely_and_what_to_do() -> None:
    assert set(MEANINGS) == set(Health)
    for verdict, meaning in MEANINGS.items():
        assert bool(meaning.cause) == bool(meaning.next_step) == (verdict is not Health.FINE)
    assert set(Health) > DOUBTFUL


# ── nightdesk health ─────────────────────────────────────────────────────────────────────────────────


def health(*arguments: str | Path, status: int = 0) -> str:
    done = CliRunner().invoke(archive_commands, ["health", *map(str, arguments)])
    assert done.exit_code == status, done.output
    return done.output


@pytest.fixture(scope="module")
def walled(month: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("walled") / "archive"
    after(month, folder, Mishap(rejected="consent-wall"))
    return folder


def test_health_names_the_sick_first_with_cause_and_next_step(walled: Path) -> None:
    said = health("-a", walled)
    assert "2 sources: 1 sick, 0 to watch, 1 well" in said
    assert said.index("millbrook-courier: a consent dialog stands before its articles") < said.index("elbe-bote")
    assert "likely" in said
    assert "nobody here clicks" in said


def test_the_well_stand_in_80_columns_with_their_evidence_folded_under_itself(month: Path) -> None:
    lines = health("-a", month, "--run", "1").splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith("elbe-bote "))
    assert "No good night came before it" in lines[at]
    assert lines[at + 1].strip() and lines[at + 1].startswith(" " * 20)
    assert max(map(len, lines)) <= 80


def test_health_as_json_has_a_line_a_source_with_its_figures(walled: Path) -> None:
    sick, well = map(json.loads, health("-a", walled, "--json").splitlines())
    assert (sick["source"], sick["verdict"], sick["level"]) == (COURIER, "consent-wall", "sick")
    assert sick["figures"]["reasons"]["rejected"]["consent-wall"] > 3
    assert (well["source"], well["verdict"], well["cause"]) == ("elbe-bote", "fine", "")


def test_health_of_one_source_or_of_an_earlier_night(walled: Path) -> None:
    assert "elbe-bote: fine" in health("elbe-bote", "-a", walled)
    assert "2 well" in health("--run", "3", "-a", walled)
    assert "no source 'elbe'" in health("elbe", "-a", walled, status=5)
    assert "no run has the number 99" in health("--run", "99", "-a", walled, status=5)


def test_health_of_an_archive_without_a_crawl_says_so(tmp_path: Path) -> None:
    ArchiveWriter(tmp_path / "a", purpose="test").close()
    assert "no night so far" in health("-a", tmp_path / "a")


def test_times_are_compared_over_midnight() -> None:
    before = past(*[figures()] * 10)
    shifted = datetime(2026, 11, 22, 23, 50, tzinfo=UTC)
    assert len(past_of(shifted, figures(), before).recent) == 10
