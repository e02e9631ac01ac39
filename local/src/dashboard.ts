/** What the dashboard of a local stack is told, in its `config.json`. */
import { type DemoUser, demoUsers } from "./demo/organizations.ts";
import { addressesOf, demoPassword, projectId, type Settings } from "./settings.ts";

/** Everything is on this machine, and whoever looks at it may be any of the demo users. */
export function dashboardConfig(settings: Settings) {
  const { auth, relay } = addressesOf(settings);
  return {
    relay,
    // The Auth emulator takes any key.
    firebase: { apiKey: "local", projectId },
    emulator: {
      auth: `http://${auth}`,
      password: demoPassword,
      users: demoUsers.map((user) => ({ email: user.email, label: describeUser(user) })),
    },
  };
}

/** "viewer of riverside, only campus harbor" */
export function describeUser({ claims: { organizationId, role, campusIds } }: DemoUser): string {
  return `${role} of ${organizationId}${campusIds ? `, only campus ${campusIds.join(", ")}` : ""}`;
}
