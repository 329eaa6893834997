"""The bot's token goes to Microsoft's hosts, and to nobody else."""

from __future__ import annotations

import pytest

from adapters.teams.hosts import Hosts


@pytest.mark.parametrize(
    "url",
    [
        "https://smba.trafficmanager.net/amer/",
        "https://smba.trafficmanager.net/teams",
        "https://SMBA.trafficmanager.net/emea/",
        "https://smba.trafficmanager.net:443/amer/",
        "https://smba.infra.gcc.teams.microsoft.com/gcc",
        "https://smba.infra.gov.teams.microsoft.us/gcch",
        "https://canary.botframework.com/",
        "https://eu.teams.microsoft.com/x/",
        "https://dod.teams.microsoft.us",
    ],
)
def test_microsofts_own_service_addresses_are_allowed(url: str) -> None:
    assert Hosts().allows(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "smba.trafficmanager.net",
        "http://smba.trafficmanager.net/amer/",
        "ftp://smba.trafficmanager.net/",
        "https://smba.trafficmanager.net:8443/amer/",
        "https://smba.trafficmanager.net.evil.example/",
        "https://evil.example/smba.trafficmanager.net/",
        "https://other.trafficmanager.net/",
        "https://notbotframework.com/",
        "https://botframework.com.evil.example/",
        "https://smba.trafficmanager.net@evil.example/",
        "https://user:word@smba.trafficmanager.net/",
        "https://evil.example\\@smba.trafficmanager.net/",
        "https://smba.trafficmanager.net\\.evil.example/",
        "https://smba.trafficmanager.net/amer/?next=https://evil.example",
        "https://smba.trafficmanager.net/#x",
        "https://smba.trafficmanager.net/%2e%2e/",
        "https://smba.trafficmanager.net/\n",
        " https://smba.trafficmanager.net/",
        "https://\u0455mba.trafficmanager.net/",
        "https://smba.botframewor\u212a.com/",
        "https://127.0.0.1/",
        "https://[::1]/",
    ],
)
def test_nothing_else_is_allowed_however_it_looks(url: str) -> None:
    assert not Hosts().allows(url)


def test_an_extra_host_is_allowed_on_every_port_or_on_the_named_one() -> None:
    hosts = Hosts(["teams.example.org", "Stub.example.org:8443"])
    assert hosts.allows("https://teams.example.org/")
    assert hosts.allows("https://teams.example.org:9000/")
    assert hosts.allows("https://stub.example.org:8443/")
    assert not hosts.allows("https://stub.example.org/")


def test_the_usual_port_need_not_be_written() -> None:
    assert Hosts(["teams.example.org:443"]).allows("https://teams.example.org/amer/")


def test_only_loopback_may_do_without_https_and_only_when_named_or_local() -> None:
    assert not Hosts(["teams.example.org"]).allows("http://teams.example.org/")
    assert not Hosts([], local=True).allows("http://teams.example.org/")
    assert not Hosts().allows("http://127.0.0.1:56150/_connector")
    assert Hosts(["127.0.0.1:56150"]).allows("http://127.0.0.1:56150/_connector")
    assert not Hosts(["127.0.0.1:56150"]).allows("http://127.0.0.1:56151/_connector")
    for url in ("http://127.0.0.1:56150/_connector", "http://localhost:56150/_connector", "http://[::1]:80/"):
        assert Hosts(local=True).allows(url)


def test_empty_entries_of_a_list_allow_nothing() -> None:
    assert not Hosts(["", " "]).allows("https://evil.example/")
