"""The night's report: its numbers agree with the ledger, its page is safe and looks right in a browser."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html import escape, unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner
from prometheus_client.parser import text_string_to_metric_families

from archive.cli import archive_commands
from archive.errors import ArchiveError, NotFound
from archive.health import Level
from archive.reading import Archive
from archive.report import to_html, write_metrics, write_report
from archive.report.charts import Series, bars, lines
from archive.report.metrics import Metric, exposition
from archive.types import Outcome
from archive.writer import ArchiveWriter
from tests.archive.sample import NIGHT_1, Sample
from tests.archive.thirty_nights import A_BAD_NIGHT, Mishap, one_more, simulate
from tests.chromium import CHROMIUM, needs_chromium

EVIL = '"><script>alert(1)</script><img src=x onerror=alert(1)>&amp;'


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirty nights of six papers, the last of them a bad one for four."""
    folder = simulate(tmp_path_factory.mktemp("report") / "my-archive", nights=29)
    return one_more(folder, A_BAD_NIGHT)


@pytest.fixture(scope="module")
def page(archive: Path) -> str:
    with Archive(archive) as opened:
        return to_html(opened.report())


# ── what it tells ────────────────────────────────────────────────────────────────────────────────────


def test_its_numbers_are_those_of_the_ledger(archive: Path) -> None:
    with Archive(archive) as opened:
        report = opened.report()
        funnel = opened.funnel(report.run.id)
        assert sum(report.funnel.values()) == sum(sum(counts.values()) for counts in funnel.values())
        assert report.articles == len(opened)
        for earlier in (1, 15, 29):
            told, tonight = opened.report(earlier), report.nights[earlier - 1]
            assert told.nights[-1] == tonight
            assert tonight.new == told.funnel[Outcome.NEW]
    assert len(report.nights) == 30
    assert [night.run for night in report.nights] == list(range(1, 31))
    lost = sum(lost.count for lost in report.lost if lost.outcome in (Outcome.REJECTED, Outcome.FAILED))
    assert lost == report.funnel[Outcome.REJECTED] + report.funnel[Outcome.FAILED]


def test_the_sick_come_first_with_cause_and_next_step(archive: Path, page: str) -> None:
    with Archive(archive) as opened:
        report = opened.report()
    assert report.sick
    assert report.headline.endswith("4 sick, 0 to watch.")
    assert [source.night.source for source in report.at_level(Level.SICK)] == [
        "harbour-student", "capital-ledger", "orbit-daily", "millbrook-courier",
    ]  # fmt: skip
    text = words(page)
    places = [text.index(each) for each in ("Sick: 4 of 6", "Harbour-Student", "Millbrook-Courier", "Well: 2 sources")]
    assert places == sorted(places)
    for source in report.at_level(Level.SICK):
        for told in (source.night.words, source.night.cause, source.night.next_step, *source.night.evidence):
            assert told in text


def test_each_stage_of_the_funnel_says_what_became_of_the_rest(page: str) -> None:
    text = words(page[page.index("What became of the pages") :])
    stages = re.findall(r"(pages met|asked for|answered|articles|new articles) ([\d,]+)", text)[:5]
    numbers = [int(number) for _, number in stages]
    assert [name for name, _ in stages] == ["pages met", "asked for", "answered", "articles", "new articles"]
    assert numbers == sorted(numbers, reverse=True)
    left = re.findall(r"([\d,]+) (?:known and not due|failed|no articles|unchanged)", text)[:4]
    assert sum(map(int, left)) == numbers[0] - numbers[-1]


def test_as_json_it_tells_the_same(archive: Path) -> None:
    told = json.loads(run("--json", "-a", archive))
    assert (told["archive"], told["sick"], told["run"]["id"]) == ("my-archive", True, 30)
    assert [len(told["sources"]), len(told["nights"])] == [6, 30]
    first = told["sources"][0]
    assert (first["source"], first["verdict"], first["level"]) == ("harbour-student", "certificate", "sick")
    assert len(first["history"]) == 30
    assert first["history"][-1] == {"run": 30, "new": 0, "verdict": "certificate"}


