#!/usr/bin/env python3
"""Runs one story (a unittest module) and writes what happened as JSON: story.py STORY RESULT."""

import importlib.util
import json
import sys
import unittest
from pathlib import Path


class Recorder(unittest.TextTestResult):
    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.passed = 0

    def addSuccess(self, test):
        super().addSuccess(test)
        self.passed += 1


def main():
    story, result = Path(sys.argv[1]), Path(sys.argv[2])
    sys.path.insert(0, str(story.parent))
    spec = importlib.util.spec_from_file_location(story.stem, story)
    module = importlib.util.module_from_spec(spec)
    sys.modules[story.stem] = module
    spec.loader.exec_module(module)
    suite = unittest.defaultTestLoader.loadTestsFromModule(module)
    done = unittest.TextTestRunner(resultclass=Recorder, verbosity=2).run(suite)
    name = lambda test: getattr(test, "_testMethodName", str(test))
    result.write_text(json.dumps({
        "passed": done.passed,
        "failed": [(name(t), why) for t, why in done.failures + done.errors]
                  + [(name(t), "succeeded unexpectedly") for t in done.unexpectedSuccesses],
        "skipped": [(name(t), why) for t, why in done.skipped],
    }))
    return 0 if done.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
