from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import httpx

    from tests.sandbox.conftest import OpenSender, Sender

OTHER = "+19195551212"


def _ids(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200
    return [each["messageId"] for each in answer.json()["messages"]]


def test_a_delivery_is_listed_in_the_documented_shape(sender: Sender) -> None:
    sent = sender.send().json()
    sender.account.clock.advance(1)
    assert sender.find(messageId=sent["id"]).json() == {
        "totalCount": 1,
        "pageInfo": {"prevPage": "", "nextPage": "", "prevPageToken": "", "nextPageToken": ""},
        "messages": [
            {
                "messageId": sent["id"],
                "accountId": "9900778",
                "sourceTn": sender.number,
                "destinationTn": OTHER,
                "messageStatus": "DELIVERED",
                "messageDirection": "OUTBOUND",
                "messageType": "sms",
                "segmentCount": 1,
                "errorCode": 0,
                "receiveTime": sent["time"],
                "carrierName": None,
                "messageSize": None,
                "messageLength": 3,
                "attachmentCount": 0,
                "recipientCount": 1,
                "campaignClass": None,
                "campaignId": None,
            }
        ],
    }


def test_a_group_has_a_row_for_each_recipient(sender: Sender) -> None:
    sent = sender.send(to=[OTHER, "+10000000000"], media=["https://example.com/a.png"]).json()
    sender.account.clock.advance(1)
    found = sender.find(messageId=sent["id"], sort="destinationTn:asc").json()["messages"]
    assert [
        (each["destinationTn"], each["messageStatus"], each["errorCode"]) for each in found
    ] == [("+10000000000", "FAILED", 4303), (OTHER, "DELIVERED", 0)]
    assert {(each["recipientCount"], each["attachmentCount"]) for each in found} == {(2, 1)}


def test_the_campaign_of_the_location_is_shown(sender: Sender) -> None:
    sender.account.sms(sender.sippeer, "PUT", A2pLongCode="ON", A2pCampaignId="CA3XKE1")
    sent = sender.send().json()["id"]
    (found,) = sender.deliveries()
    assert found["campaignId"] == "CA3XKE1"
    assert _ids(sender.find(campaignId="CA3XKE1", messageId=sent)) == [sent]
    assert _ids(sender.find(campaignId="other", messageId=sent)) == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"destinationTn": OTHER}, [0]),
        ({"destinationTn": f"{OTHER},+447700900123"}, [0, 2]),
        ({"destinationTn": "+1919"}, [0, 1]),
        ({"destinationTn": "+1919,+4477"}, []),
        ({"messageStatus": "DELIVERED"}, [0, 1]),
        ({"messageStatus": "FAILED"}, [2]),
        ({"messageDirection": "OUTBOUND"}, [0, 1, 2]),
        ({"messageDirection": "INBOUND"}, []),
        ({"messageType": "mms"}, [1]),
        ({"errorCode": "4432"}, [2]),
        ({"carrierName": "AT&T"}, []),
        ({"messageStatus": "DELIVERED", "messageType": "mms"}, [1]),
        ({"fromDateTime": "2023-11-14T22:13:21.200Z"}, [1, 2]),
        ({"toDateTime": "2023-11-14T22:13:21.200Z"}, [0, 1]),
        ({"messageDirection": "OUTBOUND", "sort": "destinationTn:desc"}, [2, 1, 0]),
        ({"messageDirection": "OUTBOUND", "sort": "receiveTime:desc"}, [2, 1, 0]),
    ],
)
def test_messages_are_found(
    open_sender: OpenSender, query: dict[str, str], found: list[int]
) -> None:
    sender = open_sender()
    for fields in (
        {"to": OTHER},
        {"to": "+19195551213", "media": ["https://example.com"]},
        {"to": "+447700900123"},
    ):
        sender.send(**fields)
        sender.account.clock.advance(1)
    chosen = {"sort": "receiveTime:asc", **query}
    assert _ids(sender.find(**chosen)) == [sender.sent[n] for n in found]


def test_a_plus_may_be_sent_as_it_is(sender: Sender) -> None:
    sender.send()
    found = sender.account.http.get(f"{sender.path}/messages?sourceTn={sender.number}")
    assert _ids(found) == sender.sent


def test_the_newest_comes_first(sender: Sender) -> None:
    for _ in range(2):
        sender.send()
        sender.account.clock.advance(1)
    assert _ids(sender.find(sourceTn=sender.number)) == sender.sent[::-1]


