// `culprit explain`: what stands behind a claim of the report.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdio>

#include "base/printable.h"
#include "cli/analyse.h"
#include "cli/commands.h"
#include "cli/failure.h"
#include "diagnosis/confidence.h"
#include "diagnosis/observation.h"
#include "report/redact.h"
#include "telemetry/quantity.h"

namespace culprit {

namespace {

struct Arguments {
  GatherOptions gather;
  std::string target;
  bool no_redact = false;
};

std::optional<std::uint64_t> number_after(std::string_view text, std::string_view prefix) {
  if (!text.starts_with(prefix) || text.size() == prefix.size()) return std::nullopt;
  text.remove_prefix(prefix.size());
  std::uint64_t n = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), n);
  return ec == std::errc{} && end == text.data() + text.size() ? std::optional(n) : std::nullopt;
}

// Answers out of the store, or out of findings made from it.
class Explainer {
 public:
  Explainer(const OpenEvidence& evidence, const Arguments& arguments)
      : evidence_(evidence), arguments_(arguments) {}

  Result<std::string> explain(const Findings& findings) {
    const std::string& target = arguments_.target;
    if (target.empty()) return overview(findings);
    if (const auto number = number_after(target, "event:")) return event(*number);
    if (const auto id = number_after(target, "E")) return evidence(findings, static_cast<int>(*id));
    if (target == "gaps") return gaps(findings);
    if (target == "changes") return changes(findings);
    if (target == "journal") return journal();
    if (target.starts_with("state:")) return states(findings, target.substr(6));
    for (const auto& h : findings.hypotheses)
      if (h.cause == target) return hypothesis(h);
    for (const auto& e : findings.evidence.all())
      if (e.title == target) return evidence(findings, e.id);
    return fail(ErrorCode::kNotFound, fmt::format("nothing in the report is called '{}'", target), {},
                fmt::format("See what there is: culprit explain {}", arguments_.gather.input));
  }

 private:
  std::string shown(std::string_view text) {
    return arguments_.no_redact ? printable(text) : redactor_.redact(printable(text));
  }

  Result<std::string> overview(const Findings& f) {
    std::string out = "Hypotheses:\n";
    for (const auto& h : f.hypotheses)
      out += fmt::format("  {:<28} {:.2f}  {}\n", h.cause, h.confidence, h.title);
    out += "Evidence:\n";
    for (const auto& e : f.evidence.all()) out += fmt::format("  E{:<4} {}\n", e.id, shown(e.title));
    return out + "Also: event:NUMBER, state:COMPONENT, changes, gaps, journal.\n";
  }

  Result<std::string> event(EventNumber number) {
    const auto e = evidence_.store().event(number);
    if (!e) return tl::unexpected(e.error());
    return fmt::format("{}  {}  {}\nevent:{}\n\n{}\n", format_utc(e->time), e->group, e->stream, number,
                       shown(e->message));
  }

  Result<std::string> evidence(const Findings& f, int id) {
    if (id < 1 || id > static_cast<int>(f.evidence.all().size()))
      return fail(ErrorCode::kNotFound, fmt::format("there is no evidence E{}", id), {},
                  fmt::format("The report has E1 to E{}.", f.evidence.all().size()));
    const Evidence& e = f.evidence.all()[static_cast<std::size_t>(id) - 1];
    std::string out = fmt::format("E{}: {}\n{}: {}\n", e.id, shown(e.title), to_string(e.kind), e.source);
    for (const auto& x : e.excerpts)
      out += fmt::format("  {}  {}  event:{}\n    {}{}\n", format_utc(x.time), x.stream, x.number,
                         shown(x.text), x.cut ? " …" : "");
    for (const auto& p : e.points)
      out += fmt::format("  {}  {}\n", format_utc(p.time), wording::value(p.value, e.unit));
    if (!e.document.empty()) out += shown(e.document) + "\n";
    if (!e.aws_command.empty()) out += "\nOn the live system:\n  " + e.aws_command + "\n";
    return out;
  }

  Result<std::string> hypothesis(const Hypothesis& h) {
    std::string out = fmt::format("{} ({}), confidence {:.3f}\n{}\n\nLog-odds:\n  {:+.2f}  prior\n", h.title,
                                  h.cause, h.confidence, shown(h.summary), h.prior);
    double sum = h.prior;
    const auto list = [&](const std::vector<ScoreTerm>& terms) {
      for (const auto& t : terms) {
        sum += t.log_odds;
        out += fmt::format("  {:+.2f}  {}", t.log_odds, shown(t.text));
        for (const auto ref : t.evidence) out += fmt::format(" E{}", ref.id());
        out += '\n';
      }
    };
    list(h.evidence_for);
    list(h.evidence_against);
    for (const auto& t : h.unseen) out += fmt::format("   n/a   {} (no data)\n", shown(t.text));
    out += fmt::format("  {:+.2f}  sum; confidence = 1 / (1 + e^-({:.2f} x sum {:+.2f})) = {:.3f}\n", sum,
                       kConfidenceScale.slope, kConfidenceScale.offset, confidence_of(sum));
    if (!h.refute.text.empty()) out += "\nWhat would refute it: " + shown(h.refute.text) + "\n";
    if (!h.refute.aws_command.empty()) out += "  " + shown(h.refute.aws_command) + "\n";
    return out;
  }

