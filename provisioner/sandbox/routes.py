"""Every call of the numbers API that the sandbox answers: a row each."""

from __future__ import annotations

from dataclasses import dataclass

from provisioner.sandbox.calls.envelopes import (
    Envelope,
    in_json,
    in_list,
    in_move,
    in_search,
    in_status,
    in_words,
)
from provisioner.sandbox.calls.exchange import Handler
from provisioner.sandbox.locations import applications, assignment, features, sippeers, sites
from provisioner.sandbox.numbers import (
    available_numbers,
    campaigns,
    in_service,
    number_list,
    reservations,
    sippeer_numbers,
    telephone_numbers,
    verifications,
)
from provisioner.sandbox.ordering import (
    disconnects,
    moves,
    number_options,
    order_details,
    order_list,
    order_report,
    orders,
    subscriptions,
)


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
_ORDER = f"{_ORDERS}/{{order}}"
_SITE_ORDERS = f"{_SITE}/orders"
_DISCONNECTS = f"{_ACCOUNT}/disconnects"
_IN_SERVICE = f"{_ACCOUNT}/inserviceNumbers"
_RESERVATIONS = f"{_ACCOUNT}/tnreservation"
_RESERVATION = f"{_RESERVATIONS}/{{reservation}}"
_MOVES = f"{_ACCOUNT}/moveTns"
_MOVE = f"{_MOVES}/{{order}}"
_OPTIONS = f"{_ACCOUNT}/tnoptions"
_OPTION = f"{_OPTIONS}/{{order}}"
_SUBSCRIPTIONS = f"{_ACCOUNT}/subscriptions"
_SUBSCRIPTION = f"{_SUBSCRIPTIONS}/{{subscription}}"
_CAMPAIGNS = f"{_ACCOUNT}/campaignManagement/10dlc/campaigns"
_CAMPAIGN = f"{_CAMPAIGNS}/{{campaign}}"
_TEN_DLC = f"{_ACCOUNT}/tendlc"
_NUMBER = "/tns/{number}"

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
_of_history = in_words("ErrorResponse")
_of_peer_number = in_status("SipPeerTelephoneNumberResponse")
_of_bulk_move = in_status("SipPeerTelephoneNumberMoveResponse")
_of_products = in_status("SipPeerProductResponse")
_of_number_list = in_status("TelephoneNumbersResponse")
_of_reservation = in_status("ReservationResponse")
_of_option = in_status("TnOptionOrderResponse")
_of_option_report = in_words("TnOptionOrderReportResponse")
_of_subscription = in_status("SubscriptionsResponse")
_of_campaign = in_status("CampaignResponse")
_of_campaigns = in_status("CampaignsResponse")
_of_campaign_numbers = in_status("CampaignTnsResponse")

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
    Row("GET", f"{_SITE}/totaltns", sippeer_numbers.count_on_site, _of_site),
    Row("GET", f"{_SITE}/inserviceNumbers", in_service.list_of_site, _of_numbers),
    Row("GET", _SIPPEERS, sippeers.list_sippeers, _of_sippeer),
    Row("GET", _SIPPEER, sippeers.get_sippeer, _of_sippeer),
    Row("PUT", _SIPPEER, sippeers.replace_sippeer, _of_sippeer),
    Row("DELETE", _SIPPEER, sippeers.delete_sippeer, _of_sippeer),
    Row("GET", f"{_SIPPEER}/tns", sippeer_numbers.list_on_sippeer, _of_peer_numbers),
    Row("GET", f"{_SIPPEER}/totaltns", sippeer_numbers.count_on_sippeer, _of_peer_numbers),
    Row("GET", f"{_SIPPEER}/tns/{{number}}", sippeer_numbers.get_on_sippeer, _of_peer_number),
    Row("PUT", f"{_SIPPEER}/tns/{{number}}", sippeer_numbers.change_on_sippeer, _of_peer_number),
    Row("GET", f"{_SIPPEER}/products", sippeers.list_products, _of_products),
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
    Row("GET", f"{_ORDERS}/totals", order_list.count_orders, _of_order_list),
    Row("GET", _ORDER, order_report.get_order, _of_order),
    Row("PUT", _ORDER, orders.change_order, _of_order),
    Row("GET", f"{_ORDER}/tns", order_details.list_numbers, _of_order),
    Row("GET", f"{_ORDER}/areaCodes", order_details.count_by_area_code, _of_order),
    Row("GET", f"{_ORDER}/npaNxx", order_details.count_by_exchange, _of_order),
    Row("GET", f"{_ORDER}/totals", order_details.count_numbers, _of_order),
    Row("GET", f"{_ORDER}/history", order_details.get_history, _of_history),
    Row("GET", f"{_ORDER}/notes", order_details.list_notes, _of_order),
    Row("POST", f"{_ORDER}/notes", order_details.add_note, _of_order),
    Row("GET", _DISCONNECTS, order_list.list_disconnects, _of_order_list),
    Row("POST", _DISCONNECTS, disconnects.create_disconnect, _of_disconnect),
    Row("GET", f"{_DISCONNECTS}/{{order}}", disconnects.get_disconnect, _of_disconnect),
    Row("GET", f"{_ACCOUNT}/availableNumbers", available_numbers.search, in_search),
    Row("GET", _IN_SERVICE, in_service.list_of_account, _of_numbers),
    Row("GET", f"{_IN_SERVICE}/totals", in_service.count_of_account, _of_numbers),
    Row("GET", f"{_IN_SERVICE}/{{number}}", in_service.check, _of_numbers),
    Row("POST", _RESERVATIONS, reservations.create_reservation, _of_reservation),
    Row("GET", _RESERVATION, reservations.get_reservation, _of_reservation),
    Row("DELETE", _RESERVATION, reservations.delete_reservation, _of_reservation),
    Row("GET", _MOVES, moves.list_moves, in_move),
    Row("POST", _MOVES, moves.create_move, in_move),
    Row("GET", _MOVE, moves.get_move, in_move),
    Row("GET", f"{_MOVE}/history", moves.get_history, _of_history),
    Row("GET", _OPTIONS, number_options.list_orders, _of_option_report),
    Row("POST", _OPTIONS, number_options.create_order, _of_option),
    Row("GET", _OPTION, number_options.get_order, _of_option_report),
    Row("GET", f"{_OPTION}/history", number_options.get_history, _of_history),
    Row("GET", _SUBSCRIPTIONS, subscriptions.list_subscriptions, _of_subscription),
    Row("POST", _SUBSCRIPTIONS, subscriptions.create_subscription, _of_subscription),
    Row("GET", _SUBSCRIPTION, subscriptions.get_subscription, _of_subscription),
    Row("PUT", _SUBSCRIPTION, subscriptions.replace_subscription, _of_subscription),
    Row("DELETE", _SUBSCRIPTION, subscriptions.delete_subscription, _of_subscription),
    Row("GET", "/tns", number_list.list_numbers, _of_number_list),
    Row("POST", "/tns", number_list.look_up, _of_number_list),
    Row("GET", _NUMBER, telephone_numbers.get_number, _of_number),
    Row("GET", f"{_NUMBER}/tndetails", telephone_numbers.get_details, _of_number),
    Row("GET", f"{_NUMBER}/sippeers", telephone_numbers.get_sippeer, _of_number),
    Row("GET", f"{_NUMBER}/sites", telephone_numbers.get_site, _of_number),
    Row("GET", f"{_NUMBER}/lata", telephone_numbers.get_lata, _of_number),
    Row("GET", f"{_NUMBER}/ratecenter", telephone_numbers.get_rate_center, _of_number),
)

