"""Random changes to sites, sippeers, features and applications: nothing goes that is in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from tests.sandbox import rules
from tests.sandbox.conftest import STREET
from tests.sandbox.ledger import Application, Ledger, Order, Peer
from tests.sandbox.machine import FEATURES, SOME, SPOKEN, Machine, agree, run

if TYPE_CHECKING:
    from tests.sandbox.conftest import Account, Open, Reply

NAMES = st.sampled_from(["A", "B"])
METHODS = st.sampled_from(["POST", "PUT", "DELETE"])
NOWHERE = "00000000-0000-4000-8000-000000000000"


def _has_peers(machine: Machine) -> bool:
    return bool(machine.ledger.peers)


def _has_sites(machine: Machine) -> bool:
    return bool(machine.ledger.sites)


class Locations(Machine):
    """Begins with two sippeers on one site: one with SMS, one with SMS, MMS and an application."""

    def __init__(self, account: Account, ledger: Ledger) -> None:
        super().__init__(account, ledger)
        site = self.new_site("A")
        first, second = self.new_peer(site, "A"), self.new_peer(site, "B", default=False)
        for peer in (first, second):
            self.change_feature(peer, "sms", "POST", "HTTP", "v1")
        self.change_feature(second, "mms", "POST", "HTTP", "v1")
        self.make_application(voice=False, spoken="v1")
        self.assign_application(1, 0, remove=False, spoken="v1")

    def pick_peer(self, n: int) -> Peer:
        return self.pick(n, self.ledger.peers)

    @rule(name=NAMES)
    def make_site(self, name: str) -> None:
        if len(self.ledger.sites) < 3:
            self.new_site(name)

    @precondition(_has_sites)
    @rule(n=SOME, name=NAMES, spoken=SPOKEN)
    def replace_site(self, n: int, name: str, spoken: str) -> None:
        site, account = self.pick(n, self.ledger.sites), self.account.speaking(spoken)
        address = f"<Address>{STREET}</Address>"
        agree(account.put(site.path, f"<Site>{address}</Site>"), {(400, "12533")})
        agree(account.put(site.path, f"<Site><Name>{name}</Name></Site>"), {(400, "1003")})
        agree(account.put(site.path, f"<Site><Name>{name}</Name>{address}</Site>"), set())
        site.name = name

    @precondition(_has_sites)
    @rule(n=SOME, spoken=SPOKEN)
    def delete_site(self, n: int, spoken: str) -> None:
        site = self.pick(n, self.ledger.sites)
        gone = self.account.speaking(spoken).delete(site.path)
        if agree(gone, rules.against_deleting_site(self.ledger, site)):
            self.ledger.sites.remove(site)

    @precondition(_has_sites)
    @rule(n=SOME, name=NAMES, default=st.booleans(), spoken=SPOKEN)
    def make_sippeer(self, n: int, name: str, default: bool, spoken: str) -> None:
        site = self.pick(n, self.ledger.sites)
        path = f"{site.path}/sippeers"
        made = self.account.speaking(spoken).post(path, _sippeer(name, default=default))
        if agree(made, rules.against_sippeer(self.ledger, site, name, default=default)):
            self.new_peer(site, name, default=default, path=f"{path}/{made.id}")

    @precondition(_has_peers)
    @rule(n=SOME, name=NAMES, default=st.booleans(), spoken=SPOKEN)
    def replace_sippeer(self, n: int, name: str, default: bool, spoken: str) -> None:
        peer = self.pick_peer(n)
        made = self.account.speaking(spoken).put(peer.path, _sippeer(name, default=default))
        refusals = rules.against_sippeer(self.ledger, peer.site, name, default=default, old=peer)
        if agree(made, refusals):
            peer.name = name
            if default:
                self.ledger.make_default(peer)

    @precondition(_has_peers)
    @rule(n=SOME, spoken=SPOKEN)
    def delete_sippeer(self, n: int, spoken: str) -> None:
        peer = self.pick_peer(n)
        gone = self.account.speaking(spoken).delete(peer.path)
        if agree(gone, rules.against_deleting_sippeer(self.ledger, peer)):
            self.ledger.peers.remove(peer)

    @precondition(_has_peers)
    @rule(n=SOME)
    def strip_sippeer(self, n: int) -> None:
        """Takes all away that stands against its end, where numbers do not."""
        peer = self.pick_peer(n)
        for feature in ("mms", "sms"):
            self.change_feature(peer, feature, "DELETE", "HTTP", "v1")

    @precondition(_has_peers)
    @rule(n=SOME, method=METHODS, protocol=st.sampled_from(["HTTP", "SMPP"]), spoken=SPOKEN)
    def change_sms(self, n: int, method: str, protocol: str, spoken: str) -> None:
        self.change_feature(self.pick_peer(n), "sms", method, protocol, spoken)

    @precondition(_has_peers)
    @rule(n=SOME, method=METHODS, spoken=SPOKEN)
    def change_mms(self, n: int, method: str, spoken: str) -> None:
        self.change_feature(self.pick_peer(n), "mms", method, "HTTP", spoken)

    def change_feature(
        self, peer: Peer, feature: str, method: str, protocol: str, spoken: str
    ) -> None:
        account = self.account.speaking(spoken)
        if method == "DELETE":
            answer = account.delete(f"{peer.path}{FEATURES}/{feature}")
        elif feature == "sms":
            answer = account.sms(peer.path, method, Protocol=protocol)
        else:
            answer = account.mms(peer.path, method)
        if feature == "mms" and agree(answer, rules.against_mms(peer, method)):
            peer.mms = method != "DELETE"
        elif feature == "sms" and agree(answer, rules.against_sms(self.ledger, peer, method)):
            peer.sms = None if method == "DELETE" else protocol

    @rule(voice=st.booleans(), spoken=SPOKEN)
    def make_application(self, voice: bool, spoken: str) -> None:
        if len(self.ledger.applications) < 3:
            service = "Voice-V2" if voice else "Messaging-V2"
            made = self.account.speaking(spoken).application(service)
            row = Application("Server", self.ledger.now, is_for_messaging=not voice)
            self.ledger.applications[made] = row

    @precondition(lambda self: self.ledger.applications)
    @rule(n=SOME, name=NAMES, voice=st.booleans(), spoken=SPOKEN)
    def replace_application(self, n: int, name: str, voice: bool, spoken: str) -> None:
        """Its name; the service type stays what it was (12964)."""
        identity = self.pick(n, [*self.ledger.applications])
        row = self.ledger.applications[identity]
        body = "<CallInitiatedCallbackUrl>https://a.example</CallInitiatedCallbackUrl>"
        if not voice:
            body = "<CallbackUrl>https://a.example</CallbackUrl>"
        service = "Voice-V2" if voice else "Messaging-V2"
        kind = f"<ServiceType>{service}</ServiceType><AppName>{name}</AppName>"
        path, account = f"/applications/{identity}", self.account.speaking(spoken)
        answer = account.put(path, f"<Application>{kind}{body}</Application>")
        if agree(answer, set() if row.is_for_messaging != voice else {(400, "12964")}):
            row.name = name

    @precondition(lambda self: self.ledger.applications)
    @rule(n=SOME, spoken=SPOKEN)
    def delete_application(self, n: int, spoken: str) -> None:
        identity = self.pick(n, [*self.ledger.applications])
        gone = self.account.speaking(spoken).delete(f"/applications/{identity}")
        if agree(gone, rules.against_deleting_application(self.ledger, identity)):
            del self.ledger.applications[identity]

    @precondition(_has_peers)
    @rule(n=SOME, m=SOME, remove=st.booleans(), spoken=SPOKEN)
    def assign_application(self, n: int, m: int, remove: bool, spoken: str) -> None:
        peer, account = self.pick_peer(n), self.account.speaking(spoken)
        if remove:
            assert account.assign(peer.path, "REMOVE").status == 200
            peer.application = None
            return
        identity = self.pick(m, [*self.ledger.applications, NOWHERE])
        answer = account.assign(peer.path, identity)
        if agree(answer, rules.against_assigning(self.ledger, peer, identity)):
            peer.application = identity

    @precondition(_has_peers)
    @rule(n=SOME, spoken=SPOKEN)
    def order(self, n: int, spoken: str) -> None:
        peer = self.pick_peer(n)
        made = self.account.speaking(spoken).order(peer.path, 1)
        self.new_order(made, Order(made.id, peer, self.ledger.now, 1, "910"))

    @precondition(lambda self: self.ledger.in_service(*self.ledger.peers))
    @rule(n=SOME, speaks=st.booleans(), spoken=SPOKEN)
    def change_messaging_of_a_number(self, n: int, speaks: bool, spoken: str) -> None:
        number = self.pick(n, self.ledger.in_service(*self.ledger.peers))
        row, account = self.ledger.numbers[number], self.account.speaking(spoken)
        assert row.peer is not None
        flag = f"<SmsEnabled>{str(speaks).lower()}</SmsEnabled>"
        body = f"<MessagingSettings>{flag}</MessagingSettings>"
        path = f"{row.peer.path}/tns/{account.written(number)}"
        answer = account.put(path, f"<SipPeerTelephoneNumber>{body}</SipPeerTelephoneNumber>")
        if agree(answer, rules.against_talking(row.peer) if speaks else set()):
            row.speaks = speaks

    @precondition(lambda self: self.ledger.in_service(*self.ledger.peers))
    @rule(n=SOME)
    def release(self, n: int) -> None:
        number = self.pick(n, self.ledger.in_service(*self.ledger.peers))
        self.ledger.release(self.account.release(number).id, (number,))

    @invariant()
    def sippeers_are_as_they_were_left(self) -> None:
        for peer in self.ledger.peers:
            get = self.account.get
            shown = get(peer.path)
            assert shown.text("IsDefaultPeer") == str(peer.is_default).lower()
            sms, mms = (get(f"{peer.path}{FEATURES}/{name}") for name in ("sms", "mms"))
            assert (sms.status, mms.status) == (200 if peer.sms else 404, 200 if peer.mms else 404)
            if peer.sms:
                assert sms.text("Protocol") == peer.sms
            settings = get(f"{peer.path}/products/messaging/applicationSettings")
            assert settings.all("HttpMessagingV2AppId") == [
                *([] if peer.application is None else [peer.application])
            ]

    @invariant()
    def applications_know_who_uses_them(self) -> None:
        rows = self.ledger.applications.items()
        listed = self.account.get("/applications")
        shown = zip(listed.all("ApplicationId"), listed.all("AppName"), strict=True)
        assert [*shown] == [
            (identity, row.name) for identity, row in rows if self.ledger.is_listed(row.made)
        ]
        for identity, _ in rows:
            users = self.account.get(f"/applications/{identity}/associatedsippeers")
            assert users.all("PeerId") == [
                _id(peer) for peer in self.ledger.peers if peer.application == identity
            ]

    @invariant()
    def every_site_with_sippeers_has_one_default(self) -> None:
        for site in self.ledger.sites:
            defaults = self._defaults(self.account.get(f"{site.path}/sippeers"))
            listed = [each for each in self.ledger.peers_of(site) if each.is_default]
            assert defaults == [_id(each) for each in listed if self.ledger.is_listed(each.made)]
            assert len(listed) == bool(self.ledger.peers_of(site))

    def _defaults(self, listed: Reply) -> list[str]:
        rows = zip(listed.all("PeerId"), listed.all("IsDefaultPeer"), strict=True)
        return [peer for peer, is_default in rows if is_default == "true"]


def _sippeer(name: str, *, default: bool) -> str:
    flag = f"<IsDefaultPeer>{str(default).lower()}</IsDefaultPeer>"
    return f"<SipPeer><PeerName>{name}</PeerName>{flag}</SipPeer>"


def _id(peer: Peer) -> str:
    return peer.path.rsplit("/", 1)[1]


@pytest.mark.parametrize("lag", [0.0, 3.0])
def test_locations_keep_to_the_rules_whatever_is_asked(lag: float, open_account: Open) -> None:
    run(Locations, open_account, lag)
