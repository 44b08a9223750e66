"""Which addresses may be connected to."""

from __future__ import annotations

import pytest

from presets_app.backends.addresses import HostRule, permitted

PUBLIC = HostRule("api.vendor.test")
OWN = HostRule("127.0.0.1", 9000, loopback=True)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.1.2.3",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:93.184.216.34",
        "::127.0.0.1",
        "0.1.2.3",
        "::",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::a00:1",
        "2002:7f00:1::",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "fe80::1%eth0",
        "fec0::1",
        "fd00::1",
        "224.0.0.1",
        "ff02::1",
        "255.255.255.255",
        "192.0.0.171",
        "198.18.0.1",
        "not an address",
    ],
)
def test_an_address_that_is_not_the_public_internet_is_not_permitted(address: str) -> None:
    assert not permitted(address, PUBLIC)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"])
def test_a_public_address_is_permitted(address: str) -> None:
    assert permitted(address, PUBLIC)


def test_a_loopback_rule_permits_this_machine_and_nothing_else() -> None:
    assert permitted("127.0.0.1", OWN)
    assert permitted("::1", OWN)
    assert not permitted("93.184.216.34", OWN)
    assert not permitted("10.0.0.1", OWN)


def test_only_an_explicit_loopback_port_makes_a_loopback_rule() -> None:
    assert HostRule.configured("http://127.0.0.1:9000") == OWN
    assert HostRule.configured("http://localhost:81/x").loopback
    assert not HostRule.configured("http://127.0.0.1").loopback
    assert not HostRule.configured("https://api.vendor.test:8443").loopback
    with pytest.raises(ValueError, match="host"):
        HostRule.configured("nonsense")


def test_a_wildcard_covers_names_below_it_and_no_others() -> None:
    rule = HostRule("*.vendor.test")
    assert rule.matches("cdn.vendor.test", 443)
    assert not rule.matches("vendor.test", 443)
    assert not rule.matches("evilvendor.test", 443)
    assert not rule.matches("cdn.vendor.test", 8080)


def test_a_private_rule_permits_the_teams_own_network_and_nothing_else() -> None:
    rule = HostRule.configured("http://gpu-box:8188", private=True)
    assert rule.own and rule.matches("gpu-box", 8188)
    for inside in ("192.168.1.20", "10.0.0.5", "172.16.0.9", "100.64.3.4", "fd12:3456::7", "127.0.0.1"):
        assert permitted(inside, rule)
    for outside in ("93.184.216.34", "169.254.169.254", "fe80::1", "0.1.2.3", "::ffff:10.0.0.5", "224.0.0.1"):
        assert not permitted(outside, rule)
    for metadata in ("100.100.100.200", "192.168.169.254", "fd00:ec2::254"):
        assert not permitted(metadata, rule)


def test_only_a_permission_makes_a_private_rule_and_plain_http_has_its_usual_port() -> None:
    assert not HostRule.configured("http://192.168.1.20:8188").own
    assert HostRule.configured("http://192.168.1.20", private=True).matches("192.168.1.20", 80)
    assert HostRule.configured("https://gpu-box", private=True).matches("gpu-box", 443)
