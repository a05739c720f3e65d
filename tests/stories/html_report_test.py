"""The HTML report opens in Chromium: quiet console, no network, light, dark, on paper and on a phone."""

import os
import pathlib
import re
import tempfile
import unittest

import chromium
import culprit
import recording

ROOT = pathlib.Path(os.environ.get("CULPRIT_ROOT", pathlib.Path(__file__).resolve().parents[2]))
GOLDEN = {name: (ROOT / "tests/golden/report" / f"{name}.html").resolve() for name in ("incident", "quiet", "cannot-tell")}

BACKGROUND = "getComputedStyle(document.body).backgroundColor"
# Anything whose text is fainter than WCAG AA asks for: 4.5:1, measured on what lies behind it.
LOW_CONTRAST = """(() => {
  const parse = c => { const m = c.match(/[\\d.]+/g).map(Number); return m.length < 4 ? [...m, 1] : m; };
  const light = c => { const f = c.slice(0, 3).map(v => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; });
                       return .2126 * f[0] + .7152 * f[1] + .0722 * f[2]; };
  const behind = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c[3] === 1) return c; }
                        return [255, 255, 255]; };
  const bad = [];
  for (const e of document.querySelectorAll('main *, .topbar *, .toc *')) {
    if (e.closest('svg') || ![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) || !e.checkVisibility()) continue;
    const a = light(parse(getComputedStyle(e).color)), b = light(behind(e));
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) bad.push(e.className + ' ' + e.textContent.slice(0, 30) + ' ' + ratio.toFixed(2));
  }
  return bad; })()"""


@unittest.skipUnless(chromium.find(), "Chromium is not installed (apt-get install chromium)")
class HtmlReport(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.page = chromium.Page()
        cls.addClassCleanup(cls.page.close)
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.reports = dict(GOLDEN)
        # What the demo and its quiet hour really give, beside the samples that show every part of a report.
        for name, incident in (("demo", recording.INCIDENT), ("demo-quiet", recording.QUIET)):
            out = pathlib.Path(folder.name) / name
            window = recording.truth(incident)["window"]
            culprit.run("investigate", "--input", incident, "--from", window["start"], "--to", window["end"], "--out", out,
                        check=0)
            cls.reports[name] = (out / "report.html").resolve()

    def open(self, name="incident", width=1280, height=900, **media):
        self.page.complaints.clear()
        self.page.requests.clear()
        self.page.media(**media)
        self.page.size(width, height)
        self.page.open(self.reports[name].as_uri())

    def test_console_stays_quiet_and_nothing_is_fetched(self):
        for name, path in self.reports.items():
            with self.subTest(name):
                self.open(name)
                self.page.run("document.querySelectorAll('button').forEach(b => b.click())")
                self.assertEqual(self.page.complaints, [])
                self.assertEqual([r for r in self.page.requests if not r.startswith("data:")], [path.as_uri()])

    def test_the_policy_forbids_the_network(self):
        self.open()
        refused = self.page.run("fetch('http://127.0.0.1:9/').then(() => false, () => true)")
        self.assertTrue(refused)
        self.assertTrue(any("Content Security Policy" in str(c) for c in self.page.complaints), self.page.complaints)

    def test_light_and_dark_follow_the_reader(self):
        shots = {}
        backgrounds = {}
        for scheme in ("light", "dark"):
            self.open(scheme=scheme)
            shots[scheme] = self.page.screenshot()
            backgrounds[scheme] = self.page.run(BACKGROUND)
            self.assertGreater(len(shots[scheme]), 20_000)
        self.assertNotEqual(backgrounds["light"], backgrounds["dark"])
        self.assertNotEqual(shots["light"], shots["dark"])

    def test_the_switch_turns_the_theme_and_keeps_nothing(self):
        self.open(scheme="light")
        before = self.page.run(BACKGROUND)
        self.page.run("document.querySelector('.theme').click()")
        self.assertNotEqual(self.page.run(BACKGROUND), before)
        self.open(scheme="light")
        self.assertEqual(self.page.run(BACKGROUND), before)

    def test_text_has_enough_contrast(self):
        for name, scheme in [(n, s) for n in ("incident", "demo") for s in ("light", "dark")]:
            with self.subTest(name + " " + scheme):
                self.open(name, scheme=scheme)
                self.page.run("document.querySelectorAll('details').forEach(d => d.open = true)")
                self.assertEqual(self.page.run(LOW_CONTRAST), [])

    def test_paper_is_white_and_leaves_the_evidence_out_with_a_note(self):
        for name in ("incident", "demo"):
            with self.subTest(name):
                self.open(name, medium="print", scheme="dark")
                self.assertEqual(self.page.run(BACKGROUND), "rgb(255, 255, 255)")
                self.assertFalse(self.page.run("document.querySelector('.ev').checkVisibility()"))
                note = self.page.run("document.querySelector('.on-paper').innerText")
                self.assertRegex(note, r"Left out on paper: \d+ pieces of evidence, E1 – E\d+\..*--evidence")
                self.assertEqual(self.page.run("getComputedStyle(document.querySelector('.topbar')).display"), "none")
                self.assertTrue(self.page.run("document.querySelector('#H2').checkVisibility({contentVisibilityAuto: true})"),
                                "folded hypotheses are opened")
                self.open(name)
                self.assertFalse(self.page.run("document.querySelector('.on-paper').checkVisibility()"), "the note is for paper")

    def test_the_demo_fits_a_stapler(self):
        self.open("demo", medium="print")
        pages = len(re.findall(rb"/Type\s*/Page[^s]", self.page.pdf()))
        self.assertLessEqual(pages, 20)
        self.assertGreaterEqual(pages, 5)

    def test_a_phone_never_scrolls_sideways(self):
        for name in self.reports:
            with self.subTest(name):
                self.open(name, width=390, height=844)
                self.page.run("document.querySelectorAll('main details').forEach(d => d.open = true)")
                self.assertEqual(self.page.run("document.documentElement.scrollWidth"), 390)

    def test_an_evidence_link_opens_and_marks_what_it_names(self):
        self.open()
        self.assertFalse(self.page.run("document.getElementById('E4').closest('details').open"))
        self.page.run("document.querySelector('a.ref[href=\"#E4\"]').click()")
        self.page.run("new Promise(done => setTimeout(done, 200))")
        self.assertTrue(self.page.run("document.getElementById('E4').closest('details').open"))
        self.assertEqual(self.page.run("document.querySelector(':target').id"), "E4")

    def test_charts_read_out_values_for_pointer_and_keys(self):
        self.open()
        plot = "document.querySelectorAll('.plot')[2]"
        self.assertEqual(self.page.run(f"{plot}.parentNode.querySelector('.name').textContent"), "RDS CPU")
        reading = f"{plot}.parentNode.querySelector('.reading').textContent"
        still = self.page.run(reading)
        self.page.run(f"{plot}.dispatchEvent(new KeyboardEvent('keydown', {{key: 'ArrowRight', bubbles: true}}))")
        self.assertRegex(self.page.run(reading), r"^16:00:00 .* % · Maximum .* %$")
        self.page.run(f"{plot}.dispatchEvent(new PointerEvent('pointerleave'))")
        self.assertEqual(self.page.run(reading), still)

    def test_it_reads_without_script(self):
        self.page.call("Emulation.setScriptExecutionDisabled", value=True)
        try:
            self.open()
            self.assertEqual(self.page.complaints, [])
            self.assertGreater(len(self.page.screenshot()), 20_000)
        finally:
            self.page.call("Emulation.setScriptExecutionDisabled", value=False)


if __name__ == "__main__":
    unittest.main()
