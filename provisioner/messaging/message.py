"""A message as it is asked for, and as it is sent."""

from __future__ import annotations

from dataclasses import dataclass

from provisioner.messaging.segments import MULTIMEDIA, Segments, count_segments


@dataclass(frozen=True, slots=True)
class Message:
    """All numbers are E.164, or short codes; empty texts are what was not given.

    `application` is the id of the application that the sender's location has.
    """

    sender: str
    recipients: tuple[str, ...]
    application: str
    text: str = ""
    media: tuple[str, ...] = ()
    tag: str = ""
    priority: str = ""
    expiration: str = ""

    @property
    def is_mms(self) -> bool:
        """Anything with media, and any group (vendor guide)."""
        return bool(self.media) or len(self.recipients) > 1

    @property
    def segments(self) -> Segments:
        return MULTIMEDIA if self.is_mms else count_segments(self.text)

    @property
    def request(self) -> dict[str, object]:
        """The JSON object that is sent (vendor guide); what was not given is not in it."""
        told: dict[str, object] = {
            "to": list(self.recipients),
            "from": self.sender,
            "text": self.text,
            "applicationId": self.application,
            "media": list(self.media),
            "tag": self.tag,
            "priority": self.priority,
            "expiration": self.expiration,
        }
        return {name: value for name, value in told.items() if value}
