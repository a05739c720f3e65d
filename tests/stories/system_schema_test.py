"""The published schema and the loader agree, and `culprit system` does what its help says."""
import glob
import json
import os
import subprocess
import tempfile
import unittest

import jsonschema
import yaml

CULPRIT = os.environ["CULPRIT"]
ROOT = os.environ["CULPRIT_ROOT"]
CASES = os.path.join(ROOT, "tests", "system", "cases")


def culprit(*arguments, stdin=None):
    return subprocess.run([CULPRIT, "system", *arguments], input=stdin, capture_output=True, text=True, timeout=60)


def case_names():
    return sorted(os.path.basename(path)[:-5] for path in glob.glob(os.path.join(CASES, "*.yaml")))


def case_file(name):
    return os.path.join(CASES, name + ".yaml")


def schema_verdict(name):
    with open(os.path.join(CASES, name + ".expected"), encoding="utf-8") as file:
        return file.readline().strip().removeprefix("schema: ")


def keys_of(schema, found):
    """Every (property, key) that the schema's own objects have."""
    for key, value in schema.items():
        if key == "properties":
            found.update(value)
        if isinstance(value, dict):
            keys_of(value, found)
        elif isinstance(value, list):
            for item in value:
                if isinstance(item, dict):
                    keys_of(item, found)
    return found


def keys_in(value, found):
    if isinstance(value, dict):
        for key, inner in value.items():
            found.add(key)
            keys_in(inner, found)
    elif isinstance(value, list):
        for item in value:
            keys_in(item, found)
    return found


