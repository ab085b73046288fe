"""A WARC record of others in; the same record for our own WARC out, with what it says of itself and our three fields.

Head and block stay as they were, and so do their digests. Two things are changed, and the record says so:

- HTTP's chunks are undone, as in all our captures, so that every reader of an archive finds the payload;
- a digest that does not fit, or is missing, is written anew: it must be possible to check what is kept here.

What the record declared before stays in ``Nightdesk-Declared-Block-Digest`` and ``-Payload-Digest``.
"""

from __future__ import annotations

import base64
import re
import zlib
from dataclasses import dataclass

from archive.incoming.answers import Answer
from archive.incoming.records import Record
from archive.warcrecord import digest_of

#: As for our own captures.
_LEVEL = 6
#: Written anew, or ours to say.
_REPLACED = frozenset({
    "content-length", "warc-block-digest", "warc-payload-digest", "nightdesk-asked", "nightdesk-source",
    "nightdesk-origin", "nightdesk-declared-block-digest", "nightdesk-declared-payload-digest",
})  # fmt: skip
_TRANSFER = re.compile(rb"(?im)^transfer-encoding[ \t]*:[^\r\n]*\r?\n")
_SHA1 = re.compile(r"sha1:(?:[A-Z2-7]{32}|[0-9A-Fa-f]{40})", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A record ready for our WARC."""

    #: The gzip member.
    member: bytes
    #: Of the payload, ``sha1:BASE32``.
    digest: str
    payload_size: int
    #: True: the record declared a digest that its bytes do not have.
    misfit: bool


def copy_of(record: Record, answer: Answer, *, asked: str, source: str, origin: str) -> Copy:
    """The record as it was, in a gzip member of its own. ``asked``: the ledger's URL. ``origin``: FILE@OFFSET."""
    block = record.block
    if answer.chunked:
        head = _TRANSFER.sub(b"", block[: answer.payload_at])
        block = head + answer.payload
    digest, block_digest = digest_of(answer.payload), digest_of(block)
    declared_block, declared = (record.fields.get(f"warc-{of}-digest") for of in ("block", "payload"))
    as_stored = digest_of(record.block[answer.payload_at :]) if answer.chunked else digest
    fits = _fits(declared_block, digest_of(record.block) if answer.chunked else block_digest) and (
        _fits(declared, digest) or _fits(declared, as_stored)  # both are usual for a payload in chunks
    )
    ours = {
        "Nightdesk-Asked": asked,
        "Nightdesk-Source": source,
        "Nightdesk-Origin": origin,
        "WARC-Block-Digest": block_digest,
        "WARC-Payload-Digest": digest,
        "Nightdesk-Declared-Block-Digest": None if same_digest(declared_block, block_digest) else declared_block,
        "Nightdesk-Declared-Payload-Digest": None if same_digest(declared, digest) else declared,
        "Content-Length": str(len(block)),
    }
    lines = [*_kept_lines(record.head), *(f"{name}: {value}".encode() for name, value in ours.items() if value)]
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, zlib.MAX_WBITS + 16)
    parts = [packer.compress(b"\r\n".join(lines) + b"\r\n\r\n"), packer.compress(block), packer.compress(b"\r\n\r\n")]
    return Copy(
        member=b"".join([*parts, packer.flush()]), digest=digest, payload_size=len(answer.payload), misfit=not fits
    )


def _kept_lines(head: bytes) -> list[bytes]:
    """The head's lines but for those that are replaced, each with the lines folded below it."""
    lines = head.replace(b"\r\n", b"\n").split(b"\n")
    kept, keep = lines[:1], True
    for line in lines[1:]:
        if not line.startswith((b" ", b"\t")):
            keep = line.partition(b":")[0].strip().lower().decode("latin-1") not in _REPLACED
        if keep and line:
            kept.append(line)
    return kept


def same_digest(declared: str | None, ours: str) -> bool:
    """Whether a declared digest is ours, in whichever of the two spellings of SHA-1. True if none is declared."""
    return declared is None or as_ours(declared) == ours


def as_ours(declared: str) -> str | None:
    """A declared SHA-1 in our spelling; None: it is another kind of digest."""
    if not _SHA1.fullmatch(declared):
        return None
    _, _, value = declared.partition(":")
    if len(value) == 40:
        value = base64.b32encode(bytes.fromhex(value)).decode()
    return "sha1:" + value.upper()


def _fits(declared: str | None, ours: str) -> bool:
    """False only where a digest that we can check says otherwise."""
    return declared is None or as_ours(declared) in (None, ours)
