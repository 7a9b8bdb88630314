"""`/products/messaging/features/{sms,mms}`: what a location can send and receive.

A feature that is off is 404, switching on what is on is 409 (both assumptions: undocumented).
"""

from __future__ import annotations

import re
import sqlite3

from lxml.etree import _Element as Element

from provisioner.sandbox.calls import beta
from provisioner.sandbox.calls.errors import Refusal
from provisioner.sandbox.calls.exchange import Answer, Call, document, nothing
from provisioner.sandbox.calls.lookups import sippeer_of
from provisioner.sandbox.calls.markup import (
    boolean,
    child,
    element,
    elements,
    is_true,
    optional,
    restore,
    store,
    word,
)
from provisioner.sandbox.memory.state import State
from provisioner.sandbox.numbers import inventory

# The service adds an id of its own; this one is in the vendor guide.
_PROXY_PEER = "539692"
_SMS_FLAGS = ("TollFree", "ShortCode")
_ZONES = tuple(f"Zone{n}" for n in range(1, 6))
_SMS_PROTOCOLS = ("HTTP", "SMPP", "SIP")
_MMS_PROTOCOLS = ("HTTP", "MM4")
_A2P_STATES = ("ON", "OFF", "DefaultOn", "DefaultOff")
_A2P_CAMPAIGN = re.compile(r"[A-Za-z0-9 _.\-]{1,64}")


def get_sms(call: Call, state: State) -> Answer:
    return _get(call, state, "sms", "SipPeerSmsFeatureResponse")


def create_sms(call: Call, state: State) -> Answer:
    row = _off(call, state, "sms")
    settings = _read_sms(call.document("SipPeerSmsFeature"), state)
    state.run("UPDATE sippeers SET sms = ? WHERE id = ?", store(settings), row["id"])
    return document(element("SipPeerSmsFeatureResponse", settings), 201)


def replace_sms(call: Call, state: State) -> Answer:
    row = _on(call, state, "sms")
    settings = _read_sms(call.document("SipPeerSmsFeature"), state)
    state.run("UPDATE sippeers SET sms = ? WHERE id = ?", store(settings), row["id"])
    return document(element("SipPeerSmsFeatureResponse", settings))


def delete_sms(call: Call, state: State) -> Answer:
    row = _on(call, state, "sms")
    if row["mms"] is not None:
        raise Refusal(13624)
    if inventory.has_messaging(row["id"], state):
        raise Refusal(13673)
    state.run("UPDATE sippeers SET sms = NULL WHERE id = ?", row["id"])
    return nothing()


def get_mms(call: Call, state: State) -> Answer:
    return _get(call, state, "mms", "MmsFeatureResponse")


def create_mms(call: Call, state: State) -> Answer:
    row = _off(call, state, "mms")
    settings = _read_mms(call.document("MmsFeature"), state)
    if row["sms"] is None:
        raise Refusal(13623)
    state.run("UPDATE sippeers SET mms = ? WHERE id = ?", store(settings), row["id"])
    return document(element("MmsFeatureResponse", settings), 201)


def replace_mms(call: Call, state: State) -> Answer:
    """200 without a body (vendor interface description)."""
    row = _on(call, state, "mms")
    settings = _read_mms(call.document("MmsFeature"), state)
    state.run("UPDATE sippeers SET mms = ? WHERE id = ?", store(settings), row["id"])
    return nothing()


def delete_mms(call: Call, state: State) -> Answer:
    row = _on(call, state, "mms")
    state.run("UPDATE sippeers SET mms = NULL WHERE id = ?", row["id"])
    return nothing()


def speak_http(row: sqlite3.Row) -> bool:
    """Whether SMS is on, and all that is on uses HTTP: what an application needs (13645)."""
    if row["sms"] is None:
        return False
    sms = restore(row["sms"]).findtext("SipPeerSmsFeatureSettings/Protocol")
    mms = None if row["mms"] is None else restore(row["mms"]).findtext("MmsSettings/protocol")
    return sms == "HTTP" and mms in (None, "HTTP")


