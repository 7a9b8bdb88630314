"""PyPI bandwidth-numbers-sdk: sites, sippeers, orders and inventory.

It knows neither applications nor the messaging features. OAuth2: the client asks a fixed host for
its tokens, so it is given one by its public options.
"""

import os
import re
from typing import Any

import bandwidth_numbers
from requests import HTTPError
from steps import serve, token

SANDBOX = os.environ["SANDBOX_URL"]
ADDRESS = {
    "house_number": "1600",
    "street_name": "PENNSYLVANIA",
    "street_suffix": "AVE",
    "post_directional": "NW",
    "city": "WASHINGTON",
    "state_code": "DC",
    "zip": "20006",
    "country": "US",
    "address_type": "Service",
}


def connect(**credentials: str) -> bandwidth_numbers.Client:
    return bandwidth_numbers.Client(
        url=f"{SANDBOX}/api", account_id=os.environ["SANDBOX_ACCOUNT"], **credentials
    )


def sign_in() -> bandwidth_numbers.Client:
    if os.environ["SANDBOX_SCHEME"] == "oauth2":
        return connect(access_token=token())
    return connect(username=os.environ["SANDBOX_USERNAME"], password=os.environ["SANDBOX_PASSWORD"])


client = sign_in()
account = bandwidth_numbers.Account(client=client)
stranger = bandwidth_numbers.Account(client=connect(username="nobody", password="wrong"))

made: dict[str, Any] = {}


def row(source: Any, *names: str) -> list[str]:
    return [str(getattr(source, name)) for name in names]


def show_sippeer(sippeer: Any) -> list[str]:
    return row(sippeer, "peer_id", "peer_name", "is_default_peer")


def list_sites() -> list[list[str]]:
    return [row(each, "id", "name") for each in account.sites.list().items]


def create_site() -> list[str]:
    fields = {"name": "Raleigh", "description": "Test Gateway", "address": ADDRESS}
    made["site"] = account.sites.create(fields)
    found = account.sites.get(made["site"].id)
    return [*row(found, "id", "name", "description"), found.address.country]


def change_site() -> str:
    site = account.sites.get(made["site"].id)
    site.description = "Changed"
    site.save()
    return str(account.sites.get(site.id).description)


def delete_site() -> list[list[str]]:
    made["site"].delete()
    return list_sites()


def list_sippeers() -> list[list[str]]:
    return [show_sippeer(each) for each in made["site"].sip_peers.list().items]


def create_sippeer(name: str, default: str) -> list[str]:
    sippeers = made["site"].sip_peers
    made[name] = sippeers.create({"peer_name": name, "is_default_peer": default})
    return show_sippeer(sippeers.get(made[name].id))


def change_sippeer() -> str:
    sippeer = made["site"].sip_peers.get(made["East"].id)
    sippeer.description = "Changed"
    sippeer.save()
    return str(made["site"].sip_peers.get(sippeer.id).description)


def delete_sippeer(name: str) -> list[list[str]]:
    made[name].delete()
    return list_sippeers()


def search(area_code: str, quantity: str) -> list[str]:
    found = account.available_numbers.list({"areaCode": area_code, "quantity": quantity})
    return list(found.items)


def reserve() -> list[str]:
    (account.tnreservation.reserved_tn,) = search("919", "1")
    account.tnreservation.save()
    found = account.tnreservation.get(account.tnreservation.id)
    return row(found, "reservation_id", "account_id", "reserved_tn")


def drop_reservation() -> None:
    account.tnreservation.delete()
    account.tnreservation.get(account.tnreservation.id)


def order(site: str, **more: str) -> list[str]:
    kind = {"area_code": "910", "quantity": "2"}
    made["order"] = account.orders.create(
        {"site_id": site, "area_code_search_and_order_type": kind, **more}
    )
    return row(made["order"], "id", "customer_order_id", "order_status")


def order_two() -> list[str]:
    return order(
        made["site"].id,
        peer_id=made["East"].id,
        name="Two numbers",
        customer_order_id="two-numbers",
        partial_allowed="false",
    )


def poll_order() -> list[str]:
    polled = account.orders.get(made["order"].id)
    made["bought"] = list(polled.completed_numbers.items)
    return [polled.order_status, *made["bought"]]


def list_orders() -> list[list[str]]:
    found = account.orders.list({"page": "1", "size": "10", "customerOrderId": "two-numbers"})
    return [row(each, "order_id", "order_status", "count_of_tns") for each in found.items]


def look_up() -> Any:
    return bandwidth_numbers.Tns(client=client).get(made["bought"][0])


def read_details() -> list[str]:
    details = look_up().tndetails.get()
    return [*row(details, "full_number", "status"), details.sip_peer.peer_name]


def change_option() -> list[str]:
    order = account.tn_option_orders.create({"customer_order_id": "options"}, save=False)
    group = order.tn_option_groups.tn_option_group.add({"sms": "off"})
    group.telephone_numbers.telephone_number.add(made["bought"][0])
    order.save()
    made["options"] = order.id
    return row(order, "order_id", "customer_order_id", "processing_status")