V1_ROUTES = (
    Row("POST", _SIPPEERS, sippeers.create_sippeer, _of_sippeer),
    Row("POST", f"{_SIPPEER}/movetns", moves.move_now, _of_bulk_move),
    Row("GET", _SITE_ORDERS, order_list.list_site_orders, _of_order_list),
    Row("GET", f"{_SITE_ORDERS}/{{order}}", order_report.get_order, _of_order),
    Row("GET", f"{_SITE_ORDERS}/{{order}}/tns", order_details.list_numbers, _of_order),
    Row("GET", _CAMPAIGNS, campaigns.list_xml, _of_campaigns),
    Row("GET", _CAMPAIGN, campaigns.get_xml, _of_campaign),
    Row("GET", f"{_CAMPAIGN}/tn", campaigns.list_numbers_xml, _of_campaign_numbers),
)

V2_ROUTES = (
    Row("POST", _SIPPEERS, sippeers.create_and_show_sippeer, _of_sippeer),
    Row("GET", f"{_TEN_DLC}/campaigns", campaigns.list_json, in_json),
    Row(
        "GET",
        f"{_TEN_DLC}/campaigns/{{campaign}}/phoneNumbers",
        campaigns.list_numbers_of_campaign_json,
        in_json,
    ),
    Row("GET", f"{_TEN_DLC}/phoneNumbers", campaigns.list_numbers_json, in_json),
    Row(
        "GET",
        f"{_ACCOUNT}/phoneNumbers/{{number}}/tollFreeVerification",
        verifications.get_verification,
        in_json,
    ),
)
