"""A runtime in Python's standard library: verifies events, skips duplicates by their id, echoes WhatsApp texts."""

import base64
import hashlib
import hmac
import json
import os
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

GATEWAY = os.environ.get("COMPORTA_URL", "http://127.0.0.1:8080")
SECRET = base64.b64decode(os.environ["RUNTIME_SECRET"].removeprefix("whsec_"), validate=True)
# In a real application this is a table with a unique key, written in the transaction that handles the event.
HANDLED = set()


def genuine(headers, body):
    event_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not timestamp.isdecimal() or abs(time.time() - int(timestamp)) > 300:
        return False
    digest = hmac.new(SECRET, f"{event_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    expected = b"v1," + base64.b64encode(digest)
    return any(hmac.compare_digest(one.encode(), expected) for one in headers.get("webhook-signature", "").split(" "))


def text_of(content):
    """Returns the text of a message, or None when the provider sent no text."""
    text = content.get("text") if isinstance(content, dict) else None
    body = text.get("body") if isinstance(text, dict) else None
    return body if isinstance(body, str) and body else None


def reply(data):
    sender, body = data.get("from"), text_of(data.get("content"))
    if body is None or not sender:
        return 204
    intent = {
        "connector": data["connector"],
        "account": data["account"],
        "capability": "text",
        "to": f"+{sender}" if sender.isdecimal() else sender,
        "input": {"body": body},
    }
    headers = {
        "authorization": f"Bearer {os.environ.get('COMPORTA_KEY', '')}",
        "content-type": "application/json",
        "idempotency-key": f"reply-{data['eventId']}",
    }
    request = urllib.request.Request(f"{GATEWAY}/v1/intents", json.dumps(intent).encode(), headers)
    try:
        urllib.request.urlopen(request, timeout=30).close()
    except urllib.error.HTTPError as answer:
        # Refused, expired or in doubt: a retry would change nothing. Any other status makes the gateway deliver the event again.
        return 204 if answer.code in (410, 422, 502, 504) else 503
    except OSError:
        return 503
    return 204


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.send_response(self.receive(body))
        self.send_header("content-length", "0")
        self.end_headers()

    def receive(self, body):
        if not genuine(self.headers, body):
            return 401
        event, event_id = json.loads(body), self.headers["webhook-id"]
        if event_id in HANDLED or event["type"] != "whatsapp.message.text":
            return 204
        status = reply(event["data"])
        if status == 204:
            HANDLED.add(event_id)
        return status

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    server = ThreadingHTTPServer(("", int(os.environ.get("PORT", "3000"))), Receiver)
    print(f"receiver {json.dumps({'port': server.server_address[1]})}", flush=True)
    server.serve_forever()