def test_it_says_how_many_articles_no_list_showed_at_least(tmp_path: Path) -> None:
    simulate(tmp_path / "a", nights=3)
    with Sample(tmp_path / "a") as sample:
        rows = sample.db.execute(
            "select url_id from run_urls where run_id = 3 and outcome = 'new' and source = 'capital-ledger'"
        ).fetchall()
        for (url_id,) in rows[: len(rows) // 2]:
            sample.sighting(3, url_id, "https://capital-ledger.example/sitemap.xml", "sitemap")
    with Archive(tmp_path / "a") as archive:
        report = archive.report()
        told = {source.night.source: source for source in report.sources}
        completeness = told["capital-ledger"].completeness
        assert completeness == archive.completeness(3)["capital-ledger"]
    assert completeness is not None
    assert completeness.estimate is not None
    assert told["capital-ledger"].missed == "0 (0 to 0)"
    assert told["elbe-bote"].missed == ""
    assert "0 (0 to 0)" in words(to_html(report))
    assert json.loads(report.as_json())["sources"][0]["completeness"]["seen"] == len(rows)


def words(html: str) -> str:
    """The text of a page as a reader has it, spaces evened out."""
    return " ".join(unescape(re.sub(r"(?s)<style.*?</style>|<[^>]+>", " ", html)).split())


# ── safe ─────────────────────────────────────────────────────────────────────────────────────────────


def test_it_asks_for_nothing_and_runs_nothing(page: str) -> None:
    seen: list[tuple[str, str | None]] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            assert tag not in {"script", "link", "img", "iframe", "object", "embed", "base", "form", "video", "image"}
            for name, value in attrs:
                assert not name.startswith("on")
                assert name not in {"src", "srcset", "action", "background", "poster", "xlink:href"}
                seen.append((name, value))

    Reader().feed(page)
    assert {tag for tag, _ in seen} >= {"href", "viewBox".lower(), "content"}
    assert all(value and value.startswith("https://") for name, value in seen if name == "href")
    assert "url(" not in page
    assert "@import" not in page
    assert "content=\"default-src 'none'; style-src 'unsafe-inline'\"" in page


def test_whatever_an_archive_holds_is_escaped(tmp_path: Path) -> None:
    with Sample(tmp_path / "a<b>") as sample:
        run_id = sample.run(NIGHT_1)
        sample.source("evil", "javascript:alert(1)")
        sample.db.execute("update sources set title = ?", [EVIL])
        front = sample.url(f"https://evil.test/{EVIL}", source="evil", kind="front", state="failed")
        sample.event(run_id, front, "failed", reason=EVIL, detail=EVIL)
        for n in range(4):
            url = sample.url(f"https://evil.test/{n}{EVIL}", source="evil", state="failed")
            sample.outcome(run_id, url, "failed", EVIL, source="evil")
            sample.event(run_id, url, "failed", reason="network", detail=EVIL)
    with Archive(tmp_path / "a<b>") as archive:
        html = to_html(archive.report())
    assert "<script" not in html
    assert "<img" not in html
    assert 'href="javascript' not in html
    assert escape(EVIL).replace("&quot;", "&#34;") in html


# ── other nights ─────────────────────────────────────────────────────────────────────────────────────


def test_a_first_night_without_any_past_has_a_page(tmp_path: Path) -> None:
    with Archive(simulate(tmp_path / "a", nights=1)) as archive:
        html = to_html(archive.report())
    assert "All is well." in html
    assert "The night in pictures" in html


def test_a_killed_run_and_one_that_met_nothing_have_pages(tmp_path: Path) -> None:
    with Sample(tmp_path / "a") as sample:
        sample.run(NIGHT_1)
        sample.run(NIGHT_1, status="crashed")
    with Archive(tmp_path / "a") as archive:
        empty, killed = archive.report(1), archive.report(2)
    assert not empty.sick
    assert killed.sick
    assert "The run was killed." in to_html(killed)
    assert "never finished" in to_html(killed)
    assert "0 new articles from 0 sources" in to_html(empty)


def test_there_is_no_report_where_there_was_no_night(tmp_path: Path) -> None:
    with ArchiveWriter(tmp_path / "a", purpose="test") as writer:
        run_id = writer.ledger.start_run("import", {}, NIGHT_1)
        writer.ledger.finish_run(run_id, "finished", NIGHT_1)
    with Archive(tmp_path / "a") as archive:
        with pytest.raises(NotFound, match="no crawl so far"):
            archive.report()
        with pytest.raises(NotFound, match="is an import, not a night"):
            archive.report(run_id)


def test_charts_have_room_for_their_highest_bar_and_skip_what_is_not_known() -> None:
    one = [Series(name="new", style="c1", values=(3.0, 0.0, 9999.0))]
    drawn = bars(["1", "2", "3"], one, about="New articles")
    tops = [float(y) for y in re.findall(r'<rect[^>]* y="([\d.-]+)"', drawn)]
    assert len(tops) == 2
    assert min(tops) >= 8
    assert "10k" in drawn
    gap = lines(["1", "2", "3"], [Series(name="x", style="c1", values=(0.5, None, 1.0))], about="Shares")
    assert len(re.findall(r"[\d.]+,[\d.]+", gap)) == 2
    assert "<polyline" not in lines(["1"], [Series(name="x", style="c1", values=(None,))], about="Shares")


# ── files ────────────────────────────────────────────────────────────────────────────────────────────


def test_the_files_of_a_night_are_page_and_json_and_the_latest(archive: Path) -> None:
    path = write_report(archive, 30)
    assert path == archive / "reports" / "night-20261122-30.html"
    assert sorted(each.name for each in path.parent.iterdir()) == [
        "latest.html", "night-20261122-30.html", "night-20261122-30.json",
    ]  # fmt: skip
    assert path.read_bytes() == path.with_name("latest.html").read_bytes()
    assert json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))["run"]["id"] == 30
    shutil.rmtree(path.parent)
    path.parent.write_text("in the way", encoding="utf-8")
    with pytest.raises(ArchiveError, match="reports"):
        write_report(archive, 30)
    path.parent.unlink()


