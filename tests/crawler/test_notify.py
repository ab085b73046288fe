"""Telling people of a night: real HTTP and SMTP servers on loopback, a real command; and mistakes in [notify]."""

from __future__ import annotations

import base64
import json
import socketserver
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from archive.reading import Archive
from archive.report import Report
from crawler.errors import ConfigError
from crawler.night.notify import notify
from crawler.notice import MailServer, Notify
from crawler.sources import load_config
from tests.archive.thirty_nights import PAPERS, Mishap, one_more, simulate

TWO = (PAPERS[1], PAPERS[3])


@pytest.fixture(scope="module")
def well(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """The report of a night on which all was well."""
    return read(simulate(tmp_path_factory.mktemp("nights") / "my-archive", nights=8, papers=TWO))


@pytest.fixture(scope="module")
def sick(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """The report of a night on which one of two papers refused us."""
    folder = simulate(tmp_path_factory.mktemp("nights") / "my-archive", nights=8, papers=TWO)
    return read(one_more(folder, {"elbe-bote": Mishap(failing="http-403", status=403)}, papers=TWO))


def read(folder: Path) -> Report:
    with Archive(folder) as archive:
        return archive.report()


# ── webhook ──────────────────────────────────────────────────────────────────────────────────────────


class Hook(BaseHTTPRequestHandler):
    """Takes what is posted; answers what the path says."""

    received: list[tuple[str, str, bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.received.append((self.path, self.headers["Content-Type"], body))
        self.send_response(int(self.path.rpartition("/")[2]))
        if self.path.endswith("/302"):
            self.send_header("Location", "/hook/200")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the name is the base class's)
        """Say nothing."""


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, list[tuple[str, str, bytes]]]]:
    """The address of a running server, and what it received."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    received: list[tuple[str, str, bytes]] = []
    handler = type("OneHook", (Hook,), {"received": received})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/secret-token/", received
        server.shutdown()


def test_a_webhook_gets_the_sick_sources_as_json(hook: tuple[str, list[tuple[str, str, bytes]]], sick: Report) -> None:
    url, received = hook
    assert notify(Notify(webhook=(f"{url}200", f"{url}204")), sick) == []
    assert [path for path, _, _ in received] == ["/secret-token/200", "/secret-token/204"]
    _, content_type, body = received[0]
    told = json.loads(body)
    assert content_type == "application/json"
    assert told["text"].startswith("my-archive: ")
    assert "elbe-bote: the site refuses us" in told["text"]
    assert told["is_sick"] is True
    assert told["sources"] == {"well": 1, "watch": 0, "sick": 1}
    (case,) = told["cases"]
    assert (case["source"], case["verdict"], case["nights"]) == ("elbe-bote", "blocked", 1)
    assert case["evidence"]
    assert case["next_step"]
    assert sum(told["funnel"].values()) == sum(sick.funnel.values())


def test_a_webhook_that_refuses_is_told_of_without_its_secret(
    hook: tuple[str, list[tuple[str, str, bytes]]], sick: Report
) -> None:
    url, received = hook
    problems = notify(Notify(webhook=(f"{url}500", f"{url}302", f"{url}200")), sick)
    assert problems == ["the webhook at 127.0.0.1 answered 500", "the webhook at 127.0.0.1 answered 302"]
    assert len(received) == 3  # a failure does not keep the next from being told, nor is a redirect followed
    (problem,) = notify(Notify(webhook=("http://127.0.0.1:9/secret-token",)), sick)
    assert problem.startswith("the webhook at 127.0.0.1 could not be reached: ")
    assert "secret" not in problem


def test_nobody_is_told_of_a_night_on_which_all_was_well_unless_always(
    hook: tuple[str, list[tuple[str, str, bytes]]], well: Report
) -> None:
    url, received = hook
    assert notify(Notify(webhook=(f"{url}200",)), well) == []
    assert received == []
    assert notify(Notify(webhook=(f"{url}200",), on="always"), well) == []
    told = json.loads(received[0][2])
    assert (told["is_sick"], told["cases"]) == (False, [])
    assert "All is well." in told["text"]


# ── command ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_command_gets_the_whole_report_on_standard_input(tmp_path: Path, sick: Report) -> None:
    copy = "import sys; open(sys.argv[1], 'w').write(sys.stdin.read())"
    target = tmp_path / "report.json"
    assert notify(Notify(command=(sys.executable, "-c", copy, str(target))), sick) == []
    told = json.loads(target.read_text(encoding="utf-8"))
    assert told == json.loads(sick.as_json())
    assert [source["source"] for source in told["sources"]] == ["elbe-bote", "millbrook-courier"]


def test_a_command_that_fails_or_is_not_there_is_told_of(tmp_path: Path, sick: Report) -> None:
    failing = (sys.executable, "-c", "import sys; sys.stdin.read(); print('no line', file=sys.stderr); sys.exit(3)")
    assert notify(Notify(command=failing), sick) == [f"the command {sys.executable} ended with status 3: no line"]
    deaf = (sys.executable, "-c", "")  # reads nothing of what it is given
    assert notify(Notify(command=deaf), sick) == []
    missing = str(tmp_path / "tell")
    assert notify(Notify(command=(missing,)), sick) == [
        f"the command {missing} could not be run: No such file or directory"
    ]


# ── mail ─────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Postbox:
    """What a mail server was told."""

    port: int = 0
    recipients: list[str] = field(default_factory=list)
    letters: list[bytes] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)


class Postman(socketserver.StreamRequestHandler):
    """As much of SMTP as a client needs; knows no STARTTLS, and nobody at refused.example."""

    postbox: Postbox

    def handle(self) -> None:
        self._say("220 postbox")
        while line := self.rfile.readline().decode().strip():
            verb = line.split()[0].upper()
            if verb == "EHLO":
                self._say("250-postbox", "250 AUTH PLAIN")
            elif verb == "AUTH":
                self.postbox.logins.append(base64.b64decode(line.split()[2]).decode())
                self._say("235 welcome" if line.split()[2] == _PLAIN else "535 no")
            elif verb == "RCPT":
                self.postbox.recipients.append(line.partition("<")[2].partition(">")[0])
                self._say("550 nobody" if "refused" in line else "250 ok")
            elif verb == "DATA":
                self._say("354 go on")
                self.postbox.letters.append(self._letter())
                self._say("250 taken")
            elif verb == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _letter(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return b"".join(lines)

    def _say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())


_PLAIN = base64.b64encode(b"\0desk\0open sesame").decode()


@contextmanager
def postbox() -> Iterator[Postbox]:
    """A running mail server."""
    box = Postbox()
    handler = type("OnePostman", (Postman,), {"postbox": box})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        box.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield box
        server.shutdown()


def test_a_mail_has_the_cases_as_text_and_the_page_attached(sick: Report) -> None:
    with postbox() as box:
        server = MailServer(host="127.0.0.1", port=box.port)
        told = Notify(email=("desk@example.org", "night@example.org"), sender="nightdesk@example.org", smtp=server)
        assert notify(told, sick) == []
    assert box.recipients == ["desk@example.org", "night@example.org"]
    letter = message_from_bytes(box.letters[0], policy=policy.default)
    assert isinstance(letter, EmailMessage)
    assert letter["Subject"] == f"my-archive: {sick.headline}"
    assert (letter["From"], letter["To"]) == ("nightdesk@example.org", "desk@example.org, night@example.org")
    text = letter.get_body(("plain",))
    assert text is not None
    assert "elbe-bote: the site refuses us" in text.get_content()
    (page,) = letter.iter_attachments()
    assert page.get_filename() == f"night-20261122-{sick.run.id}.html"
    assert page.get_content().startswith(
        b"<!doctype html>" if isinstance(page.get_content(), bytes) else "<!doctype html>"
    )


def test_a_mail_server_with_a_user_gets_the_password_of_the_file(tmp_path: Path, sick: Report) -> None:
    secret = tmp_path / "password"
    with postbox() as box:
        server = MailServer(host="127.0.0.1", port=box.port, user="desk")
        told = Notify(email=("desk@example.org",), smtp=server, smtp_password_file=secret)
        (problem,) = notify(told, sick)
        assert "No such file" in problem
        secret.write_text("open sesame\nnot this line\n", encoding="utf-8")
        assert notify(told, sick) == []
        secret.write_text("wrong\n", encoding="utf-8")
        (problem,) = notify(told, sick)
        assert "535" in problem
        assert "wrong" not in problem
    assert len(box.letters) == 1


def test_a_password_never_goes_out_where_tls_is_missing(tmp_path: Path, sick: Report) -> None:
    secret = tmp_path / "password"
    secret.write_text("open sesame\n", encoding="utf-8")
    with postbox() as box:
        server = MailServer(scheme="smtp+starttls", host="127.0.0.1", port=box.port, user="desk")
        (problem,) = notify(Notify(email=("desk@example.org",), smtp=server, smtp_password_file=secret), sick)
    assert "STARTTLS" in problem
    assert box.logins == box.letters == []


def test_a_recipient_that_is_refused_is_named(sick: Report) -> None:
    with postbox() as box:
        server = MailServer(host="127.0.0.1", port=box.port)
        told = Notify(email=("desk@example.org", "x@refused.example"), smtp=server)
        assert notify(told, sick) == ["127.0.0.1 took the mail, but not for x@refused.example"]
        (problem,) = notify(Notify(email=("x@refused.example",), smtp=server), sick)
    assert problem.startswith(f"the mail could not be sent by 127.0.0.1:{box.port}: ")


# ── [notify] ─────────────────────────────────────────────────────────────────────────────────────────


def config(folder: Path, notify_table: str) -> Notify:
    (folder / "sources.toml").write_text(f"[crawl]\ndelay = 1\n\n[notify]\n{notify_table}\n", encoding="utf-8")
    return load_config(folder).notify


def test_one_webhook_or_several_and_the_ports_of_each_kind_of_mail(tmp_path: Path) -> None:
    assert config(tmp_path, 'webhook = "https://a.example/x"').webhook == ("https://a.example/x",)
    assert config(tmp_path, 'webhook = ["https://a.example/x", "http://b.example/"]').webhook[1] == "http://b.example/"
    told = config(tmp_path, 'email = "a@b.example"\nsmtp = "smtps://me@mail.example"\nsmtp_password_file = "/p"')
    assert told.smtp == MailServer(scheme="smtps", host="mail.example", port=465, user="me")
    assert config(tmp_path, "") == Notify()
    assert not config(tmp_path, "").anybody


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('on = "never"', '[notify] on: must be "always" or "sick"'),
        ("on = []", '[notify] on: must be "always" or "sick"'),
        ('webhook = "ftp://a.example/"', "[notify] webhook: must be a full http or https URL"),
        ("webhook = [1]", "[notify] webhook: must be a full http or https URL"),
        ('webhook = "http://[bad"', "[notify] webhook: "),
        ('command = "tell --all"', "[notify] command: must be a list of a program and its arguments"),
        ('email = "desk"', "[notify] email: must be a mail address"),
        ('sender = "a@b.example"', "[notify] sender: is of no use without email"),
        ('smtp = "mail.example"', '[notify] smtp: must be such as "smtp://localhost"'),
        ('smtp = "smtp://x:port"', '[notify] smtp: must be such as "smtp://localhost"'),
        ('smtp = "smtps://me:secret@mail.example"', "[notify] smtp: must not hold the password"),
        ('smtp = "smtp://me@mail.example"', "[notify] smtp: would send the password in the clear"),
        ('smtp = "smtps://me@mail.example"', "[notify] smtp: names the user me: smtp_password_file must name"),
        ('smtp_password_file = "/p"', "[notify] smtp_password_file: is of no use without a user"),
        ("smtp_password_file = 1", "[notify] smtp_password_file: must be the path of a file"),
        ('webhok = "x"', "[notify] webhok: unknown key; allowed are on, webhook, command, email"),
    ],
)
def test_each_mistake_is_named_with_its_line(tmp_path: Path, line: str, said: str) -> None:
    with pytest.raises(ConfigError) as error:
        config(tmp_path, line)
    assert f"sources.toml:5: {said}" in str(error.value)
    assert "secret" not in str(error.value)
