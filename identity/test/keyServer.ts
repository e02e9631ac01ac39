/** A JSON Web Key Set on a real HTTP server, and tokens signed with its keys, for the tests of the verifier. */
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from "jose";

export interface SigningKey {
  readonly kid: string;
  readonly algorithm: string;
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
}

export async function createKey(kid: string, algorithm = "RS256"): Promise<SigningKey> {
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true });
  return {
    kid,
    algorithm,
    privateKey,
    jwk: { ...(await exportJWK(publicKey)), kid, alg: algorithm, use: "sig" },
  };
}

/** A token as `key` signs it; `header` replaces what the key says. */
export function sign(
  claims: JWTPayload,
  key: SigningKey,
  header: { alg?: string; kid?: string } = {},
): Promise<string> {
  const { algorithm, kid, privateKey } = key;
  return new SignJWT(claims)
    .setProtectedHeader({ alg: algorithm, kid, typ: "JWT", ...header })
    .sign(privateKey);
}

export interface KeyServer {
  readonly url: string;
  /** How often keys were asked for. */
  readonly requests: number;
  /** Answers with these keys from now on. */
  serve(keys: readonly SigningKey[]): void;
  /** Answers with whatever this does from now on. */
  answer(listener: RequestListener): void;
  stop(): Promise<void>;
}

export async function startKeyServer(keys: readonly SigningKey[] = []): Promise<KeyServer> {
  let requests = 0;
  let listener: RequestListener = () => {};
  const server = createServer((request, response) => {
    requests += 1;
    listener(request, response);
  });
  const keyServer: KeyServer = {
    url: await listen(server),
    get requests() {
      return requests;
    },
    serve: (served) => {
      const body = JSON.stringify({ keys: served.map(({ jwk }) => jwk) });
      listener = (_, response) => response.setHeader("content-type", "application/json").end(body);
    },
    answer: (next) => {
      listener = next;
    },
    stop: () => stop(server),
  };
  keyServer.serve(keys);
  return keyServer;
}

function listen(server: Server): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`);
    });
  });
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
