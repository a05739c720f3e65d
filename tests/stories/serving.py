"""`culprit serve` on a free loopback port, and the stock clients that speak to it."""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile

import culprit
import recording

# The clients that are installed: name and path. pip's aws CLI 1 and Debian's 2 differ in what they send.
CLIS = sorted({path for path in (shutil.which("aws"), "/usr/bin/aws") if path and os.path.exists(path)})



class Serve:
    """A running server; use as a context. `lines` is what it printed at the start."""

    def __init__(self, *arguments, keys=None):
        self.folder = tempfile.TemporaryDirectory()
        self.keys = keys or pathlib.Path(self.folder.name) / "keys.json"
        self.arguments = arguments

    def __enter__(self):
        command = [culprit.PROGRAM, "serve", "--listen", "127.0.0.1:0", *map(str, self.arguments)]
        if "--no-auth" not in self.arguments:
            command += ["--keys", str(self.keys)]
        self.log = open(pathlib.Path(self.folder.name) / "access.log", "w+", encoding="utf-8")
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.log, text=True,
                                        env=culprit.clean_environment())
        self.lines = ""
        for line in self.process.stdout:
            self.lines += line
            if "Stop with Ctrl-C" in line:
                break
        if self.process.poll() is not None or "Stop with Ctrl-C" not in self.lines:
            self.process.wait()
            self.log.seek(0)
            raise RuntimeError("culprit serve did not start: " + self.lines + self.log.read())
        self.environment = dict(re.findall(r"^export (\w+)=(.*)$", self.lines, re.M))
        self.url = self.environment["AWS_ENDPOINT_URL"]
        self.port = int(self.url.rsplit(":", 1)[1])
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.code = self.process.wait(timeout=30)
        self.process.stdout.close()
        self.log.close()
        self.folder.cleanup()

    def access_log(self):
        self.log.flush()
        return pathlib.Path(self.log.name).read_text(encoding="utf-8")

    def read_only_keys(self):
        key, secret = re.search(r"For reading only: (\S+) (\S+)", self.lines).groups()
        return {"aws_access_key_id": key, "aws_secret_access_key": secret}

    def client(self, service, **more):
        import boto3
        keys = {"aws_access_key_id": self.environment["AWS_ACCESS_KEY_ID"],
                "aws_secret_access_key": self.environment["AWS_SECRET_ACCESS_KEY"].strip("'")}
        return boto3.client(service, endpoint_url=self.url, region_name=self.environment["AWS_DEFAULT_REGION"],
                            **{**keys, **more})

    def aws(self, command, cli=None, check=True, **environment):
        """Runs a command line as a person pastes it; `aws` is the stock client."""
        cli = cli or CLIS[0]
        env = culprit.clean_environment(AWS_PAGER="", PATH=os.environ["PATH"])
        env.update({k: v.strip("'") for k, v in self.environment.items()})
        env.update(environment)
        with tempfile.TemporaryDirectory() as home:
            # AWS_ENDPOINT_URL is not known to CLIs before 1.29 and 2.13, nor heeded by `aws rds` of CLI 1 in us-east-1.
            called = f"{cli} --endpoint-url {self.url}"
            done = subprocess.run(["bash", "-c", re.sub(r"(^|\$\()aws ", rf"\1{called} ", command)], env={**env, "HOME": home},
                                  capture_output=True, text=True, timeout=120)
        if check and done.returncode != 0:
            raise AssertionError(f"{command}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        return done

    def aws_json(self, command, cli=None):
        return json.loads(self.aws(command + " --output json", cli).stdout or "{}")


def sealed(folder, incident=recording.INCIDENT):
    """A capsule of a recorded incident, in `folder`."""
    capsule = pathlib.Path(folder) / "incident.culprit"
    window = recording.truth(incident)["window"]
    culprit.run("collect", "--input", incident, "--from", window["start"], "--to", window["end"], "--out", capsule,
                "--quiet", check=0)
    return capsule
