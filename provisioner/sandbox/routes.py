"""Every call of the numbers API that the sandbox answers: a row each."""

from __future__ import annotations

from dataclasses import dataclass

from provisioner.sandbox import (
    applications,
    assignment,
    disconnects,
    features,
    number_lists,
    order_list,
    orders,
    sippeers,
    sites,
)
from provisioner.sandbox.envelopes import Envelope, in_list, in_search, in_status
from provisioner.sandbox.exchange import Handler


@dataclass(frozen=True, slots=True)
class Row:
    """`envelope` is the shape in which this call's refusals are sent."""

    method: str
    path: str
    handler: Handler
    envelope: Envelope


_ACCOUNT = "/accounts/{account}"
_APPLICATIONS = f"{_ACCOUNT}/applications"
_APPLICATION = f"{_APPLICATIONS}/{{application}}"
_SITES = f"{_ACCOUNT}/sites"
_SITE = f"{_SITES}/{{site}}"
_SIPPEERS = f"{_SITE}/sippeers"
_SIPPEER = f"{_SIPPEERS}/{{sippeer}}"
_MESSAGING = f"{_SIPPEER}/products/messaging"
_SMS = f"{_MESSAGING}/features/sms"
_MMS = f"{_MESSAGING}/features/mms"
_ASSIGNMENT = f"{_MESSAGING}/applicationSettings"
_ORDERS = f"{_ACCOUNT}/orders"
_DISCONNECTS = f"{_ACCOUNT}/disconnects"
_IN_SERVICE = f"{_ACCOUNT}/inserviceNumbers"

_of_application = in_status("ApplicationProvisioningResponse")
_of_association = in_status("AssociatedSipPeersResponse")
_of_site = in_status("SiteResponse")
_of_sippeer = in_status("SipPeerResponse")
_of_sms = in_status("SipPeerSmsFeatureResponse")
_of_mms = in_status("MmsFeatureResponse")
_of_assignment = in_status("ApplicationsSettingsResponse")
_of_peer_numbers = in_status("SipPeerTelephoneNumbersResponse")
_of_number = in_status("TelephoneNumberResponse")
_of_numbers = in_status("TNs")
_of_order = in_list("OrderResponse")
_of_order_list = in_list("ResponseSelectWrapper")
_of_disconnect = in_list("DisconnectTelephoneNumberOrderResponse")

ROUTES = (
    Row("GET", _APPLICATIONS, applications.list_applications, _of_application),
    Row("POST", _APPLICATIONS, applications.create_application, _of_application),
    Row("GET", _APPLICATION, applications.get_application, _of_application),
    Row("PUT", _APPLICATION, applications.replace_application, _of_application),
    Row("PATCH", _APPLICATION, applications.change_application, _of_application),
    Row("DELETE", _APPLICATION, applications.delete_application, _of_application),
    Row(
        "GET",
        f"{_APPLICATION}/associatedsippeers",
        applications.list_associated_sippeers,
        _of_association,
    ),
    Row("GET", _SITES, sites.list_sites, _of_site),
    Row("POST", _SITES, sites.create_site, _of_site),
    Row("GET", _SITE, sites.get_site, _of_site),
    Row("PUT", _SITE, sites.replace_site, _of_site),
    Row("DELETE", _SITE, sites.delete_site, _of_site),
    Row("GET", f"{_SITE}/totaltns", number_lists.count_on_site, _of_site),
    Row("GET", f"{_SITE}/inserviceNumbers", number_lists.list_in_service_on_site, _of_numbers),
    Row("GET", _SIPPEERS, sippeers.list_sippeers, _of_sippeer),
    Row("POST", _SIPPEERS, sippeers.create_sippeer, _of_sippeer),
    Row("GET", _SIPPEER, sippeers.get_sippeer, _of_sippeer),
    Row("PUT", _SIPPEER, sippeers.replace_sippeer, _of_sippeer),
    Row("DELETE", _SIPPEER, sippeers.delete_sippeer, _of_sippeer),
    Row("GET", f"{_SIPPEER}/tns", number_lists.list_on_sippeer, _of_peer_numbers),
    Row("GET", f"{_SIPPEER}/totaltns", number_lists.count_on_sippeer, _of_peer_numbers),
    Row("GET", _SMS, features.get_sms, _of_sms),
    Row("POST", _SMS, features.create_sms, _of_sms),
    Row("PUT", _SMS, features.replace_sms, _of_sms),
    Row("DELETE", _SMS, features.delete_sms, _of_sms),
    Row("GET", _MMS, features.get_mms, _of_mms),
    Row("POST", _MMS, features.create_mms, _of_mms),
    Row("PUT", _MMS, features.replace_mms, _of_mms),
    Row("DELETE", _MMS, features.delete_mms, _of_mms),
    Row("GET", _ASSIGNMENT, assignment.get_assignment, _of_assignment),
    Row("PUT", _ASSIGNMENT, assignment.change_assignment, _of_assignment),
    Row("GET", _ORDERS, order_list.list_orders, _of_order_list),
    Row("POST", _ORDERS, orders.create_order, _of_order),
    Row("GET", f"{_ORDERS}/{{order}}", orders.get_order, _of_order),
    Row("PUT", f"{_ORDERS}/{{order}}", orders.change_order, _of_order),
    Row("POST", _DISCONNECTS, disconnects.create_disconnect, _of_disconnect),
    Row("GET", f"{_DISCONNECTS}/{{order}}", disconnects.get_disconnect, _of_disconnect),
    Row("GET", f"{_ACCOUNT}/availableNumbers", number_lists.list_available, in_search),
    Row("GET", _IN_SERVICE, number_lists.list_in_service, _of_numbers),
    Row("GET", f"{_IN_SERVICE}/totals", number_lists.count_in_service, _of_numbers),
    Row("GET", f"{_IN_SERVICE}/{{number}}", number_lists.check_in_service, _of_numbers),
    Row("GET", "/tns/{number}", number_lists.get_number, _of_number),
    Row("GET", "/tns/{number}/sippeers", number_lists.get_sippeer_of_number, _of_number),
    Row("GET", "/tns/{number}/sites", number_lists.get_site_of_number, _of_number),
)
