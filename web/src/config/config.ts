/** What the page is told as it starts: where the API, the relay and Firebase are. */

export interface FirebaseSettings {
  readonly apiKey: string;
  readonly projectId: string;
  readonly authDomain?: string;
}

/** A demo user of the local stack, who signs in with one click. */
export interface DemoUser {
  readonly email: string;
  readonly label: string;
}

export interface Config {
  /** Without a slash at the end. Default: `/api` beside the page. */
  readonly api: string;
  readonly relay: string;
  readonly firebase: FirebaseSettings;
  /** Only on the local stack: the address of its Auth emulator, and who can sign in there. */
  readonly emulator?: {
    readonly auth: string;
    readonly password: string;
    readonly users: readonly DemoUser[];
  };
  /** The address of a MapLibre style for the map's background. Default: one without tiles, drawn by the page. */
  readonly mapStyle?: string;
}

/** A part of the configuration that is missing or malformed; the message names it. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/**
 * Reads `/config.json`, and Firebase's settings from where Hosting serves them unless they are in it. Throws a
 * `ConfigError` that names what is missing.
 */
export async function loadConfig(fetchJson: FetchJson = fetchJsonFile): Promise<Config> {
  const file = await fetchJson("/config.json");
  const firebase = file.firebase ?? (await fetchJson("/__/firebase/init.json"));
  return parseConfig({ ...file, firebase });
}

/** Throws a `ConfigError` naming the field at fault. */
export function parseConfig(file: Record<string, unknown>): Config {
  const firebase = objectOf(file.firebase, "firebase");
  const authDomain = optionalText(firebase.authDomain, "firebase.authDomain");
  const mapStyle = optionalText(file.mapStyle, "mapStyle");
  return {
    api: optionalText(file.api, "api") ?? "/api",
    relay: textOf(file.relay, "relay"),
    firebase: {
      apiKey: textOf(firebase.apiKey, "firebase.apiKey"),
      projectId: textOf(firebase.projectId, "firebase.projectId"),
      ...(authDomain && { authDomain }),
    },
    ...(file.emulator !== undefined && { emulator: emulatorOf(objectOf(file.emulator, "emulator")) }),
    ...(mapStyle && { mapStyle }),
  };
}

export type FetchJson = (path: string) => Promise<Record<string, unknown>>;

async function fetchJsonFile(path: string): Promise<Record<string, unknown>> {
  const response = await fetch(path);
  const text = await response.text();
  try {
    if (response.ok) return objectOf(JSON.parse(text), path);
  } catch {
    // Hosting answers an address it does not know with the page itself.
  }
  throw new ConfigError(`${path}: is not there (${response.status}).`);
}

function emulatorOf(emulator: Record<string, unknown>): NonNullable<Config["emulator"]> {
  const users = Array.isArray(emulator.users) ? emulator.users : [];
  return {
    auth: textOf(emulator.auth, "emulator.auth"),
    password: textOf(emulator.password, "emulator.password"),
    users: users.map((user, index) => {
      const name = `emulator.users.${index}`;
      const { email, label } = objectOf(user, name);
      return { email: textOf(email, `${name}.email`), label: textOf(label, `${name}.label`) };
    }),
  };
}

function objectOf(value: unknown, name: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  throw new ConfigError(`${name}: is missing from config.json.`);
}

function textOf(value: unknown, name: string): string {
  if (typeof value === "string" && value !== "") return value;
  throw new ConfigError(`${name}: is missing from config.json.`);
}

function optionalText(value: unknown, name: string): string | undefined {
  return value === undefined ? undefined : textOf(value, name);
}
