"""A sippeer: a location of a site, which holds numbers and the messaging features for them."""

from __future__ import annotations

from provisioner.resource_type import Call, Field, Kind, ResourceType, Shape

TYPE = ResourceType(
    name="sippeer",
    section="sippeers",
    shape=Shape.NAMED,
    parent="site",
    title="Locations (sippeers)",
    description="Locations of the site: each groups numbers and says how they take messages.",
    element="SipPeer",
    id_elements=("PeerId", "Id"),
    collection="/sites/{site}/sippeers",
    list_answer="TNSipPeersResponse",
    item="/sites/{site}/sippeers/{sippeer}",
    inlined="SipPeers",
    create=Call("POST", "/sites/{site}/sippeers"),
    update=Call("PUT", "/sites/{site}/sippeers/{sippeer}"),
    delete=Call("DELETE", "/sites/{site}/sippeers/{sippeer}"),
    not_sent=("PeerId", "Id", "TnCount", "Products", "SuggestedAddresses"),
    exists_codes=frozenset({"13524"}),
    missing_codes=frozenset({"13563", "13557"}),
    delete_blockers={
        "13555": "Numbers are on it, or on their way to it: release or move them, and wait until "
        "ports are done.",
        "13558": "It is the default of its site, and others are there: make another the default.",
        "13613": "SMS is on: declare `sms: false` on it first.",
        "13622": "MMS is on: declare `mms: false` on it first.",
        "13652": "Voice over HTTP is set up on it: take that away at the vendor first.",
        "13679": "Another location uses it as its proxy: have the vendor change that.",
        "13681": "Orders for it are open: wait for them, or close back orders with "
        "`provisioner release --order`.",
    },
    guideline=250,  # vendor guide to account structure
    fields=(
        Field(
            name="name",
            elements=("PeerName", "Name"),
            title="Name",
            description="The name in the account, where it is not the key.",
            required=True,
            min_length=1,
            max_length=50,
            example="Messaging East",
        ),
        Field(
            name="description",
            elements=("Description",),
            title="Description",
            description="Free text.",
            max_length=50,
            example="Toll-free and short codes",
        ),
        Field(
            name="default",
            elements=("IsDefaultPeer",),
            kind=Kind.BOOLEAN,
            one_a_parent=True,
            default=False,
            title="Default",
            description="The site's default location. One is, and the first of a site must be.",
            example=True,
        ),
    ),
)
