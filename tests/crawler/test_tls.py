"""Whoever cannot prove to be the host asked for is told nothing."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.crawler.loopback import crawl, serving
from tests.crawler.test_guard import OPEN, declare, ledger


def self_signed(folder: Path, *names: str, days: int = 1) -> tuple[ssl.SSLContext, Path]:
    """A server's side of TLS, and its certificate for whoever wants to trust it."""
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, names[0])])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=9))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    secret = folder / "key.pem"
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    secret.write_bytes(key.private_bytes(encoding, form, serialization.NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path, secret)
    return context, path


@pytest.mark.parametrize(
    ("host", "days", "trusted", "said"),
    [
        ("paper.example", 1, False, "certificate verify failed"),
        ("paper.example", -1, True, "certificate verify failed"),
        ("other.example", 1, True, "the certificate is for another host"),
        ("paper.example", 1, True, None),
    ],
    ids=["self-signed", "expired", "for-another-host", "control"],
)
def test_a_certificate_that_proves_nothing_ends_the_matter(
    tmp_path: Path, host: str, days: int, trusted: bool, said: str | None
) -> None:
    context, certificate = self_signed(tmp_path, host, days=days)
    with serving({"/": "<p>secret</p>"}, OPEN, tls=context) as site:
        url = f"https://paper.example:{site.port}/"
        folder = declare(tmp_path, url)
        crawl(folder, dns={"paper.example": [OPEN]}, **({"SSL_CERT_FILE": str(certificate)} if trusted else {}))
        (first, *_) = ledger(folder)
        if said is None:
            assert site.hits
            assert first[1] == "read"
        else:
            assert site.hits == []
            assert first[1:] == ("failed", "certificate", said)
