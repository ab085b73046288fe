"""Keys of URLs as the indexes of web archives have them."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.surt import surt

#: As the Internet Archive's own program has them; tests/test_replay.py asks it for more.
KNOWN = [
    ("http://www.Example.com/", "com,example)/"),
    ("https://example.com", "com,example)/"),
    ("http://www12.example.com/A/../B//c/?b=2&a=1", "com,example)/b/c?a=1&b=2"),
    ("http://example.com:80/", "com,example)/"),
    ("https://example.com:443/x/", "com,example)/x"),
    ("http://example.com:8080/x/#frag", "com,example:8080)/x"),
    ("http://user:pw@example.com/", "com,example)/"),
    ("http://example.com/?", "com,example)/"),
    ("http://example.com/a?&b", "com,example)/a?&b"),
    ("http://example.com/%7Efoo/%C3%A9", "com,example)/~foo/%c3%a9"),
    ("http://example.com/é?q=ü", "com,example)/%c3%a9?q=%c3%bc"),
    ("http://bücher.example/", "example,xn--bcher-kva)/"),
    ("http://127.0.0.1:5000/x", "1,0,0,127:5000)/x"),
    ("http://[::1]:8080/x", "::1:8080)/x"),
    ("http://0x7f.1/", "1,0x7f)/"),
    ("http://3279880203/", "11,0,127,195)/"),
    (
        "http://example.com/a;jsessionid=0123456789ABCDEF0123456789ABCDEF",
        "com,example)/a;jsessionid=0123456789abcdef0123456789abcdef",
    ),
    ("http://example.com/a?jsessionid=0123456789ABCDEF0123456789ABCDEF&x=1", "com,example)/a?x=1"),
    ("http://example.com/a?x=1&phpsessid=0123456789abcdef0123456789abcdef", "com,example)/a?&x=1"),
    ("http://example.com/a?sid=0123456789abcdef0123456789abcdef", "com,example)/a"),
    ("http://example.com/a?x=1&sid=0123456789abcdef0123456789abcdef&y=2", "com,example)/a?x=1&y=2"),
    ("http://example.com/?cfid=1&cftoken=2&x=3", "com,example)/?x=3"),
    ("http://example.com/a?ASPSESSIONIDabcdefgh=abcdefghijklmnopqrstuvwx", "com,example)/a"),
    ("http://example.com/(S(abcdefghijklmnopqrstuvwx))/page.aspx", "com,example)/page.aspx"),
    ("http://example.com/(abcdefghijklmnopqrstuvwx)/page.aspx?x", "com,example)/page.aspx?x"),
    ("urn:sha256:ABC", "urn:sha256:abc"),
    ("dns:example.com", "dns:example.com"),
    ("http://example.com/a b", "com,example)/a%20b"),
    ("http://example.com/a%20b?c%20d", "com,example)/a%20b?c%20d"),
    ("http://example.com/a%2Fb", "com,example)/a/b"),
    ("http://example.com/%25", "com,example)/%25"),
    ("http://example.com/%2525", "com,example)/%25"),
    ("http://example.com/a%", "com,example)/a%25"),
    ("http://example.com/a?b=%26", "com,example)/a?&b="),
    ("http://example.com/a?b=c=d&a", "com,example)/a?a&b=c=d"),
    ("http://example.com/a?b&&a", "com,example)/a?&a&b"),
    ("http://example.com./x", "com,example)/x"),
    ("http://.example..com/x", "com,example)/x"),
    ("http://example.com/x?A=B", "com,example)/x?a=b"),
    ("http://example.com/x/?", "com,example)/x"),
    ("http://example.com//", "com,example)/"),
    ("http://example.com/./", "com,example)/"),
    ("http://example.com/..", "com,example)/.."),
    ("http://example.com/a/.", "com,example)/a"),
    ("http://example.com/a/..", "com,example)/"),
    ("http://example.com/x+y?z+w", "com,example)/x+y?z+w"),
    ("http://www.com/", "com)/"),
    ("http://www.www.example.com/", "com,example,www)/"),
    ("http://example.com?x=1", "com,example)/?x=1"),
    ("HTTP://example.com/", "com,example)/"),
    ("http://example.com/x?b=1&b=0&a", "com,example)/x?a&b=0&b=1"),
    ("http://example.com/x,y)z", "com,example)/x,y)z"),
    ("http://example.com/a\\b", "com,example)/a\\b"),
    ("http://example.com/x?q=a%23b", "com,example)/x?q=a%23b"),
    ("http://example.com/|", "com,example)/|"),
    ("http://example.com/~", "com,example)/~"),
    ("http://example.com/x\ty", "com,example)/xy"),
    ("http://example.com/'\"<>", "com,example)/'\"<>"),
    ("http://ex_ample.com/", "com,ex_ample)/"),
    ("http://example.com:/", "com,example)/"),
    ("http://example.com/?x=/../", "com,example)/?x=/../"),
    ("http://example.com/?%C3%89=1", "com,example)/?%c3%89=1"),
    ("ftp://example.com/x", "com,example)/x"),
    ("http://example.com/%ff", "com,example)/%ff"),
    ("http://example.com/x?b=2&a=1&", "com,example)/x?&a=1&b=2"),
    ("http://example.com/index.html?", "com,example)/index.html"),
    ("http://www2example.com/", "com,www2example)/"),
    ("http://w.example.com/", "com,example,w)/"),
    ("http://ww2.example.com/", "com,example,ww2)/"),
    ("warcinfo:x", "warcinfo:x"),
    ("https://example.com:80/", "com,example:80)/"),
    ("http://example.com:443/", "com,example:443)/"),
]
HOSTS = st.from_regex(r"(www[0-9]{0,2}\.)?[a-z][a-z0-9-]{0,8}\.(example|co\.test)", fullmatch=True)
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=12)


@pytest.mark.parametrize(("url", "key"), KNOWN)
def test_a_key_is_that_of_the_internet_archive(url: str, key: str) -> None:
    assert surt(url) == key


@settings(max_examples=50)
@given(host=HOSTS, path=WORDS, query=WORDS)
def test_a_key_is_one_word_of_ascii_in_small_letters(host: str, path: str, query: str) -> None:
    key = surt(f"https://{host}/{path}?{query}")
    assert re.fullmatch(r"[!-~]+", key) and key == key.lower()
    assert key.startswith(",".join(reversed(re.sub(r"^www\d*\.", "", host).split("."))) + ")/")


@settings(max_examples=50)
@given(host=HOSTS, path=st.from_regex(r"[A-Za-z0-9/.-]{0,20}", fullmatch=True))
def test_scheme_www_port_user_and_fragment_make_no_difference(host: str, path: str) -> None:
    plain = surt(f"http://{host}/{path}")
    bare = re.sub(r"^www\d*\.", "", host)
    if not bare.startswith("www"):
        assert plain == surt(f"https://www7.{bare}:443/{path}#there") == surt(f"HTTP://me:pw@{bare}:80/{path}")


@settings(max_examples=50)
@given(url=WORDS)
def test_no_text_is_too_odd(url: str) -> None:
    assert " " not in surt(url)
