// The report's outline: which sections, in which order, saying what. Built once from Findings; each teller
// only gives it a form. All text in it is printable (report/printable.h).
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "diagnosis/findings.h"
#include "report/wording.h"

namespace culprit {

enum class Tone { kPlain, kGood, kWarn, kBad, kMuted, kStrong };

// A piece of text with the evidence that it rests on.
struct Phrase {
  std::string text;
  std::vector<EvidenceRef> evidence;
  Tone tone = Tone::kPlain;
  bool code = false;
};

struct Item {
  std::string label;  // may be empty
  Phrase phrase;
};

struct Column {
  std::string title;
  bool numeric = false;  // aligned right
};

struct Table {
  std::vector<Column> columns;
  std::vector<std::vector<Phrase>> rows;
};

struct Block {
  enum class Kind {
    kHeading,    // phrase; level 3 under a section, 4 under that
    kParagraph,  // phrase
    kList,       // items
    kSteps,      // items, numbered
    kTable,      // table
    kCode,       // phrase.text, language
    kVisual,     // `plain` says the same in plain blocks
  };
  enum class Visual {
    kComponents,     // all components with their facts
    kMetricCharts,   // all charts
    kPatternCharts,  // counts per minute of all patterns
    kLanes,          // timeline
    kHypothesis,     // index into hypotheses
    kEvidence,       // index into evidence
  };
  Kind kind = Kind::kParagraph;
  int level = 3;
  std::string anchor;
  Phrase phrase;
  std::vector<Item> items;
  Table table;
  std::string language;  // "console", "sql", "json", "text"
  Visual visual = Visual::kComponents;
  std::size_t index = 0;
  std::vector<Block> plain;
};

struct Section {
  std::string id;     // "technical-analysis"
  std::string title;  // "Technical analysis"
  std::vector<Block> blocks;
};

// The sections of the runbook's report (row F) in its order, then what supports them.
std::vector<Section> outline(const Findings& findings);

// Parts of it that tellers use on their own.
Phrase say(std::string_view text, Tone tone = Tone::kPlain);
Phrase say(const Claim& claim);
Tone tone_of(Health health);
Tone tone_of(MetricStatus status);
Tone tone_of(Verdict verdict);
Tone tone_of_severity(std::string_view severity);
std::string report_title(const Findings& findings);  // "Incident report: Chatwoot production"
// The few things to do first: recommendations for 24 hours, or the next checks.
std::vector<Phrase> first_steps(const Findings& findings);
// "Chatwoot database" of "db"; the id itself when the system file gives it no title.
std::string component_title(const Findings& findings, std::string_view id);
// The hypothesis named as primary cause, or null.
const Hypothesis* primary(const Findings& findings);

// Index of the hypothesis whose check this is; hypotheses.size() when none has it.
std::size_t hypothesis_of(const Findings& findings, const NextCheck& check);

// The summary's sentences without those that "Why P1" says right after them, with evidence.
std::vector<std::string> summary_sentences(const Findings& findings);

// What a piece of evidence is called: a signal by the title that the tables give it, its name behind it.
std::string evidence_title(const Findings& findings, const Evidence& evidence);
// "2025-08-21, likeness 0.91: a dropped index" of the most alike remembered incident; there is one.
Phrase seen_before_phrase(const Findings& findings, const wording::Clock& clock);
std::string log_odds(double value);  // "+1.8", "−0.6"

}  // namespace culprit
