/** An issuer of ID tokens of which the first lives for as long as a test wants. */
import type { BrowserContext } from "playwright-core";

/** Stands between a browser and the Auth emulator, whose own tokens all live for an hour; they are not signed. */
export class Issuer {
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
      const idToken = this.#shorten(answer.idToken);
      await route.fulfill({ response, json: { ...answer, idToken, expiresIn: String(this.#firstSeconds) } });
    });
    await context.route(/securetoken\.googleapis\.com/, async (route) => {
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
