// npm @bandwidth/numbers: the whole flow, each step by the client's own objects.
//
// OAuth2: the client asks a fixed host for its tokens, so it is given one by its public options.
import numbers from "@bandwidth/numbers";
import { serve, token } from "./steps.mjs";

const { SANDBOX_URL, SANDBOX_ACCOUNT, SANDBOX_USERNAME, SANDBOX_PASSWORD, SANDBOX_SCHEME } =
  process.env;
const apiEndPoint = `${SANDBOX_URL}/api`;

const signIn = async (scheme) =>
  scheme === "oauth2"
    ? new numbers.Client(SANDBOX_ACCOUNT, "", "", "", "", {
        apiEndPoint,
        tempAccessToken: await token(),
        autoRefreshToken: false,
      })
    : new numbers.Client(SANDBOX_ACCOUNT, SANDBOX_USERNAME, SANDBOX_PASSWORD, "", "", {
        apiEndPoint,
      });

const client = await signIn(SANDBOX_SCHEME);
const stranger = new numbers.Client(SANDBOX_ACCOUNT, "nobody", "wrong", "", "", { apiEndPoint });

const sms = {
  sipPeerSmsFeatureSettings: {
    tollFree: true,
    shortCode: true,
    protocol: "HTTP",
    zone1: true,
    zone2: false,
    zone3: false,
    zone4: false,
    zone5: false,
  },
  httpSettings: {},
};
const mms = {
  mmsSettings: { protocol: "HTTP" },
  protocols: { HTTP: { httpSettings: {} } },
};

let application, site, east, west, order, reservation, options, release, subscription;
let bought = [];

const list = (value) => [value ?? []].flat();
const words = (value) => list(value).map(String);
const row = (from, ...names) => names.map((name) => String(from[name]));

const showApplication = (it) => row(it, "applicationId", "appName", "msgCallbackUrl");
const showSippeer = (it) => row(it, "id", "peerName", "isDefaultPeer");
const showSms = ({ sipPeerSmsFeatureSettings: settings, httpSettings }) => [
  ...row(settings, "tollFree", "shortCode", "protocol", "zone1", "zone2"),
  ...row(httpSettings, "proxyPeerId"),
];
// The client lowers the first letter of every name that it reads.
const showMms = ({ mmsSettings, protocols }) => [
  ...row(mmsSettings, "protocol"),
  ...row(protocols.hTTP.httpSettings, "proxyPeerId"),
];

const listSippeers = async () => (await site.getSipPeersAsync()).map(showSippeer);
const listSites = async () =>
  (await numbers.Site.listAsync(client)).map((it) => row(it, "id", "name"));
const listApplications = async () =>
  (await numbers.Application.listAsync(client)).map(showApplication);
const listAssigned = async () =>
  list(await application.getSipPeersAsync()).map((it) => row(it, "siteId", "peerId", "peerName"));
const listSubscriptions = async () =>
  (await numbers.Subscription.listAsync(client)).map((it) =>
    [...row(it, "id", "orderType"), ...row(it.callbackSubscription, "uRL")],
  );
const search = async (areaCode, quantity) => {
  const found = await numbers.AvailableNumbers.listAsync(client, { areaCode, quantity });
  return words(found.telephoneNumberList.telephoneNumber);
};

