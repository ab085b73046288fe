from __future__ import annotations

import socket

import pytest

from pipelines.site import same_site, site_of


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("https://news.bbc.co.uk/a", "https://bbc.co.uk/", True),
        ("https://one.co.uk/", "https://two.co.uk/", False),
        ("http://127.0.0.11:8000/", "http://127.0.0.11:9/", True),
        ("http://127.0.0.11/", "http://127.0.0.12/", False),
        ("http://[::1]/", "http://[::1]:9/a", True),
        ("http://www.gazette.test/", "http://gazette.test/a", True),
        ("http://localhost:8/", "http://localhost/", True),
        ("http://a.blogspot.com/", "http://b.blogspot.com/", False),
        ("no address", "no address", False),
        ("http://[bad/", "http://[bad/", False),
    ],
)
def test_two_addresses_of_one_registrable_domain_are_one_site(a: str, b: str, *, same: bool) -> None:
    assert same_site(a, b) is same
    assert same_site(b, a) is same


def test_the_network_is_never_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_kwargs: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    assert site_of("https://never-seen-before.some.unknown-tld-zz/") == "never-seen-before.some.unknown-tld-zz"
