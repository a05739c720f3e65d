"""A scripted AWS on loopback for the stories: one port that speaks for every service, and keeps what it was asked."""

import http.server
import json
import os
import re
import subprocess
import tempfile
import threading
import time

CULPRIT = os.environ["CULPRIT"]

IDENTITY = ("<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/u</Arn>"
            "<UserId>U</UserId><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>")


def role_xml(operation, key):
    return (f"<{operation}Response><{operation}Result><Credentials><AccessKeyId>{key}</AccessKeyId>"
            "<SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>"
            f"</Credentials></{operation}Result></{operation}Response>")


def error(code, status=400):
    return status, json.dumps({"__type": code, "message": "because"})


class Asked:
    def __init__(self, operation, headers, body, path):
        self.operation, self.headers, self.body, self.path = operation, headers, body, path

    def access_key(self):
        found = re.search(r"Credential=([^/]+)/", self.headers.get("Authorization", ""))
        return found.group(1) if found else None


class FakeAws:
    """`answers` maps an operation ("GetCallerIdentity", "GET /path") to text, (status, text) or a function of Asked.
    What is not in it is denied."""

    def __init__(self, answers, date=None):
        self.answers, self.asked, self.date = dict(answers), [], date
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                target = self.headers.get("X-Amz-Target", "")
                action = re.match(r"Action=([A-Za-z]+)", body)
                path = self.path.split("?")[0]
                operation = target.split(".")[-1] or (action.group(1) if action else f"{self.command} {path}")
                asked = Asked(operation, self.headers, body, self.path)
                outer.asked.append(asked)
                reply = outer.answers.get(operation, error("AccessDeniedException", 403))
                if callable(reply):
                    reply = reply(asked)
                status, text = reply if isinstance(reply, tuple) else (200, reply)
                data = text if isinstance(text, bytes) else text.encode()
                self.send_response_only(status)
                if outer.date:
                    self.send_header("Date", outer.date)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                try:
                    self.wfile.write(data)
                except OSError:  # a client that has had enough
                    self.close_connection = True

            do_GET = do_POST = do_PUT = answer

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def events_answer(count):
    now = int(time.time() * 1000) - 120_000
    return json.dumps({"events": [{"logStreamName": "s", "timestamp": now + i, "message": f"line {i}",
                                   "ingestionTime": now + i, "eventId": str(i)} for i in range(count)]})


def readable_aws(events=3):
    """Everything may be read but RDS."""
    groups = {"logGroups": [{"logGroupName": name, "storedBytes": 100, "creationTime": 0}
                            for name in ("/aws/ecs/chatscomm-chatwoot-prod-web", "/aws/ecs/chatscomm-chatwoot-prod-worker")]}
    return {
        "GetCallerIdentity": IDENTITY,
        "DescribeClusters": json.dumps({"clusters": [], "failures": []}),
        "DescribeServices": json.dumps({"services": [], "failures": []}),
        "ListTasks": json.dumps({"taskArns": []}),
        "DescribeTasks": json.dumps({"tasks": [], "failures": []}),
        "DescribeLogGroups": json.dumps(groups),
        "FilterLogEvents": lambda _: events_answer(events),
    }


def doctor(*arguments, home=None, **variables):
    """Runs `culprit doctor` in an environment that holds nothing of this machine's AWS settings."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    with tempfile.TemporaryDirectory() as empty:
        env = {**clean, "HOME": home or empty, "AWS_REGION": "us-east-1", "NO_PROXY": "*", "AWS_EC2_METADATA_DISABLED": "true",
               **variables}
        return subprocess.run([CULPRIT, "doctor", *arguments], capture_output=True, text=True, timeout=120, env=env)


KEYS = {"AWS_ACCESS_KEY_ID": "AKENV", "AWS_SECRET_ACCESS_KEY": "very-secret"}
