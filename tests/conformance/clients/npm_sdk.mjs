// npm bandwidth-sdk: messages, media and the toll-free verification look-up.
//
// OAuth2: the client asks a fixed host for its tokens, unless `accessToken` says where they are from.
import { Configuration, MediaApi, MessagesApi, TollFreeVerificationApi } from "bandwidth-sdk";
import { serve, token } from "./steps.mjs";

const { SANDBOX_URL, SANDBOX_ACCOUNT, SANDBOX_USERNAME, SANDBOX_PASSWORD, SANDBOX_SCHEME } =
  process.env;
const { SANDBOX_APPLICATION, SANDBOX_NUMBER, SANDBOX_TOLL_FREE } = process.env;

const basePath = `${SANDBOX_URL}/api/v2`;
const configuration = new Configuration(
  SANDBOX_SCHEME === "oauth2"
    ? { basePath, accessToken: token }
    : { basePath, username: SANDBOX_USERNAME, password: SANDBOX_PASSWORD },
);
const messages = new MessagesApi(configuration);
const media = new MediaApi(configuration);
const verification = new TollFreeVerificationApi(configuration);
const stranger = new MessagesApi(
  new Configuration({ basePath, username: "nobody", password: "wrong" }),
);

const message = {
  applicationId: SANDBOX_APPLICATION,
  from: SANDBOX_NUMBER,
  to: new Set(["+19195550123"]),
  text: "Hello",
  tag: "first",
};
const picture = "GIF89a, or nearly";

const row = (from, ...names) => names.map((name) => String(from[name]));

const send = async (changes) => {
  const { status, data } = await messages.createMessage(SANDBOX_ACCOUNT, { ...message, ...changes });
  const names = ["id", "applicationId", "from", "to", "direction", "segmentCount", "text", "tag"];
  return [String(status), ...row(data, ...names), ...(data.media ?? [])];
};

const list = async (...query) => {
  const { data } = await messages.listMessages(SANDBOX_ACCOUNT, ...query);
  const names = ["messageId", "sourceTn", "destinationTn", "messageType", "messageDirection"];
  return [row(data, "totalCount"), ...data.messages.map((it) => row(it, ...names))];
};

const listFiles = async () =>
  (await media.listMedia(SANDBOX_ACCOUNT)).data.map((it) =>
    row(it, "mediaName", "contentLength", "content"),
  );

let first;

await serve({
  "sign in wrongly": () => stranger.createMessage(SANDBOX_ACCOUNT, message),

  "send a message": async () => {
    const sent = await send({});
    [, first] = sent;
    return sent;
  },
  "send to a group": () => send({ to: new Set(["+19195550123", "+19195550124"]), tag: "group" }),
  "send a picture": () =>
    send({ media: new Set([`${basePath}/users/${SANDBOX_ACCOUNT}/media/cat.gif`]), text: "" }),
  "send without a receiver": () => send({ to: new Set() }),
  "list the messages of a sender": () => list(undefined, SANDBOX_NUMBER),
  "find the first message": () => list(first),
  "list without a filter": () => list(),

  "upload a file": async () => {
    // The type is the file's own: the client's HTTP library puts it over the parameter.
    const file = new File([picture], "cat.gif", { type: "image/gif" });
    await media.uploadMedia(SANDBOX_ACCOUNT, "cat.gif", file, "image/gif");
    return listFiles();
  },
  "download the file": async () => {
    const { data, headers } = await media.getMedia(SANDBOX_ACCOUNT, "cat.gif");
    return [headers["content-type"], data];
  },
  "delete the file": async () => {
    await media.deleteMedia(SANDBOX_ACCOUNT, "cat.gif");
    return listFiles();
  },
  "download the deleted file": () => media.getMedia(SANDBOX_ACCOUNT, "cat.gif"),

  "look up a toll-free verification": async () =>
    row(
      (await verification.getTollFreeVerificationStatus(SANDBOX_ACCOUNT, SANDBOX_TOLL_FREE)).data,
      "phoneNumber",
      "status",
    ),
  "look up the verification of a local number": () =>
    verification.getTollFreeVerificationStatus(SANDBOX_ACCOUNT, SANDBOX_NUMBER),
});