await serve({
  "sign in wrongly": () => numbers.Site.listAsync(stranger),

  "create an application": async () => {
    application = await numbers.Application.createMessagingApplicationAsync(client, {
      appName: "Server",
      msgCallbackUrl: "https://example.com/in",
    });
    return showApplication(application);
  },
  "change the application": async () => {
    const msgCallbackUrl = "https://example.com/new";
    await application.updateAsync({ appName: "New server", msgCallbackUrl });
    application = await numbers.Application.getAsync(client, application.applicationId);
    return showApplication(application);
  },
  "list the applications": listApplications,

  "create a site": async () => {
    site = await numbers.Site.createAsync(client, {
      name: "Raleigh",
      description: "Test Gateway",
      address: {
        houseNumber: "1600",
        streetName: "PENNSYLVANIA",
        streetSuffix: "AVE",
        postDirectional: "NW",
        city: "WASHINGTON",
        stateCode: "DC",
        zip: "20006",
        country: "US",
        addressType: "Service",
      },
    });
    return [...row(site, "id", "name", "description"), ...row(site.address, "country")];
  },
  "change the site": async () => {
    const { name, address } = site;
    await site.updateAsync({ name, address, description: "Changed" });
    return (await numbers.Site.getAsync(client, site.id)).description;
  },
  "list the sites": listSites,

  "create a sippeer": async () => {
    east = await numbers.SipPeer.createAsync(client, {
      siteId: site.id,
      peerName: "East",
      isDefaultPeer: true,
    });
    return showSippeer(east);
  },
  "change the sippeer": async () => {
    await east.updateAsync({ peerName: "East", isDefaultPeer: true, description: "Changed" });
    return (await numbers.SipPeer.getAsync(client, site.id, east.id)).description;
  },
  "create another sippeer": async () => {
    west = await site.createSipPeerAsync({ peerName: "West", isDefaultPeer: false });
    return showSippeer(west);
  },
  "create a sippeer of the same name": () =>
    site.createSipPeerAsync({ peerName: "West", isDefaultPeer: false }),
  "list the sippeers": listSippeers,

  "enable MMS before SMS": () => east.createMmsSettingsAsync(mms),
  "enable SMS": async () => showSms(await east.createSmsSettingsAsync(sms)),
  "change SMS": async () => {
    const sipPeerSmsFeatureSettings = { ...sms.sipPeerSmsFeatureSettings, tollFree: false };
    return showSms(await east.editSmsSettingsAsync({ ...sms, sipPeerSmsFeatureSettings }));
  },
  "read SMS": async () => showSms(await east.getSmsSettingsAsync()),
  "enable MMS": async () => showMms(await east.createMmsSettingsAsync(mms)),
  "change MMS": async () => {
    await east.editMmsSettingsAsync(mms);
    return showMms(await east.getMmsSettingsAsync());
  },

  "assign the application": async () => {
    await east.editApplicationAsync({ httpMessagingV2AppId: application.applicationId });
    return listAssigned();
  },
  "delete the application too early": () => application.deleteAsync(),

  "search numbers": () => search(910, 3),
  "reserve a number": async () => {
    const [reservedTn] = await search(919, 1);
    reservation = await numbers.TnReservation.createAsync(client, { reservedTn });
    return row(reservation, "reservationId", "accountId", "reservedTn");
  },
  "drop the reservation": async () => {
    reservation.id = reservation.reservationId;
    await reservation.deleteAsync();
    return numbers.TnReservation.getAsync(client, reservation.id);
  },

  "order numbers": async () => {
    const created = await numbers.Order.createAsync(client, {
      name: "Two numbers",
      customerOrderId: "two-numbers",
      siteId: site.id,
      peerId: east.id,
      partialAllowed: false,
      areaCodeSearchAndOrderType: { areaCode: "910", quantity: 2 },
    });
    order = created.order;
    return [...row(order, "id", "customerOrderId"), ...row(created, "orderStatus")];
  },
  "order for a site that is not there": () =>
    numbers.Order.createAsync(client, {
      siteId: 1,
      areaCodeSearchAndOrderType: { areaCode: "910", quantity: 1 },
    }),
  "poll the order": async () => {
    const polled = await numbers.Order.getAsync(client, order.id);
    bought = list(polled.completedNumbers.telephoneNumber).map((it) => it.fullNumber);
    return [polled.orderStatus, ...bought];
  },
  "list the orders": async () => {
    const query = { page: 1, size: 10, customerOrderId: "two-numbers" };
    const { listOrderIdUserIdDate: found } = await numbers.Order.listAsync(client, query);
    return list(found.orderIdUserIdDate).map((it) =>
      row(it, "orderId", "orderStatus", "countOfTNs"),
    );
  },
  "list the numbers of the order": async () => words((await order.getTnsAsync()).telephoneNumber),
  "count the area codes of the order": async () =>
    (await order.getAreaCodesAsync()).map((it) => row(it, "areaCode", "count")),
  "count the exchanges of the order": async () =>
    (await order.getNpaNxxAsync()).map((it) => row(it, "nPA-NXX", "count")),
  "count the numbers of the order": async () =>
    (await order.getTotalsAsync()).map((it) => row(it, "count")),
  "read the history of the order": async () =>
    (await order.getHistoryAsync()).map((it) => row(it, "status")),
  "list the orders of the site": async () => {
    const { listOrderIdUserIdDate: found } = await site.getOrdersAsync({ page: 1, size: 10 });
    return list(found.orderIdUserIdDate).map((it) => row(it, "orderId"));
  },

  "list the numbers in service": async () => {
    const found = await numbers.InServiceNumber.listAsync(client, { page: 1, size: 10 });
    return words(found.telephoneNumbers.telephoneNumber);
  },
  "count the numbers in service": async () =>
    row(await numbers.InServiceNumber.totalsAsync(client), "count"),
  "find a number that is not in service": () =>
    numbers.InServiceNumber.getAsync(client, "2015550123"),
  "list the numbers in service of the site": async () =>
    words((await site.getInserviceNumbersAsync()).telephoneNumbers.telephoneNumber),
  "count the numbers of the site": async () =>
    row((await site.getTotalTnsAsync()).siteTNs, "totalCount"),
  "list the numbers of the sippeer": async () =>
    words((await east.getTnsAsync()).map((it) => it.fullNumber)),
  "find a number of the sippeer": async () => row(await east.getTnsAsync(bought[0]), "fullNumber"),
  "list all numbers": async () => {
    const found = await numbers.Tn.listAsync(client, { accountId: SANDBOX_ACCOUNT });
    return found.telephoneNumbers.telephoneNumber.map((it) => row(it, "fullNumber", "status"));
  },
  "look a number up": async () =>
    row(await numbers.Tn.getAsync(client, bought[0]), "telephoneNumber", "status", "orderId"),
  "find the site of a number": async () =>
    row(await (await numbers.Tn.getAsync(client, bought[0])).getSitesAsync(), "id", "name"),
  "find the sippeer of a number": async () =>
    row(await (await numbers.Tn.getAsync(client, bought[0])).getSipPeersAsync(), "id", "name"),
  "read the details of a number": async () => {
    const details = await (await numbers.Tn.getAsync(client, bought[0])).getTnDetailsAsync();
    return [...row(details, "fullNumber", "status"), ...row(details.sipPeer, "peerName")];
  },
  "move a number": async () => {
    await west.moveTnsAsync([bought[1]]);
    return words((await west.getTnsAsync()).map((it) => it.fullNumber));
  },

  "change an option of a number": async () => {
    options = await numbers.TnOption.createAsync(client, {
      customerOrderId: "options",
      tnOptionGroups: [{ sms: "off", telephoneNumbers: [bought[0]] }],
    });
    return row(options, "orderId", "customerOrderId", "processingStatus");
  },
  "poll the change": async () => {
    const polled = await numbers.TnOption.getAsync(client, options.orderId);
    return [polled.processingStatus, ...words(polled.tnOptionGroups[0].telephoneNumbers)];
  },
  "list the changes": async () =>
    (await numbers.TnOption.listAsync(client, { customerOrderId: "options" })).map((it) =>
      row(it, "orderId", "orderStatus"),
    ),

  "subscribe to orders": async () => {
    subscription = await numbers.Subscription.createAsync(client, {
      orderType: "orders",
      callbackSubscription: { URL: "https://example.com/orders", expiry: 12000 },
    });
    return listSubscriptions();
  },
  "change the subscription": async () => {
    await subscription.updateAsync({
      orderType: "orders",
      callbackSubscription: { URL: "https://example.com/changed", expiry: 12000 },
    });
    return listSubscriptions();
  },
  "end the subscription": async () => {
    await subscription.deleteAsync();
    return listSubscriptions();
  },

  "release the numbers": async () => {
    const created = await numbers.Disconnect.createAsync(client, "Release", bought);
    release = created.orderRequest.id;
    return [release, created.orderStatus];
  },
  "poll the release": async () => {
    const polled = await numbers.Disconnect.getAsync(client, release, {});
    const gone = words(polled.disconnectedTelephoneNumberList.telephoneNumber);
    return [polled.orderStatus, ...gone];
  },
  "list the releases": async () => {
    const query = { page: 1, size: 10 };
    const { listOrderIdUserIdDate: found } = await numbers.Disconnect.listAsync(client, query);
    return list(found.orderIdUserIdDate).map((it) => row(it, "orderId", "orderStatus"));
  },

  "unassign the application": async () => {
    await east.removeApplicationAsync();
    return listAssigned();
  },
  "disable SMS before MMS": () => east.deleteSmsSettingsAsync(),
  "disable MMS": async () => {
    await east.deleteMmsSettingsAsync();
    return east.getMmsSettingsAsync();
  },
  "disable SMS": async () => {
    await east.deleteSmsSettingsAsync();
    return east.getSmsSettingsAsync();
  },
  "delete the other sippeer": async () => {
    await west.deleteAsync();
    return listSippeers();
  },
  "delete the sippeer": async () => {
    await east.deleteAsync();
    return listSippeers();
  },
  "delete the site": async () => {
    await site.deleteAsync();
    return listSites();
  },
  "delete the application": async () => {
    await application.deleteAsync();
    return listApplications();
  },
});
