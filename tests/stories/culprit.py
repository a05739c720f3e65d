"""Runs the real program."""

import json
import os
import pathlib
import subprocess

ROOT = pathlib.Path(os.environ.get("CULPRIT_ROOT", pathlib.Path(__file__).resolve().parents[2]))
PROGRAM = os.environ.get("CULPRIT", str(ROOT / "build/release/culprit"))


def clean_environment(**more):
    """No AWS configuration, no colour, no zone of this machine."""
    keep = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "CULPRIT"))}
    return {**keep, "AWS_EC2_METADATA_DISABLED": "true", "HOME": "/nonexistent", "NO_COLOR": "1", **more}


def run(*arguments, cwd=None, timeout=300, check=None, input=None, **environment):
    """The finished process; with `check`, fails unless the exit code is that."""
    done = subprocess.run([PROGRAM, *map(str, arguments)], cwd=cwd, env=clean_environment(**environment),
                          capture_output=True, timeout=timeout, input=input)
    done.out, done.err = done.stdout.decode(), done.stderr.decode()
    if check is not None and done.returncode != check:
        raise AssertionError(f"culprit {' '.join(map(str, arguments))}\nexit code {done.returncode}, not {check}\n"
                             f"{done.out[-3000:]}\n{done.err[-3000:]}")
    return done


def findings(folder):
    return json.loads((pathlib.Path(folder) / "findings.json").read_text(encoding="utf-8"))
