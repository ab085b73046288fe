"""An archive's folder in, Findings out: what would keep a night from going well, each with its remedy.

Nothing is written but a file that is removed at once, and nothing is asked of the network.
"""

from __future__ import annotations

import importlib
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

from archive.checkup import Checkup, check_up, sqlite_here
from archive.errors import ArchiveError
from archive.lock import WriterLock
from archive.times import iso, utc_now
from archive.version import __version__
from crawler.errors import ConfigError
from crawler.fetch.browser import find_chromium, missing
from crawler.rendering import NEVER
from crawler.sources import FILE, CrawlConfig, load_config, require_contact

Grade = Literal["fine", "warning", "wrong"]

_PACKAGES = ("scrapy", "trafilatura", "lxml", "sqlite_utils", "warcio", "feedparser", "bs4")
#: File descriptors: one for each host at work, the database, the WARC, the workers' pipes.
_FILES = 1024
_LEAST_FREE = 2 * 10**9
#: Nights like the last that must still fit on the disk.
_NIGHTS_LEFT = 14
#: Kinds of file systems on which SQLite's locks cannot be trusted (names as in /proc/mounts).
_NETWORK = ("nfs", "cifs", "smb", "fuse.sshfs", "9p", "afs", "ceph", "glusterfs", "lustre", "fuse.s3fs", "fuse.rclone")
#: No machine of this program has an older clock.
_NOT_BEFORE = datetime.fromisoformat("2026-11-01T00:00:00+00:00")
_SKEW = timedelta(minutes=5)
#: For a browser to tell its version.
_SECONDS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    #: What was looked at: ``python``, ``disk`` …
    name: str
    grade: Grade
    #: What was found, in a few words.
    said: str
    #: What to do about it; None where nothing is to be done.
    remedy: str | None = None


def _fine(name: str, said: str) -> Finding:
    return Finding(name=name, grade="fine", said=said)


def _warning(name: str, said: str, remedy: str) -> Finding:
    return Finding(name=name, grade="warning", said=said, remedy=remedy)


def _wrong(name: str, said: str, remedy: str) -> Finding:
    return Finding(name=name, grade="wrong", said=said, remedy=remedy)


def examine(folder: Path) -> Iterator[Finding]:
    """Look at everything, one thing after the other; what one look needs and has not got, it leaves out."""
    yield _python()
    yield _packages()
    yield _sqlite()
    yield _open_files()
    checkup = check_up(folder)
    yield _clock(checkup)
    if not folder.is_dir():
        remedy = f"make an archive there: nightdesk init {folder}"
        yield _wrong("folder", f"{folder} does not exist", remedy)
        return
    yield _folder(folder)
    yield _file_system(folder)
    yield _disk(folder, checkup)
    config, finding = _config(folder)
    yield finding
    if config is not None:
        yield _contact(config)
        yield _rendering(config)
    yield _database(folder, checkup)
    yield _warc(folder, checkup)
    yield _lock(folder)
    yield _last_run(checkup)


def _python() -> Finding:
    found = ".".join(map(str, sys.version_info[:3]))
    return _fine("python", f"Python {found}, nightdesk {__version__}")


def _packages() -> Finding:
    broken = []
    for name in _PACKAGES:
        try:
            importlib.import_module(name)
        except Exception as error:  # noqa: BLE001 (a broken package may raise whatever it likes at import)
            broken.append(f"{name} ({type(error).__name__}: {error})")
    if broken:
        return _wrong(
            "packages",
            f"cannot be imported: {'; '.join(broken)}",
            "install again with constraints.txt: pip install -c constraints.txt -e .",
        )
    return _fine("packages", f"scrapy {_version('scrapy')}, trafilatura {_version('trafilatura')}")


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "?"


