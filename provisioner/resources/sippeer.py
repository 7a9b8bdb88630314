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
    in_use_codes=frozenset({"13555", "13613", "13622", "13681"}),
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