@pytest.mark.parametrize(
    ("field", "query"),
    [
        ("sourceTn", {"sourceTn": "+191"}),
        ("sourceTn", {"sourceTn": ",".join([OTHER] * 11)}),
        ("messageStatus", {"messageStatus": "LOST"}),
        ("messageDirection", {"messageDirection": "out"}),
        ("messageType", {"messageType": "rcs"}),
        ("errorCode", {"errorCode": "none"}),
        ("fromDateTime", {"fromDateTime": "2023-11-14T22:13:20Z"}),
        ("toDateTime", {"toDateTime": "2023-13-14T22:13:20.000Z"}),
        ("sort", {"messageId": "x", "sort": "text:asc"}),
        ("sort", {"messageId": "x", "sort": "sourceTn:up"}),
        ("sort", {"messageId": "x", "sort": "sourceTn"}),
        ("limit", {"messageId": "x", "limit": "0"}),
        ("limit", {"messageId": "x", "limit": "10001"}),
        ("limit", {"messageId": "x", "limit": "1e3"}),
        ("limit", {"messageId": "x", "pageToken": "OTk5OQ==", "limit": "2"}),
        ("pageToken", {"messageId": "x", "pageToken": "?"}),
        ("pageToken", {"messageId": "x", "pageToken": "eA=="}),
        ("limitTotalCount", {"messageId": "x", "limitTotalCount": "yes"}),
    ],
)
def test_a_search_is_refused_by_field(sender: Sender, field: str, query: dict[str, str]) -> None:
    refused = sender.find(**query)
    assert (refused.status_code, refused.json()["type"]) == (400, "request-validation")
    assert [each["fieldName"] for each in refused.json()["fieldErrors"]] == [field]


@pytest.mark.parametrize("query", [{}, {"limit": "5", "sort": "sourceTn:asc"}])
def test_a_search_needs_a_filter(sender: Sender, query: dict[str, str]) -> None:
    refused = sender.find(**query)
    assert (refused.status_code, refused.json()["type"]) == (400, "request-validation")
    assert "sourceTn" in refused.json()["description"]


def test_pages_lead_to_each_other(sender: Sender) -> None:
    for _ in range(5):
        sender.send()
    query = {"sourceTn": sender.number, "limit": "2", "limitTotalCount": "true"}
    page = sender.find(**query)
    ids, info = _ids(page), page.json()["pageInfo"]
    assert (page.json()["totalCount"], info["prevPage"]) == (5, "")
    while info["nextPage"]:
        by_token = sender.find(**query, pageToken=info["nextPageToken"])
        page = sender.account.http.get(info["nextPage"])
        assert page.json() == by_token.json()
        ids += _ids(page)
        info = page.json()["pageInfo"]
    assert ids == sender.sent[::-1]
    assert _ids(sender.account.http.get(info["prevPage"])) == ids[2:4]


@pytest.mark.parametrize("fraction", [0.1004, 0.1006, 0.9999])
def test_a_message_is_found_by_the_time_that_it_shows(
    open_sender: OpenSender, fraction: float
) -> None:
    sender = open_sender()
    sender.account.clock.advance(fraction)
    shown = sender.send().json()["time"]
    assert _ids(sender.find(fromDateTime=shown, toDateTime=shown)) == sender.sent


def test_a_list_may_lag(open_sender: OpenSender) -> None:
    sender = open_sender(list_lag=5.0)
    sender.send()
    assert sender.deliveries() == []
    sender.account.clock.advance(5)
    assert len(sender.deliveries()) == 1


def test_messages_are_forgotten_after_two_weeks(open_sender: OpenSender) -> None:
    sender = open_sender()
    sender.send(to=[OTHER, "+19195551213"])
    sender.account.clock.advance(14 * 24 * 3600 - 1)
    assert len(sender.deliveries()) == 2
    sender.account.clock.advance(1)
    assert sender.deliveries() == []


def test_searches_are_limited_in_five_minutes(open_sender: OpenSender) -> None:
    sender = open_sender(message_searches=2)
    wanted: dict[str, Any] = {"messageDirection": "OUTBOUND"}
    assert [sender.find(**wanted).status_code for _ in range(2)] == [200, 200]
    refused = sender.find(**wanted)
    assert (refused.status_code, refused.json()["type"]) == (429, "rate_limit_exceeded")
    assert refused.headers["retry-after"] == "300"
    assert sender.send().status_code == 202
    sender.account.clock.advance(300)
    assert sender.find(**wanted).status_code == 200