def _sqlite() -> Finding:
    version, problem = sqlite_here()
    if problem is not None:
        remedy = "use a Python whose SQLite is newer and has FTS5: that of any Linux distribution of these years"
        return _wrong("sqlite", f"SQLite {version}: {problem}", remedy)
    return _fine("sqlite", f"SQLite {version} with FTS5")


def _open_files() -> Finding:
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if limit != resource.RLIM_INFINITY and limit < _FILES:
        remedy = f"raise it: ulimit -n {_FILES * 4}, or LimitNOFILE= in the systemd unit"
        return _warning("open files", f"{limit} at once; a large night needs more", remedy)
    return _fine("open files", f"{limit} at once")


def _clock(checkup: Checkup) -> Finding:
    now, latest = utc_now(), checkup.latest_at
    remedy = "set the clock, and have it kept right: timedatectl set-ntp true"
    if now < _NOT_BEFORE:
        return _wrong("clock", f"says {iso(now)}, which is long past", remedy)
    if latest is not None and latest > now + _SKEW:
        said = f"says {iso(now)}, but a run of this archive was at {iso(latest)}"
        return _wrong("clock", said, remedy)
    return _fine("clock", iso(now))


def _folder(folder: Path) -> Finding:
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"nightdesk")
    except OSError as error:
        remedy = f"let this user write there: chown -R {_user()} {folder}"
        return _wrong("folder", f"{folder} cannot be written: {error.strerror}", remedy)
    foreign = [path.name for path in folder.iterdir() if not os.access(path, os.W_OK)]
    if foreign:
        remedy = f"let this user write them: chown -R {_user()} {folder}"
        return _wrong("folder", f"not writable: {', '.join(sorted(foreign)[:5])}", remedy)
    return _fine("folder", f"{folder} can be written")


def _user() -> str:
    return os.environ.get("USER") or str(os.getuid())


def _file_system(folder: Path) -> Finding:
    kind = file_system_of(folder.resolve(), _mounts())
    if kind is not None and kind.startswith(_NETWORK):
        remedy = "keep archive.db on a local disk: SQLite's locks do not work on most network drives"
        return _wrong("file system", f"{folder} is on a network drive ({kind})", remedy)
    return _fine("file system", kind or "not known on this system")


def _mounts() -> str:
    try:
        return Path("/proc/mounts").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def file_system_of(path: Path, mounts: str) -> str | None:
    """The kind of the file system that a path is on, from the text of /proc/mounts; None: not told there."""
    best: tuple[int, str] | None = None
    for line in mounts.splitlines():
        _, _, rest = line.partition(" ")
        point, _, rest = rest.partition(" ")
        point = point.replace("\\040", " ")
        if path.is_relative_to(point) and (best is None or len(point) >= best[0]):
            best = (len(point), rest.split(" ")[0])
    return best[1] if best else None


def _disk(folder: Path, checkup: Checkup) -> Finding:
    free = shutil.disk_usage(folder).free
    night = checkup.bytes_of_last_run
    said = f"{_gb(free)} free" + (f", {_gb(night)} came in the last run" if night else "")
    if free < _LEAST_FREE or (night and free < _NIGHTS_LEFT * night):
        grade: Grade = "wrong" if free < max(_LEAST_FREE / 10, 2 * night) else "warning"
        remedy = "free some space or move the archive to a larger disk before it stops a night"
        return Finding(name="disk", grade=grade, said=said, remedy=remedy)
    return _fine("disk", said)


def _gb(size: float) -> str:
    return f"{size / 10**9:,.1f} GB"


def _config(folder: Path) -> tuple[CrawlConfig | None, Finding]:
    try:
        config = load_config(folder)
    except ConfigError as error:
        remedy = f"mend {folder / FILE}; all keys: docs/add-a-source.md"
        return None, _wrong("sources", str(error), remedy)
    if not config.sources:
        remedy = "add a newspaper: nightdesk sources add https://…"
        return config, _warning("sources", "none is declared", remedy)
    return config, _fine("sources", f"{len(config.sources)} declared")


