"""Which URLs of a certificate may be queried: only unambiguous ones, at a listed origin."""

import pytest

from registrar.domain.revocation.addresses import Address, HttpAddress, LdapAddress, allowed, origin

ORIGINS = (
    "http://ocsp.yessign.org:4612",
    "ldap://ds.yessign.or.kr:389",
    "http://ocsp.signkorea.com",
    "http://203.0.113.7",
)
DN = "ou=dp5p22874,ou=AccreditedCA,o=yessign,c=kr"
AT_YESSIGN = f"ldap://ds.yessign.or.kr:389/{DN}"
CRL = LdapAddress("ds.yessign.or.kr", 389, DN, "certificateRevocationList")


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://ocsp.yessign.org:4612", HttpAddress("ocsp.yessign.org", 4612, "/")),
        ("http://ocsp.yessign.org:4612/OCSPServer", HttpAddress("ocsp.yessign.org", 4612, "/OCSPServer")),
        ("HTTP://OCSP.Yessign.org:4612/a?b=%20c", HttpAddress("ocsp.yessign.org", 4612, "/a?b=%20c")),
        ("http://ocsp.signkorea.com", HttpAddress("ocsp.signkorea.com", 80, "/")),
        ("http://ocsp.signkorea.com:80/", HttpAddress("ocsp.signkorea.com", 80, "/")),
        # Nothing after the authority can lead elsewhere.
        ("http://ocsp.signkorea.com/@127.0.0.1/..//x", HttpAddress("ocsp.signkorea.com", 80, "/@127.0.0.1/..//x")),
        ("http://203.0.113.7/a", HttpAddress("203.0.113.7", 80, "/a")),
    ],
)
def test_listed_origin_is_allowed(url: str, address: HttpAddress) -> None:
    assert allowed(url, ORIGINS) == address


@pytest.mark.parametrize(
    ("rest", "attribute"),
    [
        ("", "certificateRevocationList"),
        ("?certificateRevocationList", "certificateRevocationList"),
        ("?certificateRevocationList;binary", "certificateRevocationList"),
        ("?CERTIFICATEREVOCATIONLIST;BINARY?base", "certificateRevocationList"),
        ("?certificateRevocationList?base?objectClass=cRLDistributionPoint", "certificateRevocationList"),
        ("??base?(objectClass=*)?", "certificateRevocationList"),
        ("?authorityRevocationList", "authorityRevocationList"),
    ],
)
def test_each_form_of_an_ldap_url_names_one_attribute(rest: str, attribute: str) -> None:
    assert allowed(AT_YESSIGN + rest, ORIGINS) == LdapAddress("ds.yessign.or.kr", 389, DN, attribute)


def test_default_ldap_port_may_be_omitted() -> None:
    assert allowed(f"ldap://DS.yessign.or.kr/{DN}", ORIGINS) == CRL


