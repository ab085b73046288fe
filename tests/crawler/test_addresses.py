"""Which addresses are the public internet, however they are spelt, and what an operator may add."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.fetch.addresses import Allowed, is_public, meant, not_public, spelt

INSIDE = """
0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 127.0.0.1 127.255.0.9 169.254.0.1 169.254.169.254
168.63.129.16 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.192 192.0.2.7 192.88.99.1 192.168.1.1 198.18.0.1 198.19.9.9
198.51.100.1 203.0.113.5 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255
:: ::1 ::127.0.0.1 ::8.8.8.8 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::ffff:0:127.0.0.1
64:ff9b::127.0.0.1 64:ff9b::10.1.2.3 64:ff9b:1::8.8.8.8 100::1 2001::1 2001:10::1 2001:db8::1 3fff::1
2002:7f00:1:: 2002:a00:1::1 2002:c0a8:101:: 5f00::1 fc00::1 fd00:ec2::254 fe80::1 fe80::1%eth0 febf::1 fec0::1
ff02::1 ff0e::1 4000::1 e000::1
"""
PUBLIC = """
1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.1 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.1 169.253.0.1 172.15.9.9
172.32.0.1 192.0.1.1 192.167.1.1 192.169.1.1 198.17.0.1 198.20.0.1 223.255.255.255
2606:4700::1111 2a00:1450:4001::8a 2001:470::1 ::ffff:8.8.8.8 64:ff9b::8.8.8.8 2002:808:808::1
"""


@pytest.mark.parametrize("address", INSIDE.split())
def test_what_is_not_the_public_internet_is_known_and_named(address: str) -> None:
    assert not is_public(address)
    assert not_public(address)


@pytest.mark.parametrize("address", PUBLIC.split())
def test_the_public_internet_is_left_open(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses())
def test_nothing_that_python_calls_private_is_taken_for_public(address: ipaddress.IPv4Address) -> None:
    end = meant(address)
    if end.is_private or end.is_multicast or end.is_reserved or end.is_loopback or end.is_link_local:
        assert not is_public(address)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "0x7f.1",
        "0x7f000001",
        "2130706433",
        "017700000001",
        "0177.0.0.1",
        "127.0.0.1.",
        "%31%32%37.0.0.1",
        "１２７.0.0.1",
        "①②⑦.⓪.⓪.①",
        "127。0。0。1",
        "[::ffff:127.0.0.1]",
        "::1",
        "localhost",
        "LOCALHOST.",
        "db.localhost",
        "printer.local",
        "metadata.google.internal",
        "router.home.arpa",
        "intranet",
    ],
)
def test_no_spelling_hides_where_a_host_leads(host: str) -> None:
    assert Allowed().refusal(host)


@pytest.mark.parametrize("host", ["paper.example", "8.8.8.8", "134744072", "[2606:4700::1111]", "1e100.net", "10.news"])
def test_other_hosts_may_be_asked(host: str) -> None:
    assert Allowed().refusal(host) is None


def test_a_name_spells_no_address() -> None:
    assert spelt("paper.example") is None
    assert spelt("1.2.3.4.5") is None
    assert spelt("") is None


def test_an_allowed_host_may_be_anywhere_and_opens_nothing_else() -> None:
    allowed = Allowed.of(["Gazette.test.", "intranet"])
    assert allowed.refusal("intranet") is None
    assert allowed.permits("gazette.test", "127.0.0.1")
    assert not allowed.permits("www.gazette.test", "127.0.0.1")
    assert not allowed.permits("post.test", "127.0.0.1")
    assert allowed.refusal("127.0.0.1")


def test_an_allowed_network_is_open_under_every_name() -> None:
    allowed = Allowed.of(["10.1.0.0/16", "127.0.0.2", "[fd00::5]"])
    assert allowed.refusal("10.1.2.3") is None
    assert allowed.permits("post.test", "10.1.2.3")
    assert allowed.permits("post.test", "::ffff:10.1.2.3")
    assert allowed.permits("post.test", "127.0.0.2")
    assert allowed.permits("post.test", "fd00::5")
    assert not allowed.permits("post.test", "10.2.0.1")
    assert not allowed.permits("post.test", "127.0.0.1")


def test_a_refusal_names_the_host_the_address_and_what_it_is() -> None:
    assert Allowed().refused_address("news.example", "10.0.0.7") == "news.example is at 10.0.0.7, a private address"
    assert Allowed().refusal("169.254.169.254") == "169.254.169.254 is a metadata service"
    assert Allowed().refusal("localhost") == "localhost is a name inside a network"