def _contact(config: CrawlConfig) -> Finding:
    try:
        require_contact(config, config.sources)
    except ConfigError as error:
        remedy = f'put contact = "you@example.org" under [crawl] in {FILE}'
        return _wrong("contact", str(error).partition(":")[0], remedy)
    return _fine("contact", config.contact or "not needed for these sources")


def _rendering(config: CrawlConfig) -> Finding:
    wanting = [source.name for source in config.sources if source.render != NEVER]
    if not wanting:
        return _fine("rendering", "no source wants its pages rendered")
    if gap := missing(config.chromium):
        said = f"{gap[0]}, but {_some(wanting)} want{'s' * (len(wanting) == 1)} pages rendered"
        return _warning("rendering", said, gap[1])
    program = find_chromium(config.chromium)
    assert program is not None, "it is not missing"
    try:
        told = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=_SECONDS, check=True)  # noqa: S603 (the operator's own browser)
    except (OSError, subprocess.SubprocessError) as error:
        remedy = f"try it by hand: {program} --headless --dump-dom about:blank"
        return _warning("rendering", f"{program} does not start: {type(error).__name__}", remedy)
    return _fine("rendering", f"{told.stdout.strip()} for {_some(wanting)}")


def _some(names: list[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _database(folder: Path, checkup: Checkup) -> Finding:
    if checkup.problem is not None:
        remedy = "restore it from a backup; the WARC files hold every page"
        return _wrong("database", f"archive.db cannot be read: {checkup.problem}", remedy)
    if checkup.size is None:
        return _fine("database", "none yet; the first crawl makes it")
    if not checkup.ours:
        said, remedy = (
            f"{folder / 'archive.db'} is not this program's",
            "give nightdesk a folder of its own, or upgrade it",
        )
        return _wrong("database", said, remedy)
    if checkup.behind:
        remedy = f"the next crawl brings it up to date; or now: nightdesk init {folder}"
        return _warning("database", f"{checkup.behind} steps behind", remedy)
    return _fine("database", f"{_gb(checkup.size)}, of this version")


def _warc(folder: Path, checkup: Checkup) -> Finding:
    if checkup.short:
        first = "; ".join(f"{file} has {there:,} of {size:,} bytes" for file, there, size in checkup.short[:3])
        more = f"; and {len(checkup.short) - 3} more" if len(checkup.short) > 3 else ""
        remedy = f"bring them back from a backup, then see what is missing: nightdesk verify -a {folder}"
        return _wrong("warc", f"shorter than the database says: {first}{more}", remedy)
    if checkup.unclosed_bytes:
        said = f"{checkup.unclosed_bytes:,} bytes of a killed run are not accounted for yet"
        return _warning("warc", said, "the next crawl takes in what is whole, and cuts off what is not")
    return _fine(
        "warc", f"{checkup.warc_files:,} file{'s' * (checkup.warc_files != 1)}, each as long as the database says"
    )


def _lock(folder: Path) -> Finding:
    for name in ("nightly.lock", "archive.lock"):
        if not (folder / name).exists():
            continue
        try:
            WriterLock(folder, "doctor", name).release()
        except ArchiveError as error:
            return _fine("lock", str(error).partition(";")[0])
        except OSError as error:
            remedy = f"let this user write {folder / name}"
            return _wrong("lock", f"{folder / name}: {error.strerror}", remedy)
    return _fine("lock", "nobody is writing")


def _last_run(checkup: Checkup) -> Finding:
    if checkup.last_run is None:
        return _fine("last run", "none so far")
    said = (
        f"run {checkup.last_run}, {iso(checkup.last_run_at)}: {checkup.last_run_status}" if checkup.last_run_at else ""
    )
    if checkup.last_run_status == "crashed":
        remedy = f"it was killed; nothing is lost, the next goes on: nightdesk runs {checkup.last_run}"
        return _warning("last run", said, remedy)
    return _fine("last run", said)
