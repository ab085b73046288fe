"""A file with a list of newspapers in, a proposal for each of them out; what kind of list it is, its bytes tell."""

from __future__ import annotations

from pathlib import Path

from crawler.errors import CrawlerError
from crawler.sourcelist.opml import read_opml
from crawler.sourcelist.proposal import Proposal, Wrong
from crawler.sourcelist.table import read_table

#: Bytes; a list of ten thousand newspapers has two million.
_LARGEST = 32 * 1024 * 1024
#: What XML begins with, in UTF-8 and in both orders of UTF-16.
_MARKUP = (b"<", b"<\0", b"\0<")
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def read_list(file: Path) -> list[Proposal | Wrong]:
    """Read OPML, a CSV table or a list of URLs. Raises CrawlerError if the file cannot be read or is none of them."""
    try:
        with file.open("rb") as stream:
            data = stream.read(_LARGEST + 1)
    except OSError as error:
        raise CrawlerError(f"{file} cannot be read: {error.strerror or error}") from error
    if len(data) > _LARGEST:
        raise CrawlerError(f"{file} is larger than {_LARGEST // 1024**2} MiB; no list of newspapers is")
    start = data.lstrip()
    for mark in _MARKS:
        start = start.removeprefix(mark)
    found = read_opml(data) if start.startswith(_MARKUP) else read_table(data)
    if not found:
        raise CrawlerError(f"{file} lists no newspaper: no line with a URL, no outline with xmlUrl or htmlUrl")
    return found
