/** The service, for all views. */
import { type Client, createClient, sessionEnded } from "@registrar/sdk";
import { end, session, sessionToken, used } from "./session.ts";
import { language } from "./texts/language.ts";

export let service: Client;

export function connect(api: string): void {
  service = watching(
    createClient({
      baseUrl: api,
      language: () => language.value,
      getToken: sessionToken,
      fetch: async (input, init) => {
        const sentAt = Date.now();
        const response = await fetch(input, init);
        if (response.ok && new Headers(init?.headers).has("Authorization")) used(sentAt);
        return response;
      },
    }),
  );
}

/** A client that ends the session of the page when the service has ended it. */
function watching(client: Client): Client {
  const watch = async (call: (...request: never[]) => Promise<unknown>, request: unknown[]) => {
    const token = sessionToken();
    const result = (await call(...(request as never[]))) as { ok: boolean; error?: { kind: string } };
    const same = token !== null && token === sessionToken();
    if (!result.ok && result.error && same && session.value.live && sessionEnded(result.error)) end("ended");
    return result;
  };
  return Object.fromEntries(
    Object.entries(client).map(([name, call]) => [name, (...request: unknown[]) => watch(call, request)]),
  ) as unknown as Client;
}
