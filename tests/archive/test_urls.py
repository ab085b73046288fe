"""One spelling for each URL, and what is no URL."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.urls import is_host, normalise_or_none, normalise_url


@pytest.mark.parametrize(
    ("written", "known_as"),
    [
        ("HTTP://Paper.Example:80", "http://paper.example/"),
        ("https://user:word@paper.example./a?b=2&a=1&utm_source=x#top", "https://paper.example/a?a=1&b=2"),
        ("http://žurnal.example/", "http://xn--urnal-tib.example/"),
        ("http://my_paper.example/", "http://my_paper.example/"),
        ("http://192.0.2.7:8080/", "http://192.0.2.7:8080/"),
        ("http://[2001:DB8::1]/", "http://[2001:db8::1]/"),
        (f"http://{'a' * 63}.example/", f"http://{'a' * 63}.example/"),
    ],
)
def test_a_url_has_one_spelling(written: str, known_as: str) -> None:
    assert normalise_url(written) == known_as
    assert normalise_url(known_as) == known_as


@pytest.mark.parametrize(
    "written",
    [
        'http://a"b.example/',
        "http://a b/",
        "http://a%20b/",
        "http://a<b>/",
        "http://a..example/",
        "http://.example/",
        "http://-/",
        "http://_/",
        f"http://{'a' * 64}.example/",
        f"http://{'a.' * 130}example/",
        "http://999.1.1.1/",
        "http://../",
        "http://",
        "http:///path",
        "http://a.example:99999/",
        "http://[::1/",
        "ftp://a.example/",
        "a.example",
    ],
)
def test_what_has_no_host_is_no_url_and_the_message_names_it(written: str) -> None:
    with pytest.raises(ValueError, match=r"not an? (http or https )?URL: '"):
        normalise_url(written)
    assert normalise_or_none(written) is None


@pytest.mark.parametrize(("text", "host"), [("paper.example", True), ("::1", True), ("A.example", False), ("", False)])
def test_a_host_is_a_name_or_an_address(text: str, host: bool) -> None:
    assert is_host(text) is host


@given(host=st.text(max_size=20), path=st.text(max_size=10))
@settings(max_examples=100)
def test_a_normalised_url_has_a_host_and_stays_as_it_is(host: str, path: str) -> None:
    url = normalise_or_none(f"http://{host}/{path}")
    if url is not None:
        assert '"' not in url.split("/")[2] and " " not in url
        assert normalise_url(url) == url


LABEL = st.from_regex(r"[a-z0-9-]{1,8}", fullmatch=True)


@given(
    scheme=st.sampled_from(["http", "https"]),
    labels=st.lists(st.one_of(LABEL, st.just("xn--a")), min_size=1, max_size=3),
    top=st.from_regex(r"[a-z]{2,4}", fullmatch=True),
    path=st.from_regex(r"[A-Za-z0-9._~/-]{0,12}", fullmatch=True),
)
@settings(max_examples=300)
def test_the_short_way_for_urls_that_are_spelt_already_leads_where_the_long_one_does(
    scheme: str, labels: list[str], top: str, path: str
) -> None:
    host = ".".join([*labels, top])
    assert normalise_or_none(f"{scheme}://{host}/{path}") == normalise_or_none(f"{scheme.upper()}://{host}/{path}")