  Result<std::string> gaps(const Findings& f) {
    std::string out;
    for (const auto& g : f.gaps)
      out += fmt::format("{}  {}: {}\n", to_string(g.reason), shown(g.subject), shown(g.detail));
    return out.empty() ? "Nothing is missing.\n" : out;
  }

  Result<std::string> changes(const Findings& f) {
    std::string out;
    for (const auto& t : f.timeline)
      if (t.kind == TimelineEntry::Kind::kChange)
        out += fmt::format("{}  {}  {}\n", format_utc(t.time), t.component, shown(t.claim.text()));
    return out.empty() ? "No change was seen.\n" : out;
  }

  Result<std::string> journal() {
    const auto entries = evidence_.store().journal();
    if (!entries) return tl::unexpected(entries.error());
    std::string out;
    for (const auto& e : *entries)
      out += fmt::format("{}  {}  {} bytes  {}  {}\n", format_utc(e.time), e.action, e.answer_bytes,
                         shown(e.outcome), shown(e.request));
    return out;
  }

  Result<std::string> states(const Findings& f, const std::string& component) {
    std::string out;
    for (const auto& c : f.components) {
      if (c.id != component) continue;
      out += fmt::format("{} ({} {}): {}\n", c.title, c.kind, c.name, to_string(c.health));
      for (const auto& fact : c.facts) out += fmt::format("  {}: {}\n", fact.name, shown(fact.value));
    }
    if (out.empty())
      return fail(ErrorCode::kNotFound, fmt::format("the system has no component '{}'", component));
    auto whole = answers(component);
    return whole ? out + *whole : whole;
  }

  // Every answer kept about a component, whole.
  Result<std::string> answers(const std::string& component) {
    std::string out;
    for (const std::string_view kind : {"ecs:service", "ecs:task", "rds:db-instance", "rds:event"}) {
      const auto states = evidence_.store().states(kind);
      if (!states) return tl::unexpected(states.error());
      for (const auto& state : *states) {
        const Component* owner = component_of(state, evidence_.system);
        if (owner == nullptr || owner->id != component) continue;
        out += fmt::format("\n{} {}, asked {}\n{}\n", kind, shown(state.id), format_utc(state.observed_at),
                           shown(boost::json::serialize(state.document)));
      }
    }
    return out;
  }

  const OpenEvidence& evidence_;
  const Arguments& arguments_;
  Redactor redactor_;
};

int run_command(const Arguments& arguments) {
  const auto progress = make_silent_progress();
  const Time now = std::chrono::floor<Duration>(std::chrono::system_clock::now());
  const auto evidence = open_for_analysis(arguments.gather, now, *progress);
  if (!evidence) return print_failure(evidence.error());
  auto options = options_for(*evidence, *progress);
  if (!options) return print_failure(options.error());
  options->capsule = arguments.gather.input;
  const auto findings = investigate(evidence->store(), evidence->system, *options);
  if (!findings) return print_failure(findings.error());
  const auto text = Explainer(*evidence, arguments).explain(*findings);
  if (!text) return print_failure(text.error());
  fmt::print("{}", *text);
  return 0;
}

}  // namespace

void add_explain(CLI::App& app, int& exit) {
  auto arguments = std::make_shared<Arguments>();
  auto* command = app.add_subcommand("explain", "Show what stands behind a claim of the report");
  command->add_option("CAPSULE", arguments->gather.input, "Capsule or store directory")->required();
  command->add_option(
      "TARGET", arguments->target,
      "E3, event:123, a signal, a cause, state:COMPONENT, changes, gaps, journal; none lists all");
  arguments->gather.window.add_to(*command);
  arguments->gather.system.system.clear();
  add_system_options(*command, arguments->gather.system);
  command->add_flag("--no-redact", arguments->no_redact,
                    "Show e-mails, addresses, tokens and literals as they are");
  command->footer(R"(Examples:
  culprit explain incident.culprit
  culprit explain incident.culprit statement-timeouts
  culprit explain incident.culprit event:4711)");
  command->callback([arguments, &exit] { exit = run_command(*arguments); });
}

}  // namespace culprit
