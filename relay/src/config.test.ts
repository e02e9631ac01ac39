import { describe, expect, it } from "vitest";
import { parseConfig } from "./config.ts";

const deployed = {
  REDIS_URL: "redis://10.0.0.3:6379",
  GOOGLE_CLOUD_PROJECT: "faultline",
  FAULTLINE_ORIGINS: "https://app.example",
};

describe("the configuration", () => {
  it("has a default for all that can have one", () => {
    expect(parseConfig(deployed)).toEqual({
      port: 4100,
      redisUrl: "redis://10.0.0.3:6379",
      projectId: "faultline",
      emulated: false,
      origins: ["https://app.example"],
      logLevel: "info",
      polling: false,
      front: "lean",
      limits: {
        admission: { handshakes: { perSecond: 500, burst: 500 }, lagMs: 300 },
        connections: { connections: 950, perUser: 100 },
        life: { lifeMs: 55 * 60_000, pingMs: 10_000 },
        inbound: {
          messages: { perSecond: 20, burst: 200 },
          bytes: { perSecond: 65_536, burst: 524_288 },
        },
        replay: { entries: 1_000 },
        bufferBytes: 1_048_576,
      },
    });
  });

  it("is what the environment says", () => {
    const config = parseConfig({
      REDIS_URL: "rediss://user:secret@host:6380",
      GCLOUD_PROJECT: "demo",
      FIREBASE_AUTH_EMULATOR_HOST: "127.0.0.1:9099",
      FAULTLINE_ORIGINS: "https://a.example, http://localhost:5000",
      FAULTLINE_POLLING: "true",
      FAULTLINE_FRONT: "stock",
      FAULTLINE_METRICS_TOKEN: "a-secret-for-metrics",
      FAULTLINE_REPLAY_ENTRIES: "50",
      FAULTLINE_CONNECTION_BUFFER_BYTES: "65536",
      FAULTLINE_HANDSHAKES_PER_SECOND: "50",
      FAULTLINE_OVERLOAD_LAG_MS: "1000",
      FAULTLINE_MEMORY_BYTES: "512000000",
      FAULTLINE_MESSAGES_PER_SECOND: "5",
      FAULTLINE_MESSAGE_BYTES_PER_SECOND: "2048",
      FAULTLINE_CONNECTIONS: "20000",
      FAULTLINE_CONNECTIONS_PER_USER: "5",
      FAULTLINE_CONNECTION_MINUTES: "10",
      FAULTLINE_PING_SECONDS: "25",
      LOG_LEVEL: "debug",
      PORT: "8080",
    });
    expect(config).toMatchObject({
      port: 8080,
      projectId: "demo",
      emulated: true,
      origins: ["https://a.example", "http://localhost:5000"],
      logLevel: "debug",
      polling: true,
      front: "stock",
      metricsToken: "a-secret-for-metrics",
      limits: {
        admission: { handshakes: { perSecond: 50, burst: 50 }, lagMs: 1_000, memoryBytes: 512_000_000 },
        connections: { connections: 20_000, perUser: 5 },
        life: { lifeMs: 600_000, pingMs: 25_000 },
        inbound: {
          messages: { perSecond: 5, burst: 50 },
          bytes: { perSecond: 2_048, burst: 16_384 },
        },
        replay: { entries: 50 },
        bufferBytes: 65_536,
      },
    });
  });

  it("lets any page connect only beside the emulator, or when told so", () => {
    const { FAULTLINE_ORIGINS, ...undecided } = deployed;
    expect(parseConfig({ ...undecided, FIREBASE_AUTH_EMULATOR_HOST: "127.0.0.1:9099" }).origins).toBe("any");
    expect(parseConfig({ ...undecided, FAULTLINE_ORIGINS: "*" }).origins).toBe("any");
    expect(() => parseConfig(undecided)).toThrow(/^FAULTLINE_ORIGINS: is required/);
    expect(FAULTLINE_ORIGINS).toBe("https://app.example");
  });

  it.each<readonly [string, string | undefined, RegExp]>([
    ["REDIS_URL", undefined, /^REDIS_URL: is required/],
    ["REDIS_URL", "", /^REDIS_URL: is required/],
    ["REDIS_URL", "localhost", /^REDIS_URL: must be a redis/],
    ["GOOGLE_CLOUD_PROJECT", undefined, /^GOOGLE_CLOUD_PROJECT: is required/],
    ["FAULTLINE_METRICS_TOKEN", "short", /^FAULTLINE_METRICS_TOKEN: must have at least 16/],
    [
      "FAULTLINE_CONNECTION_BUFFER_BYTES",
      "1MB",
      /^FAULTLINE_CONNECTION_BUFFER_BYTES: must be a whole number/,
    ],
    ["FAULTLINE_CONNECTION_BUFFER_BYTES", "0", /^FAULTLINE_CONNECTION_BUFFER_BYTES: .* 16384 or more/],
    ["FAULTLINE_CONNECTIONS", "0", /^FAULTLINE_CONNECTIONS: .* 1 or more/],
    ["FAULTLINE_CONNECTIONS_PER_USER", "many", /^FAULTLINE_CONNECTIONS_PER_USER: must be a whole number/],
    ["FAULTLINE_CONNECTION_MINUTES", "1.5", /^FAULTLINE_CONNECTION_MINUTES: must be a whole number/],
    ["FAULTLINE_PING_SECONDS", "0", /^FAULTLINE_PING_SECONDS: .* 1 or more/],
    ["FAULTLINE_MEMORY_BYTES", "1", /^FAULTLINE_MEMORY_BYTES: must be a whole number, 67108864 or more/],
    ["PORT", "http", /^PORT: must be a port number/],
    ["PORT", "70000", /^PORT: /],
    ["PORT", "1.5", /^PORT: must be a port number/],
    ["LOG_LEVEL", "loud", /^LOG_LEVEL: must be one of fatal/],
    ["FAULTLINE_POLLING", "yes", /^FAULTLINE_POLLING: must be true or false/],
    ["FAULTLINE_FRONT", "mine", /^FAULTLINE_FRONT: must be one of lean, stock/],
    ["FAULTLINE_ORIGINS", "app.example", /^FAULTLINE_ORIGINS: "app.example" is not an origin/],
    ["FAULTLINE_ORIGINS", "https://app.example/", /^FAULTLINE_ORIGINS: /],
    ["FAULTLINE_ORIGINS", "https://a.example,", /^FAULTLINE_ORIGINS: /],
  ])("with %s=%s is refused, naming it", (name, value, message) => {
    expect(() => parseConfig({ ...deployed, [name]: value })).toThrow(message);
  });

  it("never accepts unsigned tokens on a deployed service", () => {
    const environment = { ...deployed, FIREBASE_AUTH_EMULATOR_HOST: "127.0.0.1:9099", K_SERVICE: "relay" };
    expect(() => parseConfig(environment)).toThrow(/^FIREBASE_AUTH_EMULATOR_HOST/);
  });
});