def run(*arguments: str | Path, status: int = 0) -> str:
    done = CliRunner().invoke(archive_commands, ["report", *map(str, arguments)])
    assert done.exit_code == status, done.output
    return done.stdout


def test_the_command_writes_where_it_is_told(archive: Path, tmp_path: Path) -> None:
    assert run("-a", archive) == f"{archive}/reports/night-20261122-30.html\n"
    assert run("5", "--html", tmp_path / "five.html", "-a", archive) == f"{tmp_path}/five.html\n"
    assert "run 5" in (tmp_path / "five.html").read_text(encoding="utf-8")
    assert run("--html", "-", "-a", archive).startswith("<!doctype html>")
    run("--html", tmp_path / "page.pdf", "-a", archive, status=1)
    run("--html", tmp_path / "nowhere" / "page.html", "-a", archive, status=1)
    run("--json", "--html", "-", "-a", archive, status=2)
    run("77", "-a", archive, status=5)
    run("5", "--metrics", tmp_path / "a.prom", "-a", archive, status=2)


def test_the_metrics_are_valid_and_those_of_the_night(archive: Path, tmp_path: Path) -> None:
    run("--metrics", tmp_path / "a.prom", "-a", archive)
    text = (tmp_path / "a.prom").read_text(encoding="utf-8")
    families = {family.name: family for family in text_string_to_metric_families(text)}
    assert len(families) == len(re.findall("# TYPE", text)) == len(re.findall("# HELP", text))
    assert all(family.type == "gauge" and family.samples and family.documentation for family in families.values())
    with Archive(archive) as opened:
        report = opened.report()
    pages = {sample.labels["outcome"]: sample.value for sample in families["nightdesk_pages"].samples}
    assert pages == {str(outcome): report.funnel.get(outcome, 0) for outcome in Outcome}
    verdict = {s.labels["source"]: s.labels["verdict"] for s in families["nightdesk_source_verdict"].samples}
    assert verdict["orbit-daily"] == "consent-wall"
    assert {s.labels["level"]: s.value for s in families["nightdesk_sources"].samples} == {
        "well": 2,
        "watch": 0,
        "sick": 4,
    }
    (finished,) = families["nightdesk_run_finished_timestamp_seconds"].samples
    assert finished.value == report.run.finished_at.timestamp()  # type: ignore[union-attr]


def test_metrics_escape_their_labels_as_the_format_wants() -> None:
    name = 'a "quoted\\ name"\nof two lines'
    (family,) = text_string_to_metric_families(
        exposition([Metric(name="x", help="Lines\\ and\nmore.", samples=(((("source", name),), 0.5),))])
    )
    assert (family.samples[0].labels, family.samples[0].value) == ({"source": name}, 0.5)
    assert family.documentation == "Lines\\ and\nmore."


def test_metrics_of_an_archive_without_a_night_leave_the_old_file(tmp_path: Path) -> None:
    ArchiveWriter(tmp_path / "a", purpose="test").close()
    target = tmp_path / "a.prom"
    target.write_text("as it was", encoding="utf-8")
    with pytest.raises(NotFound):
        write_metrics(tmp_path / "a", target)
    assert target.read_text(encoding="utf-8") == "as it was"


# ── in a browser ─────────────────────────────────────────────────────────────────────────────────────