class Schema(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with open(os.path.join(ROOT, "schemas", "system.schema.json"), encoding="utf-8") as file:
            cls.schema = json.load(file)
        cls.validator = jsonschema.Draft202012Validator(cls.schema)

    def test_is_a_schema(self):
        jsonschema.Draft202012Validator.check_schema(self.schema)

    def test_is_the_one_that_the_program_prints(self):
        self.assertEqual(json.loads(culprit("schema").stdout), self.schema)

    def test_agrees_with_the_loader_on_every_case(self):
        for name in case_names():
            with self.subTest(case=name):
                verdict = schema_verdict(name)
                loads = culprit("check", case_file(name)).returncode == 0
                self.assertEqual(loads, verdict == "accepts")
                if verdict == "no YAML to look at":
                    continue
                with open(case_file(name), encoding="utf-8") as file:
                    document = yaml.safe_load(file)
                self.assertEqual(self.validator.is_valid(document), verdict != "refuses",
                                 [error.message for error in self.validator.iter_errors(document)])

    def test_accepts_the_built_in_systems_as_written_and_resolved(self):
        for path in glob.glob(os.path.join(ROOT, "systems", "*.yaml")):
            with open(path, encoding="utf-8") as file:
                self.validator.validate(yaml.safe_load(file))
            name = os.path.basename(path)[:-5]
            self.validator.validate(yaml.safe_load(culprit("show", name).stdout))
            self.validator.validate(json.loads(culprit("show", name, "--format", "json").stdout))

    def test_every_key_is_in_a_good_case_and_in_the_reference(self):
        used = set()
        for name in ("good_every_key", "good_inherited"):
            with open(case_file(name), encoding="utf-8") as file:
                keys_in(yaml.safe_load(file), used)
        with open(os.path.join(ROOT, "docs", "system-file.md"), encoding="utf-8") as file:
            reference = file.read()
        for key in keys_of(self.schema, set()):
            self.assertIn(key, used)
            self.assertIn(f"`{key}`", reference)

    def test_says_of_every_key_what_it_is(self):
        def undescribed(schema, path):
            for key, value in schema.get("properties", {}).items():
                if isinstance(value, dict):
                    target = value
                    if "description" not in value and "$ref" in value:
                        target = self.schema["$defs"][value["$ref"].split("/")[-1]]
                    has_own_words = "description" in target or "enum" in target or target.get("$ref")
                    if not has_own_words:
                        yield f"{path}.{key}"
                    yield from undescribed(value, f"{path}.{key}")
        missing = list(undescribed(self.schema, ""))
        for name, definition in self.schema["$defs"].items():
            missing += undescribed(definition, name)
        self.assertEqual([path for path in missing if not path.endswith(".severities")], [])


class Reference(unittest.TestCase):
    def test_every_whole_example_of_the_reference_loads(self):
        with open(os.path.join(ROOT, "docs", "system-file.md"), encoding="utf-8") as file:
            blocks = [block.split("```")[0] for block in file.read().split("```yaml\n")[1:]]
        whole = [block for block in blocks if block.startswith("system:") or "\nsystem:" in block]
        self.assertGreaterEqual(len(whole), 2)
        for block in whole:
            done = culprit("check", "-", stdin=block)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


class Check(unittest.TestCase):
    def test_problems_are_listed_with_exit_code_3(self):
        done = culprit("check", case_file("unknown_key"))
        self.assertEqual(done.returncode, 3)
        self.assertIn("unknown_key.yaml:7:5: unknown key 'dependson' in component 'web'\n"
                      "  Did you mean 'depends_on'?", done.stdout)

    def test_json_lists_the_same(self):
        done = culprit("check", case_file("unknown_key"), "chatwoot", "--format", "json")
        self.assertEqual(done.returncode, 3)
        answer = json.loads(done.stdout)
        self.assertFalse(answer["good"])
        self.assertEqual([file["good"] for file in answer["files"]], [False, True])
        problem = answer["files"][0]["problems"][0]
        self.assertEqual((problem["line"], problem["column"]), (7, 5))
        self.assertEqual(problem["hint"], "Did you mean 'depends_on'?")

    def test_built_in_systems_are_good(self):
        done = culprit("check", "chatwoot", "rails")
        self.assertEqual(done.returncode, 0, done.stdout)

    def test_reads_standard_input(self):
        done = culprit("check", "-", stdin="system: shop\n")
        self.assertEqual(done.returncode, 3)
        self.assertIn("<standard input>:1:1: the key 'components' is missing", done.stdout)

    def test_a_file_that_is_not_there_has_exit_code_4(self):
        done = culprit("check", "chatwot")
        self.assertEqual(done.returncode, 4)
        self.assertIn("Did you mean 'chatwoot'?", done.stderr)

    def test_a_file_that_is_too_large_is_refused(self):
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            file.write("# " + "x" * (1 << 20))
            file.flush()
            done = culprit("check", file.name)
        self.assertEqual(done.returncode, 3)
        self.assertIn("too large for a system file", done.stderr)


class Show(unittest.TestCase):
    def test_without_a_name_lists_the_built_in_systems(self):
        self.assertEqual([line.split()[0] for line in culprit("show").stdout.splitlines()], ["chatwoot", "rails"])

    def test_resolves_variables_and_can_be_checked_again(self):
        done = culprit("show", "rails", "--set", "app=shop", "--set", "cluster=production")
        self.assertEqual(done.returncode, 0, done.stderr)
        components = yaml.safe_load(done.stdout)["components"]
        self.assertEqual([c["name"] for c in components], ["shop-web", "shop-worker", "shop-db"])
        self.assertEqual(culprit("check", "-", stdin=done.stdout).returncode, 0)

    def test_a_set_without_value_is_a_usage_error(self):
        self.assertEqual(culprit("show", "rails", "--set", "app").returncode, 2)

    def test_a_variable_that_is_not_there_is_named(self):
        done = culprit("show", "rails", "--set", "ap=shop")
        self.assertEqual(done.returncode, 3)
        self.assertIn("there is no variable 'ap' to set", done.stderr)


class New(unittest.TestCase):
    SERVICES = {"services": [{"serviceName": "shop-web", "clusterArn": "arn:aws:ecs:eu-west-1:1:cluster/prod"},
                             {"serviceName": "shop-sidekiq", "clusterArn": "arn:aws:ecs:eu-west-1:1:cluster/prod"}]}
    DATABASES = {"DBInstances": [{"DBInstanceIdentifier": "shop-db", "Engine": "postgres"}]}

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def file(self, name, content=None):
        path = os.path.join(self.folder.name, name)
        if content is not None:
            with open(path, "w", encoding="utf-8") as file:
                json.dump(content, file)
        return path

    def test_writes_a_start_that_passes_its_check(self):
        out = self.file("shop.yaml")
        done = culprit("new", "--services", self.file("services.json", self.SERVICES), "--db",
                       self.file("db.json", self.DATABASES), "--zone", "America/Costa_Rica", "-o", out)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(culprit("check", out).returncode, 0)
        with open(out, encoding="utf-8") as file:
            text = file.read()
        self.assertIn("#", text)
        system = yaml.safe_load(text)
        self.assertEqual([c["id"] for c in system["components"]], ["web", "worker", "db"])
        self.assertEqual(system["aws"]["region"], "eu-west-1")

    def test_does_not_replace_a_file_unless_told(self):
        out = self.file("shop.yaml", {"precious": True})
        arguments = ["new", "--db", self.file("db.json", self.DATABASES), "-o", out]
        done = culprit(*arguments)
        self.assertEqual(done.returncode, 2)
        self.assertIn("exists already", done.stderr)
        with open(out, encoding="utf-8") as file:
            self.assertIn("precious", file.read())
        self.assertEqual(culprit(*arguments, "--force").returncode, 0)

    def test_reads_one_answer_from_standard_input(self):
        done = culprit("new", "--db", "-", stdin=json.dumps(self.DATABASES))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(culprit("check", "-", stdin=done.stdout).returncode, 0)
        self.assertEqual(culprit("new", "--db", "-", "--services", "-", stdin="{}").returncode, 2)

    def test_names_what_is_wrong_with_an_answer(self):
        done = culprit("new", "--services", self.file("services.json", {"serviceArns": []}))
        self.assertEqual(done.returncode, 3)
        self.assertIn("aws ecs describe-services", done.stderr)
        self.assertEqual(culprit("new").returncode, 2)
        self.assertEqual(culprit("new", "--db", self.file("none.json")).returncode, 4)

    def test_a_wrong_zone_is_found_before_anything_is_written(self):
        out = self.file("shop.yaml")
        done = culprit("new", "--db", self.file("db.json", self.DATABASES), "--zone", "Mars", "-o", out)
        self.assertNotEqual(done.returncode, 0)
        self.assertFalse(os.path.exists(out))


if __name__ == "__main__":
    unittest.main()
