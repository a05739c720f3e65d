#include "cli/incident_learn.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <filesystem>

#include "alarms/tune.h"
#include "base/printable.h"
#include "cli/failure.h"
#include "cli/incident_evidence.h"
#include "conduct/lesson.h"
#include "conduct/system_patch.h"
#include "system/load_system.h"

namespace culprit {

namespace {

namespace json = boost::json;

struct Arguments {
  std::string book = "culprit-incidents";
  std::string id, capsule, cause, out;
  std::string within = "3m";
  std::string format = "text";
  SystemOptions system;

  bool json() const { return format == "json"; }
};

// The file that is to change: its text now, or what a new one on top of a built-in system begins with.
struct Target {
  std::string file, before;
  bool is_new = false;
};

Result<Target> target_of(const Arguments& a, const System& system) {
  std::error_code ignored;
  if (!a.system.system.empty() && std::filesystem::is_regular_file(a.system.system, ignored)) {
    auto text = read_system_text(a.system.system);
    if (!text) return tl::unexpected(text.error());
    return Target{a.system.system, std::move(*text), false};
  }
  for (const auto& built_in : built_in_systems())
    if (built_in.name == system.name)
      return Target{system.name + ".yaml", fmt::format("system: {0}\nuse: {0}\n", system.name), true};
  return fail(ErrorCode::kUsage, fmt::format("which file describes '{}'?", printable_text(system.name, 80)),
              "--system", "Name the system file that is to learn: --system shop.yaml");
}

struct AlarmWatch {
  std::optional<Time> onset;
  std::optional<Duration> first;  // after the onset
  std::string first_alarm;
  std::optional<Lesson> lesson;
  std::string why_none;
};

Result<AlarmWatch> watch_back(const AnalysedEvidence& seen, const System& system, Duration within,
                              std::string_view cause) {
  AlarmWatch out;
  out.onset = seen.findings.onset;
  if (!out.onset) {
    out.why_none = "the analysis finds no onset to hold alarms against";
    return out;
  }
  const auto window = extent_of(seen.evidence.store());
  if (!window) return tl::unexpected(window.error());
  auto own = alarms_of(system);
  if (!own) return tl::unexpected(own.error());
  const AlarmSet all = with_candidates(system, *own);
  auto metrics = RecordedMetrics::load(seen.evidence.store(), all, *window);
  if (!metrics) return tl::unexpected(metrics.error());
  const auto before = backtest(*own, *metrics, *window, out.onset);
  if (!before) return tl::unexpected(before.error());
  if (const auto* first = before->first_to_fire()) {
    out.first = first->delay;
    out.first_alarm = first->alarm;
    if (*first->delay <= within) {
      out.why_none =
          fmt::format("{} saw it {} after its onset", first->alarm, format_duration(*first->delay));
      return out;
    }
  }
  const std::vector<TuningCase> cases{{&*metrics, *window, out.onset}};
  std::vector<TuningResult> tuned;
  for (const auto& alarm : all.alarms) {
    if (!alarm.queries.empty()) continue;
    auto result = tune(alarm, cases, {within});
    if (!result) return tl::unexpected(result.error());
    tuned.push_back(std::move(*result));
  }
  out.lesson = learn_alarm(system, tuned, cause, seen.findings.severity);
  if (!out.lesson)
    out.why_none =
        fmt::format("no metric has a threshold that fires within {} of the onset without a false alarm",
                    format_duration(within));
  return out;
}

struct Proof {
  std::optional<double> confidence;  // of the new issue, on this evidence
  bool primary = false;
  std::optional<Duration> fires;  // the new alarm, after the onset
  std::size_t false_alarms = 0;
};

// The changed file is read, and the evidence looked at again with it.
Result<Proof> prove(const SystemPatch& patch, const Target& target, const Arguments& a,
                    const AnalysedEvidence& seen, const std::optional<Lesson>& issue,
                    const std::optional<Lesson>& alarm) {
  const auto variables = parse_variables(a.system.set);
  if (!variables) return tl::unexpected(variables.error());
  const auto system = parse_system(patch.text, target.file, *variables);
  if (!system) return tl::unexpected(system.error());
  Proof out;
  if (issue) {
    const auto findings = investigate(seen.evidence.store(), *system, seen.options);
    if (!findings) return tl::unexpected(findings.error());
    for (const auto& h : findings->hypotheses)
      if (h.cause == issue->id) {
        out.confidence = h.confidence;
        out.primary = h.role == CauseRole::kPrimary;
      }
  }
  if (!alarm) return out;
  const auto window = extent_of(seen.evidence.store());
  if (!window) return tl::unexpected(window.error());
  const auto set = alarms_of(*system);
  if (!set) return tl::unexpected(set.error());
  auto metrics = RecordedMetrics::load(seen.evidence.store(), *set, *window);
  if (!metrics) return tl::unexpected(metrics.error());
  const auto tested = backtest(*set, *metrics, *window, seen.findings.onset);
  if (!tested) return tl::unexpected(tested.error());
  for (const auto& one : tested->alarms)
    if (const auto* origin = set->origin(one.alarm); origin != nullptr && origin->id == alarm->id) {
      out.fires = one.delay;
      out.false_alarms = one.false_alarms.size();
    }
  return out;
}

struct Learned {
  std::optional<Lesson> issue;
  std::string why_no_issue;
  AlarmWatch alarm;
  std::string file;
  SystemPatch patch;
  Proof proof;
};

std::string primary_of(const Findings& findings) {
  for (const auto& h : findings.hypotheses)
    if (h.role == CauseRole::kPrimary) return h.cause;
  return {};
}

Result<Learned> learn(const Arguments& a) {
  const auto within = parse_duration(a.within);
  if (!within || within->count() <= 0)
    return fail(ErrorCode::kUsage, "is no duration", "--within", "Write for example 3m.");
  const IncidentBook book(a.book);
  const auto incident = incident_to_look_back_at(book, a.id);
  if (!incident) return tl::unexpected(incident.error());
  const auto seen = analyse_incident(*incident, a.capsule, a.system, {});
  if (!seen) return tl::unexpected(seen.error());
  const System& system = seen->evidence.system;
  const auto target = target_of(a, system);
  if (!target) return tl::unexpected(target.error());
  const std::string primary = primary_of(seen->findings);
  const std::string cause = !a.cause.empty() ? a.cause : !primary.empty() ? primary : incident->title;
  Learned out;
  out.file = target->file;
  if (a.cause.empty() && !primary.empty()) {
    out.why_no_issue = fmt::format("the analysis knew it: {}", primary);
  } else {
    const auto facts = observe(seen->evidence.store(), system, seen->options);
    if (!facts) return tl::unexpected(facts.error());
    auto issue = learn_issue(system, **facts, seen->findings, cause);
    if (issue)
      out.issue = std::move(*issue);
    else if (issue.error().code == ErrorCode::kInput)
      out.why_no_issue = issue.error().what;
    else
      return tl::unexpected(issue.error());
  }
  auto watched = watch_back(*seen, system, *within, cause);
  if (!watched) return tl::unexpected(watched.error());
  out.alarm = std::move(*watched);
  if (!out.issue && !out.alarm.lesson) return out;
  std::vector<AddedItems> added;
  if (out.alarm.lesson) added.push_back({"alarms", {out.alarm.lesson->yaml}});
  if (out.issue) added.push_back({"known_issues", {out.issue->yaml}});
  auto patch = patch_system(target->before, target->file, added);
  if (!patch) return tl::unexpected(patch.error());
  out.patch = std::move(*patch);
  if (target->is_new) out.patch.diff = diff_of_new(out.patch.text, target->file);
  auto proof = prove(out.patch, *target, a, *seen, out.issue, out.alarm.lesson);
  if (!proof) return tl::unexpected(proof.error());
  out.proof = *proof;
  return out;
}

std::string text_of(const Learned& l) {
  std::string out;
  const auto because = [&](const Lesson& lesson) {
    for (const auto& why : lesson.because) out += "  " + printable_text(why, 300) + "\n";
  };
  if (l.issue) {
    out += fmt::format("A known issue, {}:\n", l.issue->id);
    because(*l.issue);
    out += l.proof.confidence
               ? fmt::format("  With it this evidence is told as {}, {:.0f} % confident.\n",
                             l.proof.primary ? "its primary cause" : "one of its causes",
                             std::floor(100 * *l.proof.confidence))
               : "  With it this evidence is NOT told as that: look at the bounds before you take it.\n";
  } else {
    out += "No known issue is proposed: " + printable_text(l.why_no_issue, 300) + ".\n";
  }
  if (l.alarm.lesson) {
    out += fmt::format("An alarm, {}:\n", l.alarm.lesson->id);
    because(*l.alarm.lesson);
    if (l.alarm.first)
      out += fmt::format("  The first that is there already, {}, fired {} after the onset.\n",
                         l.alarm.first_alarm, format_duration(*l.alarm.first));
    else
      out += "  No alarm that is there already would have fired.\n";
    out += l.proof.fires
               ? fmt::format("  Replayed, it fires {} after the onset, with {} in the time before.\n",
                             format_duration(*l.proof.fires),
                             l.proof.false_alarms == 0 ? "no false alarm"
                                                       : fmt::format("{} false alarms", l.proof.false_alarms))
               : "  Replayed, it does NOT fire.\n";
  } else {
    out += "No alarm is proposed: " + printable_text(l.alarm.why_none, 300) + ".\n";
  }
  return out;
}

json::object json_of(const Learned& l) {
  const auto lesson = [](const std::optional<Lesson>& one) -> json::value {
    if (!one) return nullptr;
    json::array because;
    for (const auto& why : one->because) because.emplace_back(printable(why));
    return json::object{{"id", one->id}, {"yaml", one->yaml}, {"because", std::move(because)}};
  };
  const auto seconds = [](const std::optional<Duration>& d) {
    return d ? json::value(static_cast<double>(d->count()) / 1000) : json::value(nullptr);
  };
  json::object out{{"file", l.file},
                   {"known_issue", lesson(l.issue)},
                   {"why_no_known_issue", printable(l.why_no_issue)},
                   {"alarm", lesson(l.alarm.lesson)},
                   {"why_no_alarm", printable(l.alarm.why_none)},
                   {"first_alarm", l.alarm.first_alarm},
                   {"first_alarm_after_s", seconds(l.alarm.first)}};
  out["confidence"] = l.proof.confidence ? json::value(*l.proof.confidence) : json::value(nullptr);
  out["primary"] = l.proof.primary;
  out["alarm_after_s"] = seconds(l.proof.fires);
  out["false_alarms"] = l.proof.false_alarms;
  out["diff"] = l.patch.diff;
  return out;
}

int run_learn(const Arguments& a) {
  const auto learned = learn(a);
  if (!learned) return print_failure(learned.error());
  if (!a.out.empty() && !learned->patch.diff.empty())
    if (auto written = write_file_atomically(a.out, learned->patch.diff); !written)
      return print_failure(written.error());
  if (a.json()) {
    fmt::print("{}\n", json::serialize(json_of(*learned)));
    return 0;
  }
  fmt::print("{}", text_of(*learned));
  if (learned->patch.diff.empty()) return 0;
  if (a.out.empty())
    fmt::print("\n{}", learned->patch.diff);
  else
    fmt::print("Written to {}. Next: patch -p0 < {}\n", a.out, a.out);
  return 0;
}

}  // namespace

void add_incident_learn(CLI::App& incident, int& exit) {
  auto a = std::make_shared<Arguments>();
  auto* command = incident.add_subcommand("learn", "What the system file should know now, as a diff");
  command->add_option("--book", a->book, "Folder of the incidents")
      ->envname("CULPRIT_INCIDENTS")
      ->capture_default_str();
  command->add_option("--incident", a->id,
                      "Its id, or a part of it (default: the one that is open, else the last)");
  command->add_option("--capsule", a->capsule,
                      "Evidence to learn from (default: the one it was opened with)");
  a->system.system.clear();
  add_system_options(*command, a->system);
  command->add_option(
      "--cause", a->cause,
      "What it was, as people confirmed it: makes a known issue also where the analysis named one");
  command->add_option("--within", a->within, "An alarm must fire this soon after the onset")
      ->capture_default_str();
  command->add_option("--format", a->format, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  command->add_option("-o,--out", a->out, "Write the diff to this file");
  command->footer(R"(Examples:
  culprit incident learn --system shop.yaml
  culprit incident learn --system shop.yaml --cause "the cache was cold" | patch -p0

Proposes a known issue, of signals that can be told from the time before, where no known issue explains the
incident, and an alarm where none fired in time. The changed file is read, the evidence looked at with it, and
the alarm replayed, before they are shown. Nothing is changed.)");
  command->callback([a, &exit] { exit = run_learn(*a); });
}

}  // namespace culprit
