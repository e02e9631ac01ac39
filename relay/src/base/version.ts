import manifest from "../../package.json" with { type: "json" };

/** The relay's version. */
export const { version } = manifest;
