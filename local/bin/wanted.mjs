// What some tests need that npm does not install, and skip themselves where it is not.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

const chromiumPaths = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const pythons = ["python3", "/usr/bin/python3"];

/** Where Chromium is: CHROMIUM names it, or it is where distributions put it. Undefined: nowhere. */
export function findChromium() {
  return process.env.CHROMIUM || chromiumPaths.find((path) => existsSync(path));
}

/** A Python that has a Socket.IO client which speaks WebSocket and long polling; the system's packages are its own Python's alone. */
export function findPython() {
  const program = "import socketio, websocket, requests";
  return pythons.find((python) => spawnSync(python, ["-c", program], { stdio: "ignore" }).status === 0);
}

/** `packages`: by package manager. */
export const wanted = [
  {
    name: "Chromium",
    isThere: () => findChromium() !== undefined,
    packages: { "apt-get": ["chromium"] },
    neededBy: "the tests in a browser",
  },
  {
    name: "Python's Socket.IO client",
    isThere: () => findPython() !== undefined,
    packages: { "apt-get": ["python3-socketio", "python3-websocket", "python3-requests"] },
    neededBy: "the tests of a client in Python",
  },
];
