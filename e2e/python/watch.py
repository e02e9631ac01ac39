"""Follows rooms of a Faultline relay, and prints each event as a line of JSON.

    FAULTLINE_TOKEN=... python3 watch.py http://127.0.0.1:4100 campus:north building:library

With FAULTLINE_SINCE it goes on from a position: the "id" of the last event that was received before. By WebSocket, or
first by long polling with FAULTLINE_TRANSPORTS=polling,websocket where the relay serves that. Ends with status 1, and
the relay's answer on the standard error, when it is refused.
"""

import json
import os
import sys

import engineio
import socketio

EVENTS = (
    "issue:created", "issue:updated", "issue:resolved", "issue:assigned", "issue:deleted", "issue:commented",
    "heatmap:updated", "stats:updated", "maintenance:alert",
)
# What the relay says of the connection itself; after "sync:lost", fetch afresh from the API.
NOTICES = ("sync:lost", "session:expiring", "session:closed", "relay:stale", "relay:fresh", "relay:draining")

relay, *rooms = sys.argv[1:]
token = os.environ["FAULTLINE_TOKEN"]
since = os.environ.get("FAULTLINE_SINCE")
transports = os.environ.get("FAULTLINE_TRANSPORTS", "websocket").split(",")


class InOrder(engineio.Client):
    """Handles one message after the other: the library gives each a thread of its own, and threads overtake each other."""

    def _trigger_event(self, event, *args, run_async=False):
        return super()._trigger_event(event, *args, run_async=run_async and event != "message")


class Client(socketio.Client):
    def _engineio_client_class(self):
        return InOrder


# Whoever comes back names the last position, which the library's own reconnection would not.
client = Client(reconnection=False)


def say(name, data):
    print(json.dumps([name, data], ensure_ascii=False, separators=(",", ":")), flush=True)


def refuse(error):
    print(json.dumps(error), file=sys.stderr, flush=True)
    os._exit(1)  # Handlers run on the client's own threads, which sys.exit would end alone.


for name in EVENTS + NOTICES:
    client.on(name, lambda data, name=name: say(name, data))


@client.event
def connect_error(answer):
    # From the relay: {"message": ..., "data": {"code", "reason", "status", "retry"}}.
    refuse(answer.get("data", answer) if isinstance(answer, dict) else {"reason": "unreachable", "message": answer})


@client.event
def connect():
    request = {"rooms": rooms} if since is None else {"rooms": rooms, "since": since}
    client.emit("subscribe", request, callback=subscribed)


def subscribed(answer):
    if not answer["ok"]:
        refuse(answer["error"])
    say("subscribed", {**answer, "transport": client.transport()})


client.connect(relay, socketio_path="/api/realtime/socket.io", transports=transports, auth={"token": token})
client.wait()
