import { describe, expect, it } from "vitest";
import { readConfig } from "./params.ts";

const environment = { REDIS_URL: "redis://127.0.0.1:6379", GCLOUD_PROJECT: "demo" };

describe("readConfig", () => {
  it("has a default for everything but the project and Redis", () => {
    expect(readConfig(environment)).toEqual({
      projectId: "demo",
      redisUrl: "redis://127.0.0.1:6379",
      isEmulated: false,
      publishTimeoutMs: 1_000,
      retention: { entries: 5_000, seconds: 86_400 },
      allowedOrigins: "any",
      isTraced: false,
    });
  });

  it("takes what is set", () => {
    const config = readConfig({
      REDIS_URL: "rediss://:secret@redis:6379",
      FIREBASE_CONFIG: '{"projectId":"from-config"}',
      FIREBASE_AUTH_EMULATOR_HOST: "127.0.0.1:9099",
      FAULTLINE_PUBLISH_TIMEOUT_MS: "250",
      FAULTLINE_LOG_ENTRIES: "10",
      FAULTLINE_LOG_SECONDS: "20",
      FAULTLINE_CORS_ORIGINS: "https://a.example, https://b.example",
      FAULTLINE_TRACING: "true",
    });
    expect(config).toMatchObject({
      projectId: "from-config",
      isEmulated: true,
      publishTimeoutMs: 250,
      retention: { entries: 10, seconds: 20 },
      allowedOrigins: ["https://a.example", "https://b.example"],
      isTraced: true,
    });
  });

  it("accepts no unsigned tokens where the emulator's address is empty", () => {
    expect(readConfig({ ...environment, FIREBASE_AUTH_EMULATOR_HOST: "" }).isEmulated).toBe(false);
  });

  it("names the variable at fault", () => {
    const wrong = {
      REDIS_URL: "http://redis",
      GCLOUD_PROJECT: "",
      FAULTLINE_PUBLISH_TIMEOUT_MS: "soon",
      FAULTLINE_LOG_ENTRIES: "0",
      FAULTLINE_LOG_SECONDS: "-1",
    };
    for (const [name, value] of Object.entries(wrong))
      expect(() => readConfig({ ...environment, [name]: value })).toThrow(name);
    expect(() => readConfig({ GCLOUD_PROJECT: "demo" })).toThrow("REDIS_URL");
  });
});
