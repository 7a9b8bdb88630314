// One line on stdin names a step; one line of JSON on stdout says what the client showed for it.
import { createInterface } from "node:readline";

// What the service refused with, or what broke inside the client.
const describe = ({ status, response, message }) =>
  response === undefined
    ? { message }
    : {
        status,
        code: response.data?.type ?? response.text?.match(/Code>(\d+)</)?.[1] ?? "",
      };

export const serve = async (steps) => {
  for await (const name of createInterface({ input: process.stdin })) {
    let answer;
    try {
      answer = { shown: (await steps[name]()) ?? null };
    } catch (error) {
      answer = { error: describe(error) };
    }
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
};

export const token = async () => {
  const { SANDBOX_URL, SANDBOX_CLIENT_ID, SANDBOX_CLIENT_SECRET } = process.env;
  const basic = Buffer.from(`${SANDBOX_CLIENT_ID}:${SANDBOX_CLIENT_SECRET}`).toString("base64");
  const answer = await fetch(`${SANDBOX_URL}/api/v1/oauth2/token`, {
    method: "POST",
    headers: { authorization: `Basic ${basic}` },
    body: new URLSearchParams({ grant_type: "client_credentials" }),
  });
  return (await answer.json()).access_token;
};
