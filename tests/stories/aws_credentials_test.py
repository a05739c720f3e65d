"""Each source of credentials, proven by the access key that arrives at STS."""

import hashlib
import json
import os
import tempfile
import unittest

from aws_fake import IDENTITY, KEYS, FakeAws, doctor, role_xml


class CredentialSources(unittest.TestCase):
    def setUp(self):
        self.home = tempfile.TemporaryDirectory()
        self.addCleanup(self.home.cleanup)
        self.aws = FakeAws({"GetCallerIdentity": IDENTITY})
        self.addCleanup(self.aws.__exit__)

    def write(self, name, text):
        path = os.path.join(self.home.name, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(text)
        return path

    def expect(self, key, source, *arguments, **variables):
        variables.setdefault("AWS_ENDPOINT_URL", self.aws.url)
        done = doctor("--format", "json", *arguments, home=self.home.name, **variables)
        line = json.loads(done.stdout)["checks"][0]
        self.assertEqual(line["status"], "ok", line)
        self.assertIn(source, line["detail"])
        asked = [a for a in self.aws.asked if a.operation == "GetCallerIdentity"]
        self.assertEqual([a.access_key() for a in asked], [key])

    def refuse(self, text, *arguments, **variables):
        variables.setdefault("AWS_ENDPOINT_URL", self.aws.url)
        done = doctor("--format", "json", *arguments, home=self.home.name, **variables)
        self.assertEqual(done.returncode, 5, done.stdout)
        line = json.loads(done.stdout)["checks"][0]
        self.assertIn(text, line["detail"] + " " + line["hint"])

    def test_environment(self):
        self.expect("AKENV", "environment", **KEYS)

    def test_credentials_file(self):
        self.write(".aws/credentials", "[default]\naws_access_key_id=AKFILE\naws_secret_access_key=s\n")
        self.expect("AKFILE", "credentials", AWS_PROFILE="default")

    def test_profile_flag_silences_the_environment(self):
        self.write(".aws/config", "[profile ops]\naws_access_key_id=AKOPS\naws_secret_access_key=s\n")
        self.expect("AKOPS", "profile 'ops'", "--profile", "ops", **KEYS)

    def test_process(self):
        program = self.write("keys.sh", "#!/bin/sh\necho '{\"Version\":1,\"AccessKeyId\":\"AK'$1'\",\"SecretAccessKey\":\"s\"}'\n")
        os.chmod(program, 0o755)
        self.write(".aws/config", f"[default]\ncredential_process = {program} PROC\n")
        self.expect("AKPROC", "credential_process", AWS_PROFILE="default")

    def test_assumed_role(self):
        self.aws.answers["AssumeRole"] = lambda asked: role_xml("AssumeRole", "AKROLE" if asked.access_key() == "AKBASE" else "WRONG")
        self.write(".aws/config", "[profile app]\nrole_arn=arn:aws:iam::1:role/r\nsource_profile=base\n")
        self.write(".aws/credentials", "[base]\naws_access_key_id=AKBASE\naws_secret_access_key=s\n")
        self.expect("AKROLE", "role arn:aws:iam::1:role/r", "--profile", "app")

    def test_role_with_mfa_and_no_terminal(self):
        self.write(".aws/config", "[default]\nrole_arn=arn:r\ncredential_source=Environment\nmfa_serial=arn:mfa/me\n")
        self.refuse("needs an MFA code for arn:mfa/me", "--profile", "default", **KEYS)

    def test_web_identity(self):
        self.aws.answers["AssumeRoleWithWebIdentity"] = lambda asked: role_xml(
            "AssumeRoleWithWebIdentity", "AKWEB" if "WebIdentityToken=the-token" in asked.body else "WRONG")
        token = self.write("token", "the-token\n")
        self.expect("AKWEB", "web identity", AWS_WEB_IDENTITY_TOKEN_FILE=token, AWS_ROLE_ARN="arn:web")

    def sso(self, expires):
        self.write(".aws/config", "[profile team]\nsso_session=corp\nsso_account_id=1\nsso_role_name=Reader\n"
                                  "[sso-session corp]\nsso_start_url=https://corp.example/start\nsso_region=eu-west-1\n")
        cache = hashlib.sha1(b"corp").hexdigest()
        self.write(f".aws/sso/cache/{cache}.json", json.dumps({"accessToken": "bearer", "expiresAt": expires}))

    def test_sso(self):
        self.sso("2099-01-01T00:00:00Z")
        self.aws.answers["GET /federation/credentials"] = lambda asked: json.dumps({"roleCredentials": {
            "accessKeyId": "AKSSO" if asked.headers["x-amz-sso_bearer_token"] == "bearer" else "WRONG",
            "secretAccessKey": "s", "sessionToken": "t", "expiration": 4070908800000}})
        self.expect("AKSSO", "SSO role Reader", "--profile", "team")

    def test_sso_that_expired_says_what_to_run(self):
        self.sso("2020-01-01T00:00:00Z")
        self.refuse("run `aws sso login --profile team`", "--profile", "team")

    def test_container_with_authorization(self):
        self.aws.answers["GET /creds"] = lambda asked: json.dumps({
            "AccessKeyId": "AKECS" if asked.headers.get("Authorization") == "let-me-in" else "WRONG",
            "SecretAccessKey": "s", "Token": "t", "Expiration": "2099-01-01T00:00:00Z"})
        self.expect("AKECS", "container", AWS_CONTAINER_CREDENTIALS_FULL_URI=self.aws.url + "/creds",
                    AWS_CONTAINER_AUTHORIZATION_TOKEN="let-me-in")

    def test_container_elsewhere_is_not_asked(self):
        self.refuse("neither https nor on this machine", AWS_CONTAINER_CREDENTIALS_FULL_URI="http://example.com/creds")

    def test_instance_metadata_version_2(self):
        base = "/latest/meta-data/iam/security-credentials/"
        self.aws.answers["PUT /latest/api/token"] = "imds"
        self.aws.answers[f"GET {base}"] = "the-role"
        self.aws.answers[f"GET {base}the-role"] = lambda asked: json.dumps({
            "Code": "Success", "AccessKeyId": "AKEC2" if asked.headers.get("x-aws-ec2-metadata-token") == "imds" else "WRONG",
            "SecretAccessKey": "s", "Token": "t", "Expiration": "2099-01-01T00:00:00Z"})
        self.expect("AKEC2", "EC2 instance role the-role", AWS_EC2_METADATA_DISABLED="false",
                    AWS_EC2_METADATA_SERVICE_ENDPOINT=self.aws.url)

    def test_none_at_all(self):
        self.refuse("no AWS credentials were found")

    def test_unknown_profile_names_the_known(self):
        self.write(".aws/config", "[profile one]\n")
        self.refuse("profiles that exist: one", "--profile", "two")


if __name__ == "__main__":
    unittest.main()