def poll_change() -> list[str]:
    polled = account.tn_option_orders.get(made["options"])
    (group,) = polled.tn_option_groups.tn_option_group.items
    return [polled.processing_status, *group.telephone_numbers.telephone_number.items]


def list_option_orders() -> Any:
    return account.tn_option_orders.list({"customerOrderId": "options"})


def move() -> list[str]:
    made["West"].movetns.add(made["bought"][1])
    made["West"].movetns()
    return list_numbers("West")


def list_numbers(sippeer: str) -> list[str]:
    return [each.full_number for each in made[sippeer].tns.list().items]


def list_subscriptions() -> list[list[str]]:
    return [
        [*row(each, "id", "order_type"), each.callback_subscription.url]
        for each in account.subscriptions.list().items
    ]


def subscribe() -> list[list[str]]:
    callback = {"url": "https://example.com/orders", "expiry": "12000"}
    fields = {"order_type": "orders", "callback_subscription": callback}
    made["subscription"] = account.subscriptions.create(fields)
    return list_subscriptions()


def change_subscription() -> list[list[str]]:
    made["subscription"].callback_subscription.url = "https://example.com/changed"
    made["subscription"].save()
    return list_subscriptions()


def end_subscription() -> list[list[str]]:
    made["subscription"].delete()
    return list_subscriptions()


def release() -> list[str]:
    kind = {"telephone_number_list": {"telephone_number": made["bought"]}}
    made["release"] = account.disconnects.create({"disconnect_telephone_number_order_type": kind})
    return row(made["release"], "id", "order_status")


def poll_release() -> list[str]:
    # The client drops the numbers that the answer lists.
    polled = account.disconnects.get(made["release"].id)
    return [polled.order_status, *made["bought"]]


STEPS = {
    "sign in wrongly": stranger.sites.list,
    "create a site": create_site,
    "change the site": change_site,
    "list the sites": list_sites,
    "create a sippeer": lambda: create_sippeer("East", "true"),
    "change the sippeer": change_sippeer,
    "create another sippeer": lambda: create_sippeer("West", "false"),
    "create a sippeer of the same name": lambda: create_sippeer("West", "false"),
    "list the sippeers": list_sippeers,
    "search numbers": lambda: search("910", "3"),
    "reserve a number": reserve,
    "drop the reservation": drop_reservation,
    "order for a site that is not there": lambda: order("1"),
    "order numbers": order_two,
    "poll the order": poll_order,
    "list the orders": list_orders,
    "list the numbers of the order": lambda: list(made["order"].tns.list().items),
    "list the orders of the site": lambda: [
        row(each, "order_id")
        for each in made["site"].orders.list({"page": "1", "size": "10"}).items
    ],
    "list the numbers in service": lambda: list(account.in_service_numbers.list().items),
    "count the numbers in service": lambda: row(account.in_service_numbers.totals.get(), "count"),
    "count the numbers of the site": lambda: row(made["site"].totaltns.get(), "total_count"),
    "list the numbers of the sippeer": lambda: list_numbers("East"),
    "look a number up": lambda: row(look_up(), "telephone_number", "status", "order_id"),
    "find the site of a number": lambda: row(look_up().site.get(), "id", "name"),
    "find the sippeer of a number": lambda: row(look_up().sip_peer.get(), "id", "name"),
    "find a number of the sippeer": lambda: row(
        made["East"].tns.get(made["bought"][0]), "full_number"
    ),
    "list all numbers": lambda: [
        row(each, "full_number", "status")
        for each in bandwidth_numbers.Tns(client=client).list({"page": "1", "size": "10"}).items
    ],
    "read the details of a number": read_details,
    "move a number": move,
    "change an option of a number": change_option,
    "poll the change": poll_change,
    "list the changes": lambda: [
        row(each, "order_id", "order_status")
        for each in list_option_orders().tn_option_order_summary.items
    ],
    "subscribe to orders": subscribe,
    "change the subscription": change_subscription,
    "end the subscription": end_subscription,
    "release the numbers": release,
    "poll the release": poll_release,
    "list the releases": lambda: [
        row(each, "order_id", "order_status")
        for each in account.disconnects.list({"page": "1", "size": "10"}).items
    ],
    "delete the other sippeer": lambda: delete_sippeer("West"),
    "delete the sippeer": lambda: delete_sippeer("East"),
    "delete the site": delete_site,
}


def describe(error: Exception) -> dict[str, Any]:
    # The client's own error keeps neither the HTTP status nor, always, the code: its cause does.
    cause = error if isinstance(error, HTTPError) else error.__context__
    if not isinstance(cause, HTTPError) or cause.response is None:
        return {"message": f"{type(error).__name__}: {error}"}
    code = re.search(r"Code>(\d+)<", cause.response.text)
    return {"status": cause.response.status_code, "code": code[1] if code else ""}


if __name__ == "__main__":
    serve(STEPS, describe)
