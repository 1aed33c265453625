from ipaddress import IPv6Address, ip_address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blazon.errors import InvalidBrief
from blazon.serve.webhooks.address import MAX_URL, check_url, find_receiver, is_public

PRIVATE = [
    "http://127.0.0.1/",
    "http://127.0.0.1:8080/hook",
    "http://127.1/",
    "http://0x7f.1/",
    "http://2130706433/",
    "http://0/",
    "http://localhost/",
    "http://LOCALHOST./",
    "https://api.localhost/",
    "http://[::1]/",
    "http://[::]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:8.8.8.8]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[fe80::1%25eth0]/",
    "http://[fd00::1]/",
    "http://[2606:4700::1%25eth0]/",
    "http://[::1%251]/",
    "http://[::127.0.0.1]/",
    "http://017700000001/",
    "http://0x7f.0.0.0x1/",
    "http://127.0.0.1./",
    "http://127\u30020\u30020\u30021/",
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://192.168.1.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://100.64.0.1/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
]
WRONG = [
    ("", "begin with https://"),
    ("example.com/hook", "begin with https://"),
    ("//example.com/hook", "begin with https://"),
    ("ftp://example.com/", "begin with https://"),
    ("javascript:alert(1)", "begin with https://"),
    ("http://", "names no host"),
    ("http:///hook", "names no host"),
    ("http://:80/", "names no host"),
    ("http://a b/", "names no host"),
    ("http://%31%32%37.0.0.1/", "names no host"),
    ("http://1.1.1.1%00.example/", "names no host"),
    ("http://%6cocalhost/", "names no host"),
    ("http://a..b/", "names no host"),
    ("http://" + "a" * 64 + ".com/", "names no host"),
    ("http://" + "a." * 130 + "com/", "names no host"),
    ("http://user@example.com/", "user name or password"),
    ("http://user:word@example.com/", "user name or password"),
    ("http://a\\@b/", "user name or password"),
    ("http://1.1.1.1:80@127.0.0.1/", "user name or password"),
    ("http://a@b@1.1.1.1/", "user name or password"),
    ("http://example.com/#part", "fragment"),
    ("http://example.com/#", "fragment"),
    ("http://example.com:0/", "port"),
    ("http://example.com:65536/", "port"),
    ("http://example.com:http/", "is not a URL"),
    ("http://example.com/\x00", "is not a URL"),
    ("http://example.com/a\r\nX-Evil: 1", "is not a URL"),
    ("http://example.com/\ud800", "is not a URL"),
    ("http://１２７.0.0.1/", "is not a URL"),
    ("http://0177.0.0.1/", "is not a URL"),
    ("http://[::1/", "is not a URL"),
    ("http://example.com/" + "a" * MAX_URL, "2000 are the most"),
    ("http://example.com/" + "ä" * 1000, "percent-encoded"),
]


@pytest.mark.parametrize("url", PRIVATE)
def test_a_private_address_is_refused_unless_allowed(url):
    with pytest.raises(InvalidBrief, match=r"public address.*WEBHOOK_ALLOW_PRIVATE") as refused:
        check_url(url, allow_private=False)
    assert refused.value.field == "webhook_url"
    assert check_url(url, allow_private=True).startswith("http")


@pytest.mark.parametrize(("url", "problem"), WRONG)
@pytest.mark.parametrize("allow_private", [True, False])
def test_what_cannot_be_called_is_refused_with_what_to_change(url, problem, allow_private):
    with pytest.raises(InvalidBrief, match=problem) as refused:
        check_url(url, allow_private=allow_private)
    assert refused.value.field == "webhook_url"


@pytest.mark.parametrize(
    ("url", "called"),
    [
        ("https://example.com", "https://example.com"),
        (" https://example.com/hook?a=b&c ", "https://example.com/hook?a=b&c"),
        ("HTTPS://Example.COM:443/Hook", "https://example.com/Hook"),
        ("http://bücher.example/ä", "http://xn--bcher-kva.example/%C3%A4"),
        ("http://8.8.8.8:8080/", "http://8.8.8.8:8080/"),
        ("http://[2606:4700:4700::1111]/", "http://[2606:4700:4700::1111]/"),
        ("http://example.com:65535/", "http://example.com:65535/"),
    ],
)
def test_what_can_be_called_is_written_in_one_way(url, called):
    assert check_url(url, allow_private=False) == called
    assert check_url(called, allow_private=False) == called


@pytest.mark.parametrize("port", [1, 22, 25, 53, 465, 587, 1023])
def test_a_port_of_mail_and_the_like_is_refused_unless_allowed(port):
    url = f"https://example.com:{port}/"
    with pytest.raises(InvalidBrief, match="port of another service"):
        check_url(url, allow_private=False)
    assert check_url(url, allow_private=True) == url


def test_a_receiver_is_shown_without_its_path():
    assert find_receiver("https://hooks.example.com:8443/T00/secret?x=y") == "https://hooks.example.com:8443"


@settings(deadline=None)
@given(st.text(max_size=60).map("http://".__add__) | st.text(max_size=60))
def test_any_text_is_either_refused_or_written_in_a_way_that_stays(text):
    try:
        called = check_url(text, allow_private=False)
    except InvalidBrief:
        return
    assert check_url(called, allow_private=False) == called
    assert find_receiver(called).isascii()


@settings(deadline=None)
@given(st.ip_addresses(v=4) | st.ip_addresses(v=6))
def test_what_we_call_public_the_standard_library_calls_global_too(address):
    if is_public(address):
        assert address.is_global
        assert not address.is_multicast
        assert not address.is_reserved


@settings(deadline=None)
@given(st.ip_addresses(v=4))
def test_no_ipv4_address_gets_through_in_the_clothes_of_ipv6(address):
    number = int(address)
    for disguise in (
        IPv6Address(number),  # IPv4-compatible
        IPv6Address(0xFFFF << 32 | number),  # IPv4-mapped
        IPv6Address(int(IPv6Address("64:ff9b::")) | number),  # NAT64
        IPv6Address(int(IPv6Address("64:ff9b:1::")) | number),  # NAT64 of a network
        IPv6Address(0x2002 << 112 | number << 80 | 1),  # 6to4
        IPv6Address(0x2001 << 112 | number << 64 | ~number & 0xFFFFFFFF),  # Teredo
    ):
        assert not is_public(disguise)


@settings(deadline=None)
@given(st.ip_addresses(v=6).map(lambda address: IPv6Address(int(address) >> 3 | 0x2 << 124)))
def test_addresses_of_the_global_unicast_range_are_judged_as_the_standard_library_does(address):
    assert is_public(address) <= address.is_global


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "1.1.1.1", "100.63.255.255", "100.128.0.0", "172.32.0.1", "2606:4700::1"]
)
def test_addresses_of_the_internet_are_public(address):
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("0.0.0.0", "0.255.255.255"),
        ("100.64.0.0", "100.127.255.255"),
        ("169.254.0.0", "169.254.255.255"),
        ("172.16.0.0", "172.31.255.255"),
        ("192.0.0.0", "192.0.0.255"),
        ("192.88.99.0", "192.88.99.255"),
        ("198.18.0.0", "198.19.255.255"),
        ("224.0.0.0", "255.255.255.255"),
        ("3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff"),
        ("fec0::", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ],
)
def test_ranges_are_closed_to_their_ends(first, last):
    assert not is_public(ip_address(first))
    assert not is_public(ip_address(last))
