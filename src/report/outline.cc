#include "report/outline.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/printable.h"
#include "report/outline_parts.h"

namespace culprit {

std::vector<Section> outline(const Findings& findings) {
  std::vector<Section> out{summary_section(findings), technical_section(findings), timeline_section(findings),
                           root_cause_section(findings)};
  if (findings.seen_before) out.push_back(seen_before_section(findings));
  for (auto* section : {recommendations_section, prevention_section, known_section, contacts_section,
                        gaps_section, sources_section, evidence_section})
    out.push_back(section(findings));
  return out;
}

Phrase say(std::string_view text, Tone tone) { return {one_line(text), {}, tone, false}; }

Phrase say(const Claim& claim) { return {one_line(claim.text()), claim.evidence(), Tone::kPlain, false}; }

Tone tone_of(Health health) {
  switch (health) {
    case Health::kHealthy:
      return Tone::kGood;
    case Health::kDegraded:
      return Tone::kWarn;
    case Health::kDown:
      return Tone::kBad;
    case Health::kUnknown:
      return Tone::kMuted;
  }
  return Tone::kMuted;
}

Tone tone_of(MetricStatus status) {
  switch (status) {
    case MetricStatus::kNormal:
      return Tone::kGood;
    case MetricStatus::kElevated:
      return Tone::kWarn;
    case MetricStatus::kHigh:
      return Tone::kBad;
    case MetricStatus::kNoData:
      return Tone::kMuted;
  }
  return Tone::kMuted;
}

Tone tone_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::kIncident:
      return Tone::kBad;
    case Verdict::kNoIncident:
      return Tone::kGood;
    case Verdict::kCannotTell:
      return Tone::kWarn;
  }
  return Tone::kWarn;
}

Tone tone_of_severity(std::string_view severity) {
  if (severity == "P0" || severity == "P1") return Tone::kBad;
  if (severity == "P2") return Tone::kWarn;
  return Tone::kMuted;
}

std::string report_title(const Findings& findings) {
  const std::string& name = findings.system.title.empty() ? findings.system.name : findings.system.title;
  return "Incident report: " + one_line(name);
}

std::vector<Phrase> first_steps(const Findings& findings) {
  std::vector<Phrase> steps;
  for (const auto& r : findings.recommendations)
    if (r.horizon == "24h") steps.push_back(say(r.text));
  if (!steps.empty()) return steps;
  for (const auto& c : findings.next_checks) steps.push_back(say(c.text));
  return steps;
}

std::string component_title(const Findings& findings, std::string_view id) {
  for (const auto& c : findings.components)
    if (c.id == id && !c.title.empty()) return one_line(c.title);
  return one_line(id);
}

const Hypothesis* primary(const Findings& findings) {
  for (const auto& h : findings.hypotheses)
    if (h.role == CauseRole::kPrimary) return &h;
  return nullptr;
}

std::vector<std::string> summary_sentences(const Findings& f) {
  std::vector<std::string> out;
  for (const auto& sentence : f.summary) {
    const auto within = [&](const Claim& reason) {
      return !reason.text().empty() && sentence.find(reason.text()) != std::string::npos;
    };
    if (std::none_of(f.severity_reasons.begin(), f.severity_reasons.end(), within)) out.push_back(sentence);
  }
  return out;
}

std::string evidence_title(const Findings& f, const Evidence& e) {
  const auto named = [&](std::string_view title) { return fmt::format("{} ({})", title, e.title); };
  const auto is_signal = [&](std::string_view component, std::string_view id) {
    return e.title == fmt::format("{}.{}", component, id);
  };
  for (const auto& m : f.metrics)
    if (!m.title.empty() && (m.id == e.title || is_signal(m.component, m.id))) return named(m.title);
  const std::string component = component_title(f, e.component);
  for (const auto& p : f.patterns)
    if (!p.title.empty() && (p.id == e.title || is_signal(p.component, p.id)))
      return named(p.title + ", " + component);
  // Other signals have no title: their own words read well enough.
  if (e.component.empty() || !e.title.starts_with(e.component + ".") ||
      e.title.find(' ') != std::string::npos)
    return e.title;
  std::string words = e.title.substr(e.component.size() + 1);
  if (words.ends_with("_ms")) words.resize(words.size() - 3);
  std::replace(words.begin(), words.end(), '_', ' ');
  if (!words.empty() && words[0] >= 'a' && words[0] <= 'z')
    words[0] = static_cast<char>(words[0] - 'a' + 'A');
  return named(words + ", " + component);
}

std::string log_odds(double value) {
  if (!std::isfinite(value)) return std::string(wording::kNoValue);
  return fmt::format("{}{:.1f}", value < 0 ? "−" : "+", std::abs(value));
}

// --- blocks ---

Block heading(std::string_view text, std::string anchor, int level) {
  Block b;
  b.kind = Block::Kind::kHeading;
  b.phrase = say(text);
  b.anchor = std::move(anchor);
  b.level = level;
  return b;
}

Block paragraph(Phrase phrase) {
  Block b;
  b.phrase = std::move(phrase);
  return b;
}

Block note(std::string_view text) { return paragraph(say(text, Tone::kMuted)); }

Block list(std::vector<Item> items) {
  Block b;
  b.kind = Block::Kind::kList;
  b.items = std::move(items);
  return b;
}

Block steps(std::vector<Item> items) {
  Block b = list(std::move(items));
  b.kind = Block::Kind::kSteps;
  return b;
}

Block table(Table content) {
  Block b;
  b.kind = Block::Kind::kTable;
  b.table = std::move(content);
  return b;
}

Block code(std::string_view text, std::string language) {
  Block b;
  b.kind = Block::Kind::kCode;
  b.phrase.text = printable(text);
  b.phrase.code = true;
  b.language = std::move(language);
  return b;
}

Block visual(Block::Visual what, std::size_t index, Blocks plain) {
  Block b;
  b.kind = Block::Kind::kVisual;
  b.visual = what;
  b.index = index;
  b.plain = std::move(plain);
  return b;
}

void append(Blocks& to, Blocks from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

Blocks commands(std::string_view aws_command, std::string_view culprit_command) {
  Blocks out;
  if (!aws_command.empty()) {
    out.push_back(note("Live:"));
    out.push_back(code(aws_command, "console"));
  }
  if (!culprit_command.empty()) {
    out.push_back(note("From the capsule:"));
    out.push_back(code(culprit_command, "console"));
  }
  return out;
}

Blocks check(std::string_view label, const NextCheck& next) {
  Blocks out;
  if (next.text.empty()) return out;
  out.push_back(list({Item{std::string(label), say(next.text)}}));
  append(out, commands(next.aws_command, next.culprit_command));
  return out;
}

Phrase cell(std::string_view text, Tone tone) { return say(text.empty() ? wording::kNoValue : text, tone); }

Phrase cell(std::string_view text, std::vector<EvidenceRef> evidence) {
  Phrase p = cell(text);
  p.evidence = std::move(evidence);
  return p;
}

Phrase code_cell(std::string_view text) {
  Phrase p = cell(text);
  p.code = !text.empty();
  return p;
}

}  // namespace culprit
