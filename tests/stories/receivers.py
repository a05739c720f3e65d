"""Receivers on loopback: an HTTP server that keeps what it is sent, and a real SMTP server."""

import email
import email.policy
import http.server
import json
import pathlib
import ssl
import subprocess
import sys
import tempfile
import threading
import time


class Hooks:
    """Keeps every POST as (path, headers, body). `status` answers: a number, or a function of the path."""

    def __init__(self, status=200, tls=None):
        self.received, self.status = [], status
        hooks = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status = hooks.status(self.path) if callable(hooks.status) else hooks.status
                if 200 <= status < 300:
                    hooks.received.append((self.path, dict(self.headers), body))
                self.send_response(status)
                self.end_headers()
                try:
                    self.wfile.write(b"ok" if status < 300 else b"invalid_token")
                except OSError:
                    pass

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.handle_error = lambda *_: None  # a client that was killed
        scheme = "http"
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*tls)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
            scheme = "https"
        self.url = f"{scheme}://127.0.0.1:{self.server.server_port}"

    def __enter__(self):
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def bodies(self, path):
        return [json.loads(body) for p, _, body in self.received if p == path]

    def keys(self, path):
        return [headers["Idempotency-Key"] for p, headers, _ in self.received if p == path]


def python_with_aiosmtpd():
    for python in (sys.executable, "/usr/bin/python3"):
        if subprocess.run([python, "-c", "import aiosmtpd"], capture_output=True).returncode == 0:
            return python
    return None


class Mail:
    """aiosmtpd in a process of its own."""

    def __init__(self, *arguments):
        self.arguments = arguments

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        port_file = pathlib.Path(self.folder.name) / "port"
        program = pathlib.Path(__file__).with_name("mail_server.py")
        self.process = subprocess.Popen([python_with_aiosmtpd(), program, self.folder.name, port_file, *self.arguments],
                                        stdin=subprocess.PIPE)
        for _ in range(600):
            if port_file.exists():
                break
            time.sleep(0.05)
        self.url = f"smtp://127.0.0.1:{port_file.read_text()}"
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()
        self.folder.cleanup()

    def mails(self):
        files = sorted(pathlib.Path(self.folder.name).glob("*.eml"))
        return [email.message_from_bytes(f.read_bytes(), policy=email.policy.default) for f in files]
