/** Headers by which a browser makes nothing of an answer but what it is: data, for whom CORS lets read it. */
import type { IncomingMessage, ServerResponse } from "node:http";
import helmet, { strictTransportSecurity } from "helmet";

type Middleware = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/** CORS reads are not what Cross-Origin-Resource-Policy is about: it keeps answers out of other sites' tags. */
const secure = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
  },
  crossOriginResourcePolicy: { policy: "same-origin" },
  strictTransportSecurity: false,
});

const secureTransport = strictTransportSecurity({ maxAge: 365 * 24 * 3_600, includeSubDomains: false });

/** For every HTTP answer. RFC 6797 wants Strict-Transport-Security over HTTPS only, which the platform speaks for us. */
export const securityHeaders: Middleware = (request, response, next) => {
  const isHttps = request.headers["x-forwarded-proto"] === "https";
  secure(request, response, (error?: unknown) => {
    if (error !== undefined || !isHttps) next(error);
    else secureTransport(request, response, () => next());
  });
};
