"""``nightdesk serve``: the reading room on a port of this machine."""

from __future__ import annotations

import ipaddress
import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from archive.errors import ArchiveError
from archive.reading import Archive
from archive.verb import reading, say

if TYPE_CHECKING:
    from archive.web.guard import Door

#: Characters of a token below which it could be guessed.
_SHORTEST = 16


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address of this machine to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8001, show_default=True, help="The port; 0: any that is free."
)
@click.option(
    "--token",
    envvar="NIGHTDESK_TOKEN",
    show_envvar=True,
    metavar="SECRET",
    help="Let in only who knows this, as the password that the browser asks for. At least 16 characters.",
)
@click.option(
    "--behind-proxy",
    metavar="URL",
    help="A web server of yours stands before this one, lets in whom it should, and is reached there.",
)
@reading
def serve(archive: Archive, *, host: str, port: int, token: str | None, behind_proxy: str | None) -> None:
    """Show the archive in the browser: search, articles with their past, sources and nights. Nothing is written.

    Only this machine can reach it. For others, give --token, and encryption by a web server of yours, or
    --behind-proxy. See docs/web.md.
    """
    address = _address(behind_proxy)
    door = _door(host, token, address)
    try:
        import uvicorn

        from archive.web.app import application
    except ImportError as error:
        raise ArchiveError(f"{error.name} is missing; install it with: pip install 'nightdesk[web]'") from error
    listening = _listen(host, port)
    number = listening.getsockname()[1]
    app = application(archive.folder, door, address=address)
    say(f"{archive.folder} is at {address or _url(host, number)}/ (Ctrl-C ends it)")
    config = uvicorn.Config(app, log_level="warning", server_header=False, date_header=True, access_log=False)
    uvicorn.Server(config).run(sockets=[listening])


def _address(behind_proxy: str | None) -> str | None:
    """The stated address without a slash at the end. Raises UsageError."""
    if behind_proxy is None:
        return None
    parts = urlsplit(behind_proxy)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise click.UsageError(
            "--behind-proxy takes the address that readers use, such as https://archive.example.org; it has no path"
        )
    return f"{parts.scheme}://{parts.netloc}"


def _door(host: str, token: str | None, address: str | None) -> Door:
    """Who may come in. Raises UsageError where everybody could."""
    from archive.web.guard import LOOPBACK, Door

    if token is not None and len(token) < _SHORTEST:
        raise click.UsageError(f"--token is too short to be a secret: give it {_SHORTEST} characters or more")
    if address is not None:
        return Door(token=token, hosts=(str(urlsplit(address).hostname), *LOOPBACK))
    if _is_loopback(host):
        return Door(token=token)
    if token is None:
        raise click.UsageError(
            f"{host} can be reached from other machines, and everybody there could read the archive: give --token, or"
            " --behind-proxy if a web server of yours decides who comes in"
        )
    return Door(token=token, hosts=None)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises ArchiveError for an address that is taken, or not this machine's."""
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind, protocol)
        try:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(place)
            listening.listen(128)
        except OSError:
            listening.close()
            raise
    except OSError as error:
        raise ArchiveError(
            f"{host}, port {port}: {error.strerror}; name another with --port, or any free one with --port 0"
        ) from error
    return listening


def _url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
