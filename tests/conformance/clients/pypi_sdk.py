"""PyPI bandwidth-sdk: messages, media and the toll-free verification look-up.

OAuth2: the client takes the address of the token endpoint, and fetches its tokens by itself.
"""

import json
import os
from enum import Enum
from typing import Any

import bandwidth
from steps import serve

SANDBOX = os.environ["SANDBOX_URL"]
ACCOUNT = os.environ["SANDBOX_ACCOUNT"]
BASE = f"{SANDBOX}/api/v2"


def configure(**credentials: str) -> bandwidth.ApiClient:
    # Each call has hosts of its own; this is how they are passed over for the one that is given.
    return bandwidth.ApiClient(
        bandwidth.Configuration(host=BASE, ignore_operation_servers=True, **credentials)
    )


def sign_in() -> bandwidth.ApiClient:
    if os.environ["SANDBOX_SCHEME"] == "oauth2":
        return configure(
            access_token_url=f"{SANDBOX}/api/v1/oauth2/token",
            client_id=os.environ["SANDBOX_CLIENT_ID"],
            client_secret=os.environ["SANDBOX_CLIENT_SECRET"],
        )
    return configure(
        username=os.environ["SANDBOX_USERNAME"], password=os.environ["SANDBOX_PASSWORD"]
    )


client = sign_in()
messages = bandwidth.MessagesApi(client)
media = bandwidth.MediaApi(client)
verification = bandwidth.TollFreeVerificationApi(client)
stranger = bandwidth.MessagesApi(configure(username="nobody", password="wrong"))

first: list[str] = []


def row(source: Any, *names: str) -> list[str]:
    values = (getattr(source, name) for name in names)
    return [str(value.value if isinstance(value, Enum) else value) for value in values]


def message(**changes: Any) -> bandwidth.MessageRequest:
    fields = {
        "application_id": os.environ["SANDBOX_APPLICATION"],
        "from": os.environ["SANDBOX_NUMBER"],
        "to": ["+19195550123"],
        "text": "Hello",
        "tag": "first",
    }
    return bandwidth.MessageRequest(**(fields | changes))


def send(**changes: Any) -> list[str]:
    answer = messages.create_message_with_http_info(ACCOUNT, message(**changes))
    sent = answer.data
    return [
        str(answer.status_code),
        *row(sent, "id", "application_id", "var_from"),
        ",".join(sent.to),
        *row(sent, "direction", "segment_count", "text", "tag"),
        *(sent.media or []),
    ]


def send_first() -> list[str]:
    sent = send()
    first[:] = sent[1:2]
    return sent


def list_messages(**query: str) -> list[list[str]]:
    found = messages.list_messages(ACCOUNT, **query)
    names = ("message_id", "source_tn", "destination_tn", "message_type", "message_direction")
    return [row(found, "total_count"), *(row(each, *names) for each in found.messages)]


def list_files() -> list[list[str]]:
    names = ("media_name", "content_length", "content")
    return [row(each, *names) for each in media.list_media(ACCOUNT)]


def upload() -> list[list[str]]:
    media.upload_media(ACCOUNT, "cat.gif", b"GIF89a, or nearly", _content_type="image/gif")
    return list_files()


def download() -> list[str]:
    answer = media.get_media_with_http_info(ACCOUNT, "cat.gif")
    return [answer.headers["content-type"], answer.data.decode()]


def delete() -> list[list[str]]:
    media.delete_media(ACCOUNT, "cat.gif")
    return list_files()


def look_up(number: str) -> list[str]:
    found = verification.get_toll_free_verification_status(ACCOUNT, number)
    return row(found, "phone_number", "status")


STEPS = {
    "sign in wrongly": lambda: stranger.create_message(ACCOUNT, message()),
    "send a message": send_first,
    "send to a group": lambda: send(to=["+19195550123", "+19195550124"], tag="group"),
    "send a picture": lambda: send(media=[f"{BASE}/users/{ACCOUNT}/media/cat.gif"], text=""),
    "send without a receiver": lambda: send(to=[]),
    "list the messages of a sender": lambda: list_messages(source_tn=os.environ["SANDBOX_NUMBER"]),
    "find the first message": lambda: list_messages(message_id=first[0]),
    "list without a filter": list_messages,
    "upload a file": upload,
    "download the file": download,
    "delete the file": delete,
    "download the deleted file": download,
    "look up a toll-free verification": lambda: look_up(os.environ["SANDBOX_TOLL_FREE"]),
    "look up the verification of a local number": lambda: look_up(os.environ["SANDBOX_NUMBER"]),
}


def describe(error: Exception) -> dict[str, Any]:
    if not isinstance(error, bandwidth.ApiException):
        return {"message": f"{type(error).__name__}: {error}"}
    return {"status": error.status, "code": json.loads(error.body or "{}").get("type", "")}


if __name__ == "__main__":
    serve(STEPS, describe)