#: Puts the page into frames of several widths and says what sticks out of each, and how much of it is drawn.
PROBE = """<!doctype html><meta charset="utf-8"><body><script>
const page = PAGE, widths = [320, 360, 768, 1280], told = {};
for (const width of widths) {
  const frame = document.createElement("iframe");
  frame.width = width; frame.height = 900; frame.srcdoc = page;
  frame.onload = () => {
    const doc = frame.contentDocument, out = [];
    for (const element of doc.querySelectorAll("main *")) {
      const box = element.getBoundingClientRect();
      if (box.width && (box.right > width + 0.5 || box.left < -0.5) && !element.closest(".scroll")) {
        out.push(element.tagName + " " + element.className + " " + box.right);
      }
    }
    const charts = [...doc.querySelectorAll("svg.chart")].map(each => Math.round(each.getBoundingClientRect().width));
    const style = getComputedStyle(doc.body);
    told[width] = {out, charts, scroll: doc.documentElement.scrollWidth, height: doc.documentElement.scrollHeight,
      paper: style.backgroundColor, ink: style.color};
    if (Object.keys(told).length == widths.length) document.title = JSON.stringify(told);
  };
  document.body.append(frame);
}
</script>"""


def chromium(profile: Path, *arguments: str) -> str:
    """What headless Chromium prints."""
    fixed = (
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--hide-scrollbars",
        "--no-first-run",
        f"--user-data-dir={profile}",
    )
    done = subprocess.run([CHROMIUM, *fixed, *arguments], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@needs_chromium
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_in_a_browser_nothing_sticks_out_at_any_width_in_either_theme(page: str, tmp_path: Path, theme: str) -> None:
    probe = tmp_path / "probe.html"
    probe.write_text(PROBE.replace("PAGE", json.dumps(page).replace("</", "<\\/")), encoding="utf-8")
    number = {"dark": 0, "light": 1}[theme]
    drawn = chromium(
        tmp_path / "profile",
        "--virtual-time-budget=10000",
        f"--blink-settings=preferredColorScheme={number}",
        "--dump-dom",
        probe.as_uri(),
    )
    (title,) = re.findall(r"(?s)<title>(.*?)</title>", drawn)[:1]
    for width, told in json.loads(unescape(title)).items():
        assert told["out"] == [], f"at {width} pixels"
        assert told["scroll"] <= int(width)
        assert told["height"] > 1000
        assert len(told["charts"]) == 6
        assert min(told["charts"]) > 240
        paper, ink = (sum(map(int, re.findall(r"\d+", told[part])[:3])) for part in ("paper", "ink"))
        assert (paper < ink) == (theme == "dark")
        assert abs(paper - ink) > 400


@needs_chromium
def test_in_a_browser_the_page_is_not_blank(page: str, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    shot = tmp_path / "page.png"
    chromium(tmp_path / "profile", f"--screenshot={shot}", "--window-size=1000,1600", (tmp_path / "page.html").as_uri())
    blank = tmp_path / "blank.png"
    (tmp_path / "blank.html").write_text("<!doctype html><title>blank</title>", encoding="utf-8")
    chromium(
        tmp_path / "profile", f"--screenshot={blank}", "--window-size=1000,1600", (tmp_path / "blank.html").as_uri()
    )
    assert shot.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    # Packed, an empty page of this size is some kilobytes, one with text and charts a hundred.
    assert shot.stat().st_size > 10 * blank.stat().st_size


@needs_chromium
def test_printed_it_keeps_its_charts(page: str, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    paper = tmp_path / "page.pdf"
    chromium(tmp_path / "profile", f"--print-to-pdf={paper}", (tmp_path / "page.html").as_uri())
    assert paper.read_bytes()[:5] == b"%PDF-"
    assert paper.stat().st_size > 30_000


def test_a_page_of_two_thousand_sources_stays_small_enough_to_send(tmp_path: Path) -> None:
    with Archive(simulate(tmp_path / "a", nights=9)) as archive:
        report = archive.report()
    html = to_html(report)
    row = re.findall(r"(?s)<tr><td>.*?</tr>", html)
    assert row
    assert 2000 * max(map(len, row)) < 4_000_000


def test_a_sickness_that_stays_says_for_how_many_nights(tmp_path: Path) -> None:
    folder = simulate(tmp_path / "a", nights=4)
    one_more(folder, {"elbe-bote": Mishap(failing="http-403", status=403)}, nights=3)
    with Archive(folder) as archive:
        assert "for 3 nights" in to_html(archive.report())
