"""`culprit notify`: every kind of channel against a real receiver, and clear words when one does not take it."""

import base64
import hashlib
import hmac
import json
import pathlib
import subprocess
import tempfile
import unittest

import culprit
import receivers

SYSTEM = """
system: shop
components:
  - {id: web, kind: other}
channels:
  - {id: chat, kind: slack, url: "env:SLACK"}
  - {id: pager, kind: pagerduty, url: "HOOKS/v2/enqueue", key: "env:PAGER_KEY"}
  - {id: hook, kind: webhook, url: "HOOKS/hook", key: "file:KEY_FILE"}
  - {id: mail, kind: smtp, url: "SMTP", from: culprit@example.com, to: [ops@example.com, db@example.com]}
contacts:
  - {role: On-call, reach: x, severities: [P0, P1], notify: [pager, chat]}
  - {role: Database, reach: x, severities: [P0], notify: [hook, mail], after: 15m}
"""


class Notify(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name)
        self.file = self.path / "shop.yaml"
        (self.path / "key").write_text("s3cret-signing-key\n")

    def system(self, hooks="http://127.0.0.1:1", smtp="smtp://127.0.0.1:1", text=SYSTEM):
        self.file.write_text(text.replace("HOOKS", hooks).replace("SMTP", smtp).replace("KEY_FILE", str(self.path / "key")))

    def try_it(self, *arguments, check=0, **environment):
        done = culprit.run("notify", "test", "--system", self.file, *arguments, check=check, **environment)
        for secret in [*environment.values(), "s3cret-signing-key"]:
            self.assertNotIn(secret, done.out + done.err)
        return done

    @unittest.skipUnless(receivers.python_with_aiosmtpd(), "aiosmtpd is needed (Debian: python3-aiosmtpd)")
    def test_every_channel_reaches_its_receiver(self):
        with receivers.Hooks() as hooks, receivers.Mail() as mail:
            self.system(hooks.url, mail.url)
            self.try_it(SLACK=hooks.url + "/services/T0/B0/xyz", PAGER_KEY="R0UTINGKEY")
            [chat] = hooks.bodies("/services/T0/B0/xyz")
            self.assertIn("[P3] shop: test: this is a test", chat["text"])
            trigger, resolve = hooks.bodies("/v2/enqueue")
            self.assertEqual((trigger["event_action"], resolve["event_action"]), ("trigger", "resolve"))
            self.assertEqual(trigger["dedup_key"], resolve["dedup_key"])
            self.assertEqual(trigger["routing_key"], "R0UTINGKEY")
            [(headers, body)] = [(h, b) for p, h, b in hooks.received if p == "/hook"]
            signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
            wanted = base64.b64encode(hmac.new(b"s3cret-signing-key", signed, hashlib.sha256).digest()).decode()
            self.assertEqual(headers["webhook-signature"], "v1," + wanted)
            self.assertEqual(headers["Idempotency-Key"], headers["webhook-id"])
            [letter] = mail.mails()
            self.assertEqual(letter["To"], "ops@example.com, db@example.com")
            self.assertIn("this is a test", letter["Subject"])
            self.assertIn("nothing is wrong", letter.get_content())
            self.assertRegex(letter["Message-ID"], r"^<[0-9a-f]{32}@example.com>$")

    def test_a_wrong_webhook_is_told_without_showing_it(self):
        with receivers.Hooks(status=404) as hooks:
            self.system(hooks.url)
            done = self.try_it("--channel", "chat", check=1, SLACK=hooks.url + "/services/secret")
            self.assertIn("there is no such webhook", done.out)
            self.assertIn("invalid_token", done.out)
        done = self.try_it("--channel", "chat", check=1, SLACK="not-an-address")
        self.assertIn("no http(s) URL", done.out)
        done = self.try_it("--channel", "chat", check=1)
        self.assertIn("SLACK is not set", done.out)

    def test_a_certificate_that_is_not_trusted_is_told(self):
        key, cert = self.path / "k.pem", self.path / "c.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-days", "2",
                        "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
        with receivers.Hooks(tls=(cert, key)) as hooks:
            self.system(hooks.url)
            done = self.try_it("--channel", "chat", check=1, SLACK=hooks.url + "/x")
            self.assertIn("certificate", done.out)
            self.assertIn("`ca`", done.out)
            self.system(hooks.url, text=SYSTEM.replace('"env:SLACK"}', f'"env:SLACK", ca: "{cert}"}}'))
            self.try_it("--channel", "chat", SLACK=hooks.url + "/x")
        with receivers.Hooks() as plain:
            self.try_it("--channel", "chat", check=1, SLACK=plain.url.replace("http:", "https:") + "/x")

    @unittest.skipUnless(receivers.python_with_aiosmtpd(), "aiosmtpd is needed (Debian: python3-aiosmtpd)")
    def test_a_mail_server_that_refuses_is_told(self):
        with receivers.Mail("--refuse") as mail:
            self.system(smtp=mail.url)
            done = self.try_it("--channel", "mail", check=1)
            self.assertIn("refused the mail", done.out)
            self.assertIn("550", done.out)
            # With certificates to trust TLS is wanted, and this server has none.
            self.system(smtp=mail.url, text=SYSTEM.replace("from: culprit", "ca: /etc/ssl/certs/ca-certificates.crt, from: culprit"))
            self.assertIn("offers no TLS", self.try_it("--channel", "mail", check=1).out)
        self.system()
        self.assertIn("cannot be reached", self.try_it("--channel", "mail", check=1).out)

    def test_a_system_without_contacts_says_what_to_write(self):
        self.file.write_text("system: bare\ncomponents:\n  - {id: web, kind: other}\n")
        done = self.try_it(check=2)
        self.assertIn("names no contact that can be notified", done.err)
        self.assertIn("notify: [chat]", done.err)
        self.assertIn("has no channel 'x'", self.try_it("--channel", "x", check=4).err)
        done = culprit.run("watch", "--system", self.file, "--state", self.path / "w", "--once", check=2)
        self.assertIn("names no contact", done.err)

    def test_a_secret_in_the_file_is_refused_and_not_repeated(self):
        self.file.write_text(SYSTEM.replace('"env:SLACK"', '"https://hooks.slack.com/services/T0/B0/x1y2z3"'))
        done = culprit.run("system", "check", self.file, check=3)
        self.assertIn("is a secret and does not belong into the system file", done.out + done.err)
        self.assertNotIn("x1y2z3", done.out + done.err)

    def test_the_outbox_of_a_watch_that_never_ran_is_empty(self):
        done = culprit.run("notify", "list", "--state", self.path / "none", check=0)
        self.assertEqual(done.out, "No message waits.\n")
        self.assertEqual(json.loads(culprit.run("notify", "list", "--state", self.path / "none", "--format", "json", check=0).out),
                         {"messages": []})


if __name__ == "__main__":
    unittest.main()