def _get(call: Call, state: State, feature: str, root: str) -> Answer:
    return document(element(root, restore(_on(call, state, feature)[feature])))


def _on(call: Call, state: State, feature: str) -> sqlite3.Row:
    row = sippeer_of(call, state)
    if row[feature] is None:
        raise Refusal(1016, f"The {feature.upper()} feature of sippeer '{row['id']}'")
    return row


def _off(call: Call, state: State, feature: str) -> sqlite3.Row:
    row = sippeer_of(call, state)
    if row[feature] is not None:
        raise Refusal(1015, f"The {feature.upper()} feature of sippeer '{row['id']}'")
    return row


def _read_sms(body: Element, state: State) -> Element:
    """All of the settings are required (vendor guide), the A2P ones beside them are not."""
    if beta.is_beta(state):
        beta.check_sms(body)
    sent = child(body, "SipPeerSmsFeatureSettings")
    if sent is None:
        raise Refusal(1003, "SipPeerSmsFeatureSettings")
    flags = (element(name, boolean(is_true(sent, name))) for name in _SMS_FLAGS)
    settings = elements("SipPeerSmsFeatureSettings", flags)
    settings.extend(_a2p(sent))
    settings.append(element("Protocol", _protocol(sent, _SMS_PROTOCOLS, "Protocol")))
    settings.extend(element(name, boolean(is_true(sent, name))) for name in _ZONES)
    feature = element("SipPeerSmsFeature", settings)
    hosts = child(body, "SmppHosts")
    if word(settings, "Protocol") == "HTTP":
        feature.append(_http_settings(child(body, "HttpSettings"), "ProxyPeerId"))
    elif hosts is not None:
        feature.append(hosts)
    return feature


def _a2p(sent: Element) -> list[Element]:
    long_code, campaign = word(sent, "A2pLongCode"), word(sent, "A2pCampaignId")
    if long_code and long_code not in _A2P_STATES:
        raise Refusal(1008, long_code, "A2pLongCode")
    if campaign and not _A2P_CAMPAIGN.fullmatch(campaign):
        raise Refusal(1008, campaign, "A2pCampaignId")
    shown = (
        optional("A2pLongCode", long_code),
        optional("A2pMessageClass", word(sent, "A2pMessageClass")),
        optional("A2pCampaignId", campaign),
    )
    return [part for part in shown if part is not None]


def _read_mms(body: Element, state: State) -> Element:
    """Read in either spelling, shown as `protocol` and `proxyPeerId` (vendor guide)."""
    if beta.is_beta(state):
        beta.check_mms(body)
    sent = child(body, "MmsSettings")
    if sent is None:
        raise Refusal(1003, "MmsSettings")
    protocol = _protocol(sent, _MMS_PROTOCOLS, "Protocol", "protocol")
    protocols = child(body, "Protocols")
    if protocols is None:
        raise Refusal(1003, "Protocols")
    details = child(protocols, protocol)
    if len(protocols) != 1 or details is None:
        raise Refusal(13606)
    if protocol == "HTTP":
        http = _http_settings(child(details, "HttpSettings"), "proxyPeerId")
        protocols = element("Protocols", element("HTTP", http))
    settings = element("MmsSettings", element("protocol", protocol))
    return element("MmsFeature", settings, protocols)


def _protocol(sent: Element, known: tuple[str, ...], *names: str) -> str:
    said = word(sent, *names)
    if not said:
        raise Refusal(1003, names[0])
    if said not in known:
        raise Refusal(1008, said, names[0])
    return said


def _http_settings(sent: Element | None, name: str) -> Element:
    given = "" if sent is None else word(sent, "ProxyPeerId", "proxyPeerId")
    return element("HttpSettings", element(name, given or _PROXY_PEER))
