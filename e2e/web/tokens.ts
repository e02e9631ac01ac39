/** An issuer of ID tokens of which the first lives for as long as a test wants, and which can fail. */
import type { BrowserContext } from "playwright-core";

/** Stands between a browser and the Auth emulator, whose own tokens all live for an hour; they are not signed. */
export class Issuer {
  /** What becomes of a request for a fresh token: it is granted, nobody answers, or the session is over. */
  answer: "granted" | "none" | "ended" = "granted";
  /** How many fresh tokens it gave for older ones. */
  renewals = 0;
  readonly #firstSeconds: number;

  constructor(firstSeconds: number) {
    this.#firstSeconds = firstSeconds;
  }

  readonly prepare = async (context: BrowserContext): Promise<void> => {
    await context.route(/accounts:signInWithPassword/, async (route) => {
      const response = await route.fetch();
      const answer = (await response.json()) as { readonly idToken: string };
      // Firebase still believes in an hour, so that it is the relay's word that a token is renewed at.
      await route.fulfill({ response, json: { ...answer, idToken: this.#shorten(answer.idToken) } });
    });
    await context.route(/securetoken\.googleapis\.com/, async (route) => {
      if (this.answer === "none") return route.abort("internetdisconnected");
      if (this.answer === "ended") {
        const headers = { "access-control-allow-origin": "*" };
        return route.fulfill({
          status: 400,
          headers,
          json: { error: { code: 400, message: "TOKEN_EXPIRED" } },
        });
      }
      this.renewals += 1;
      return route.continue();
    });
  };

  #shorten(token: string): string {
    const [header, payload = "", ...rest] = token.split(".");
    const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as { readonly iat: number };
    const changed = JSON.stringify({ ...claims, exp: claims.iat + this.#firstSeconds });
    return [header, Buffer.from(changed).toString("base64url"), ...rest].join(".");
  }
}
