"""A profile that does not exist: the message says who named it, which exist, and how to do without."""

import pathlib
import tempfile
import unittest

import culprit
from aws_fake import KEYS, FakeAws, readable_aws

REGION = {"AWS_REGION": "us-east-1", "NO_PROXY": "*"}


class MissingProfile(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="culprit-story-")
        self.addCleanup(holder.cleanup)
        self.home = pathlib.Path(holder.name)

    def config(self, text):
        (self.home / ".aws").mkdir(exist_ok=True)
        (self.home / ".aws/config").write_text(text)

    def investigate(self, *arguments, **environment):
        return culprit.run("investigate", "-q", "--from", "-10m", *arguments, cwd=self.home,
                           **{"HOME": str(self.home), **REGION, **environment})

    def assert_says(self, done, *texts):
        self.assertEqual((done.returncode, done.out), (5, ""), done.err)
        for text in texts:
            self.assertIn(text, done.err)
        self.assertEqual([p.name for p in self.home.iterdir() if p.name != ".aws"], [])

    def test_named_by_the_flag(self):
        self.config("[default]\nregion=us-east-1\n[profile ops]\nregion=us-east-1\n")
        self.assert_says(self.investigate("--profile", "opps"), "no AWS profile 'opps' (named by --profile)",
                         ".aws/config", "profiles that exist: default, ops", "leave --profile out")

    def test_named_by_the_environment(self):
        self.config("[profile ops]\nregion=us-east-1\n")
        for variable in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
            with self.subTest(variable):
                self.assert_says(self.investigate(**{variable: "opps"}), f"'opps' (named by {variable})", "ops",
                                 f"unset {variable}", "AWS_ACCESS_KEY_ID")

    def test_named_by_the_system_file(self):
        self.config("[default]\naws_access_key_id=AKOTHER\naws_secret_access_key=s\n")
        done = self.investigate()
        self.assert_says(done, "no AWS profile 'chatscomm' (named by the system file 'chatwoot')",
                         "profiles that exist: default", "--profile", "AWS_ACCESS_KEY_ID")
        with FakeAws(readable_aws()) as aws:  # the account of another profile is asked only when it is named
            for command in (("investigate", "-q", "--from", "-10m"), ("doctor",)):
                done = culprit.run(*command, "--endpoint-url", aws.url, cwd=self.home, HOME=str(self.home), **REGION)
                self.assertEqual(done.returncode, 5, done.err)
                self.assertIn("named by the system file", done.err + done.out)
            self.assertEqual(aws.asked, [])
            done = self.investigate("--endpoint-url", aws.url, "--profile", "default")
            self.assertIn(done.returncode, (0, 11), done.err)
            self.assertEqual({a.access_key() for a in aws.asked}, {"AKOTHER"})

    def test_keys_in_the_environment_make_the_system_files_profile_unneeded(self):
        self.config("[profile ops]\nregion=us-east-1\n")
        with FakeAws(readable_aws()) as aws:
            done = self.investigate("--endpoint-url", aws.url, **KEYS)
        self.assertIn(done.returncode, (0, 11), done.err)

    def test_no_profile_at_all(self):
        self.assert_says(self.investigate(), "no AWS credentials were found", "system file", "'chatscomm'",
                         "aws configure --profile chatscomm", "AWS_ACCESS_KEY_ID")

    def test_doctor_takes_the_system_options_of_the_other_commands(self):
        done = culprit.run("doctor", "--set", "novalue", HOME=str(self.home), **REGION)
        self.assertEqual(done.returncode, 2)
        self.assertIn("name=value", done.err)
        done = culprit.run("doctor", HOME=str(self.home), CULPRIT_SYSTEM="nosuch", **REGION)
        self.assertEqual(done.returncode, 4, done.err)
        self.assertIn("nosuch", done.err)


if __name__ == "__main__":
    unittest.main()