def test_a_name_in_an_ldap_url_is_decoded_once() -> None:
    address = allowed("ldap://ds.yessign.or.kr/cn=%EC%9D%B8%EC%A6%9D%252C%20a,c=kr", ORIGINS)

    assert address == LdapAddress("ds.yessign.or.kr", 389, "cn=인증%2C a,c=kr", "certificateRevocationList")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://",
        "https://ocsp.signkorea.com/",
        "file:///etc/passwd",
        "gopher://ocsp.signkorea.com/",
        "ldaps://ds.yessign.or.kr:389/" + DN,
        "//ocsp.signkorea.com/",
        "ocsp.signkorea.com",
        # Another scheme, host or port than the listed one.
        "http://ds.yessign.or.kr:389/" + DN,
        "http://ocsp.yessign.org/",
        "http://ocsp.yessign.org:80",
        "http://ocsp.signkorea.com:4612/",
        "http://ocsp.signkorea.com.evil.example/",
        "http://evil.example/http://ocsp.signkorea.com",
        "http://evilocsp.signkorea.com/",
        "http://ocsp.signkorea.com./",
        # Addresses inside, in every spelling.
        "http://169.254.169.254/latest/meta-data/",
        "http://127.0.0.1/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]:80/",
        "http://localhost/",
        "http://0xCB.0.113.7/",
        "http://203.0.113.007/",
        # Two readers, two readings.
        "http://ocsp.signkorea.com@127.0.0.1/",
        "http://ocsp.signkorea.com:80@127.0.0.1/",
        "http://user:secret@ocsp.signkorea.com/",
        "http://@ocsp.signkorea.com/",
        "http://ocsp.signkorea.com\\@127.0.0.1/",
        "http://ocsp.signkorea.com#@127.0.0.1/",
        "http://127.0.0.1#ocsp.signkorea.com",
        "http://ocsp.signkorea.com/#a",
        "http://ocsp.signkorea.com?a",
        "http://ocsp.signkorea.com\\a",
        "http:///ocsp.signkorea.com/",
        "http:ocsp.signkorea.com/",
        "http://ocsp.signkorea.com%2eevil.example/",
        "http://ocsp%2esignkorea.com/",
        "http://ocsp。signkorea。com/",
        "http://ocsp.ѕignkorea.com/",
        "http://ocsp.signkorea.com/한",
        # What would end a request line, or a C string.
        "http://ocsp.signkorea.com/ HTTP/1.1\r\nHost: x",
        "http://ocsp.signkorea.com/a\r\nX: y",
        "http://ocsp.signkorea.com\r\n/",
        "http://ocsp.signkorea.com\n",
        "http://ocsp.signkorea.com/\n",
        "http://ocsp.signkorea.com/a b",
        "http://ocsp.signkorea.com/\0",
        "http://ocsp.signkorea.com/%zz",
        "http://ocsp.signkorea.com/%",
        " http://ocsp.signkorea.com/",
        # Ports that are none.
        "http://ocsp.signkorea.com:/",
        "http://ocsp.signkorea.com:0/",
        "http://ocsp.signkorea.com:65616/",
        "http://ocsp.signkorea.com:000080/",
        "http://ocsp.signkorea.com:８０/",
        "http://ocsp.signkorea.com:+80/",
        "http://ocsp.signkorea.com/" + "a" * 1024,
    ],
)
def test_unlisted_or_ambiguous_url_is_refused(url: str) -> None:
    assert allowed(url, ORIGINS) is None


@pytest.mark.parametrize(
    "rest",
    [
        "",
        "/",
        "/?certificateRevocationList",
        f"/{DN}?userPassword",
        f"/{DN}?*",
        f"/{DN}?certificateRevocationList,userPassword",
        f"/{DN}?certificateRevocationList;lang-ko",
        f"/{DN}?certificateRevocationList?sub",
        f"/{DN}?certificateRevocationList?one",
        f"/{DN}?certificateRevocationList?base?(a=b)?!bindname=cn=x",
        f"/{DN}?certificateRevocationList?base?(a=b)??",
        "/o=%FF,c=kr",
        "/o=a%00,c=kr",
        "/o=a%0A,c=kr",
    ],
)
def test_ldap_url_without_entry_or_crl_attribute_is_refused(rest: str) -> None:
    assert allowed("ldap://ds.yessign.or.kr:389" + rest, ORIGINS) is None


def test_ldap_url_without_a_host_is_refused() -> None:
    assert allowed(f"ldap:///{DN}", ORIGINS) is None


def test_empty_list_allows_nothing() -> None:
    assert allowed("http://ocsp.signkorea.com/", ()) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("http://OCSP.signkorea.com", ("http", "ocsp.signkorea.com", 80)),
        ("ldap://ds.yessign.or.kr", ("ldap", "ds.yessign.or.kr", 389)),
        ("http://ocsp.yessign.org:4612", ("http", "ocsp.yessign.org", 4612)),
        ("http://" + "a." * 126 + "b", ("http", "a." * 126 + "b", 80)),
        ("http://a:1", ("http", "a", 1)),
        ("http://a:65535", ("http", "a", 65535)),
    ],
)
def test_an_origin_is_scheme_host_and_port(text: str, expected: tuple[str, str, int]) -> None:
    assert origin(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ocsp.signkorea.com",
        "https://a",
        "http://a/",
        "http://a/b",
        "http://u@a",
        "http://*.signkorea.com",
        "http://a:0",
        "http://a:65536",
        "http://-a",
        "http://a-",
        "http://a..b",
        "http://" + "a" * 64,
        "http://" + ".".join(["a" * 60] * 5),
        "http://" + "a." * 600 + "b",
        "http://" + "a." * 126 + "bb",  # 254 characters (RFC 1035 section 2.3.4)
    ],
)
def test_malformed_origin_cannot_be_listed(text: str) -> None:
    with pytest.raises(ValueError, match=r"origin|port"):
        origin(text)


def test_malformed_listed_origin_raises() -> None:
    found: Address | None = None
    with pytest.raises(ValueError, match="origin"):
        found = allowed("http://ocsp.signkorea.com/", ("http://ocsp.signkorea.com/",))
    assert found is None
