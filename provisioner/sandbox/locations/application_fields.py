"""What may be in an application, and how what is sent becomes what is kept.

Facts: vendor interface description and error list.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from lxml.etree import _Element as Element

from provisioner.sandbox.calls.errors import Refusal

PASSWORD = "/Password"  # noqa: S105 -- the end of a field's name

_SERVICE_TYPES = {
    "Messaging-V2": "Messaging-V2",
    "Messaging": "Messaging-V2",
    "Voice-V2": "Voice-V2",
    "Voice": "Voice-V2",
}
_OLD_URLS = ("CallbackUrl", "MsgCallbackUrl")
_URLS = ("InboundCallbackUrl", "OutboundCallbackUrl")
_OLD_CREDENTIALS = ("CallbackCreds", "MsgCallbackCreds")
_CREDENTIALS = ("InboundCallbackCreds", "OutboundCallbackCreds")
_CALLBACK_TYPES = ("message-delivered", "message-failed", "message-sending")

_COMMON = {"ApplicationId", "ServiceType", "AppName", "CallbackCreds"}
_MESSAGING = {
    *_OLD_URLS,
    *_URLS,
    *_CREDENTIALS,
    "MsgCallbackCreds",
    "RequestedCallbackTypes",
}
_VOICE_URLS = ("CallInitiatedCallbackUrl", "CallStatusCallbackUrl", "CallInitiatedFallbackUrl")
_VOICE = {
    *_VOICE_URLS,
    "CallInitiatedMethod",
    "CallStatusMethod",
    "CallInitiatedFallbackMethod",
    "CallInitiatedFallbackCreds",
    "CallbackTimeout",
}
_ALLOWED = {"Messaging-V2": _COMMON | _MESSAGING, "Voice-V2": _COMMON | _VOICE}
_ALIASES = {"CallBackCreds": "CallbackCreds"}
_SHORTEST_CREDENTIAL, _LONGEST_CREDENTIAL = 6, 63


def read_fields(body: Element) -> dict[str, str]:
    """The documented elements as they were sent; an empty element is the empty text."""
    given: dict[str, str] = {}
    for found in body:
        name = _ALIASES.get(str(found.tag), str(found.tag))
        if name not in _COMMON | _MESSAGING | _VOICE:
            continue
        if name == "RequestedCallbackTypes":
            given[name] = " ".join((each.text or "").strip() for each in found)
        elif name.endswith("Creds"):
            given[name] = ""
            given |= {f"{name}/{part.tag}": part.text or "" for part in found}
        else:
            given[name] = found.text or ""
    return given


def settle_fields(
    given: Mapping[str, str], *, before: Mapping[str, str], keep: Mapping[str, str]
) -> dict[str, str]:
    """The fields to keep: `keep` with what was given on top, as the rules allow.

    `before` is the application as it stands (empty for a new one): its service type cannot change,
    and a UserId that stays needs no Password.
    """
    service = _service_type(given, before)
    for name in given:
        if name.partition("/")[0] not in _ALLOWED[service]:
            raise Refusal(12962, name.partition("/")[0], service)
    credentials = _credentials(given, before, service)
    replaced = {path.partition("/")[0] for path in credentials}
    if replaced & set(_CREDENTIALS):
        replaced.add("CallbackCreds")
    kept = {path: value for path, value in keep.items() if path.partition("/")[0] not in replaced}
    changed = {
        **kept,
        **_plain(given, service),
        **_urls(given),
        **credentials,
        "ServiceType": service,
    }
    fields = {path: value for path, value in changed.items() if value}
    if not fields.get("AppName", "").strip():
        raise Refusal(12806)
    if service == "Messaging-V2":
        if "InboundCallbackUrl" not in fields:
            raise Refusal(12802)
        fields.setdefault("RequestedCallbackTypes", " ".join(_CALLBACK_TYPES))
    return fields


def _service_type(given: Mapping[str, str], before: Mapping[str, str]) -> str:
    said = given.get("ServiceType", before.get("ServiceType", "")).strip()
    service = _SERVICE_TYPES.get(said)
    if service is None:
        raise Refusal(12801, said)
    if before and service != before["ServiceType"]:
        raise Refusal(12964)
    return service


def _plain(given: Mapping[str, str], service: str) -> dict[str, str]:
    names = {"AppName"} | (_VOICE if service == "Voice-V2" else {"RequestedCallbackTypes"})
    plain = {
        name: value for name, value in given.items() if name in names and not name.endswith("Creds")
    }
    for name in _VOICE_URLS:
        if plain.get(name) == "remove":
            plain[name] = ""
        _check_url(plain.get(name, ""))
    for each in plain.get("RequestedCallbackTypes", "").split():
        if each not in _CALLBACK_TYPES:
            raise Refusal(1008, each, "CallbackType")
    return plain


def _urls(given: Mapping[str, str]) -> dict[str, str]:
    old = [given[name].strip() for name in _OLD_URLS if name in given]
    new = {name: given[name].strip() for name in _URLS if name in given}
    if old and new:
        raise Refusal(13065)
    if len(set(old)) > 1:
        raise Refusal(12960)
    urls = dict.fromkeys(_URLS, old[0]) if old else new
    for url in urls.values():
        _check_url(url)
    return urls


def _check_url(url: str) -> None:
    if not url:
        return
    try:
        parts = urlsplit(url)
        callable_back = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        callable_back = False
    if not callable_back or any(mark.isspace() for mark in url):
        raise Refusal(12803, url)


def _credentials(
    given: Mapping[str, str], before: Mapping[str, str], service: str
) -> dict[str, str]:
    """Every group that was given, as "Group/UserId" and "Group/Password"; "Group" itself is empty,
    which clears what an empty element replaces."""
    groups = [name for name in given if name.endswith("Creds")]
    old = [name for name in groups if name in _OLD_CREDENTIALS]
    if old and any(name in _CREDENTIALS for name in groups):
        raise Refusal(13066)
    read: dict[str, str] = {}
    for group in groups:
        user, password = _pair(group, given, before)
        targets: tuple[str, ...] = (group,)
        if service == "Messaging-V2" and group in _OLD_CREDENTIALS:
            targets = ("CallbackCreds", *_CREDENTIALS)
        for target in targets:
            read |= {target: "", f"{target}/UserId": user, f"{target}{PASSWORD}": password}
    return read


def _pair(group: str, given: Mapping[str, str], before: Mapping[str, str]) -> tuple[str, str]:
    user = given.get(f"{group}/UserId", "")
    password = given.get(f"{group}{PASSWORD}", "")
    if password and not user:
        raise Refusal(12800, group)
    if user and not password:
        known = before.get(f"{group}/UserId")
        if known is None:
            raise Refusal(12977, group)
        if user != known:
            raise Refusal(12976, group)
        password = before[f"{group}{PASSWORD}"]
    for name, value in ((f"{group}/UserId", user), (f"{group}{PASSWORD}", password)):
        if value and len(value) < _SHORTEST_CREDENTIAL:
            raise Refusal(1012, name, _SHORTEST_CREDENTIAL)
        if len(value) > _LONGEST_CREDENTIAL:
            raise Refusal(1011, name, _LONGEST_CREDENTIAL)
    return user, password
