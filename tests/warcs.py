"""WARC files as other programs write them, for tests: by warcio, and by hand where no program will."""

from __future__ import annotations

import gzip
import zipfile
from io import BytesIO
from pathlib import Path

from backports import zstd
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

DATE = "2024-05-17T08:30:00Z"


def page(number: int, *, site: str = "gazette.example", cost: str = "cost") -> bytes:
    paragraphs = "".join(
        f"<p>Paragraph {n} of story {number} about the bridge and what it {cost} the town to repair.</p>"
        for n in range(8)
    )
    return (
        f'<!doctype html><html lang="en"><head><title>Bridge {number} reopens</title>'
        f'<link rel="canonical" href="http://{site}/news/{number}"></head>'
        f"<body><article><h1>Bridge {number} reopens</h1>{paragraphs}</article></body></html>"
    ).encode()


class Warc:
    """A WARC file that grows record by record; ``parts``: each uncompressed."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def add(
        self,
        url: str,
        body: bytes,
        *,
        kind: str = "response",
        date: str = DATE,
        status: str = "200 OK",
        headers: tuple[tuple[str, str], ...] = (("Content-Type", "text/html"),),
        extra: dict[str, str] | None = None,
        content_type: str | None = None,
    ) -> Warc:
        out = BytesIO()
        writer = WARCWriter(out, gzip=False)
        http = StatusAndHeaders(status, list(headers), protocol="HTTP/1.1") if kind in ("response", "revisit") else None
        record = writer.create_warc_record(
            url,
            kind,
            payload=BytesIO(body),
            length=len(body),
            http_headers=http,
            warc_content_type=content_type or "",
            warc_headers_dict={"WARC-Date": date, **(extra or {})},
        )
        writer.write_record(record)
        self.parts.append(out.getvalue())
        return self

    def pages(self, numbers: range, *, site: str = "gazette.example") -> Warc:
        for number in numbers:
            self.add(f"http://{site}/news/{number}", page(number, site=site))
        return self

    def plain(self) -> bytes:
        return b"".join(self.parts)

    def packed(self) -> bytes:
        return b"".join(map(gzip.compress, self.parts))

    def one_member(self) -> bytes:
        return gzip.compress(self.plain())

    def zstd(self, *, dictionary: bytes | None = None, packed_dictionary: bool = False) -> bytes:
        if dictionary is None:
            return b"".join(zstd.compress(part) for part in self.parts)
        content = zstd.compress(dictionary) if packed_dictionary else dictionary
        head = b"\x5d\x2a\x4d\x18" + len(content).to_bytes(4, "little") + content
        known = zstd.ZstdDict(dictionary)
        return head + b"".join(zstd.compress(part, zstd_dict=known) for part in self.parts)


def dictionary() -> bytes:
    """A dictionary trained on such pages."""
    samples = [part for n in range(80) for part in Warc().pages(range(n, n + 1)).parts]
    return zstd.train_dict(samples, 8192).dict_content


def wacz(path: Path, **files: bytes) -> Path:
    """A WACZ with these files under archive/."""
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("datapackage.json", "{}")
        for name, content in files.items():
            package.writestr(f"archive/{name.replace('_', '.')}", content)
    return path
