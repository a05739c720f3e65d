#include <fmt/format.h>

#include "diagnosis/aws_answer.h"
#include "diagnosis/case_file.h"
#include "diagnosis/predicate.h"
#include "diagnosis/wording.h"

namespace culprit {

namespace {

namespace json = boost::json;
using Fact = ComponentFinding::Fact;

std::string_view kind_title(ComponentKind kind) {
  switch (kind) {
    case ComponentKind::kEcsService:
      return "ECS service";
    case ComponentKind::kRdsInstance:
      return "RDS instance";
    case ComponentKind::kOther:
      return "component";
  }
  return "component";
}

std::string number_text(const json::value& d, std::string_view name) {
  const auto n = number_field(d, name);
  return n ? std::to_string(*n) : "?";
}

std::string tail_of(std::string_view arn) { return std::string(arn.substr(arn.rfind('/') + 1)); }

void service_facts(const ResourceState& state, const CaseFile& file, std::vector<Fact>& facts) {
  const auto& d = state.document;
  facts.push_back(
      {"Tasks", fmt::format("{} desired, {} running, {} pending (asked {})", number_text(d, "desiredCount"),
                            number_text(d, "runningCount"), number_text(d, "pendingCount"),
                            file.zone.format_minute(state.observed_at))});
  facts.push_back({"Status", text_field(d, "status")});
  for (const auto& deployment : array_field(d, "deployments"))
    facts.push_back(
        {"Deployment",
         fmt::format("{} {} since {}: {} running of {}, {} failed", text_field(deployment, "status"),
                     text_field(deployment, "rolloutState"),
                     time_field(deployment, "createdAt")
                         ? file.zone.format_minute(*time_field(deployment, "createdAt"))
                         : std::string("?"),
                     number_text(deployment, "runningCount"), number_text(deployment, "desiredCount"),
                     number_field(deployment, "failedTasks").value_or(0))});
  constexpr int kEvents = 3;
  int shown = 0;
  for (const auto& event : array_field(d, "events")) {
    if (shown++ == kEvents) break;
    const auto at = time_field(event, "createdAt");
    facts.push_back({"Event", fmt::format("{} {}", at ? file.zone.format_minute(*at) : std::string("?"),
                                          text_field(event, "message"))});
  }
}

void task_fact(const ResourceState& state, const CaseFile& file, std::vector<Fact>& facts) {
  const auto& d = state.document;
  std::string text = fmt::format("{} {} (desired {})", tail_of(state.id), text_field(d, "lastStatus"),
                                 text_field(d, "desiredStatus"));
  if (const auto health = text_field(d, "healthStatus"); !health.empty()) text += ", health " + health;
  if (!text_field(d, "cpu").empty())
    text += fmt::format(", cpu {}, memory {} MiB", text_field(d, "cpu"), text_field(d, "memory"));
  if (const auto definition = text_field(d, "taskDefinitionArn"); !definition.empty())
    text += ", " + tail_of(definition);
  if (const auto at = time_field(d, "startedAt")) text += ", started " + file.zone.format_minute(*at);
  if (const auto at = time_field(d, "stoppedAt"))
    text += fmt::format(", stopped {}: {} {}", file.zone.format_minute(*at), text_field(d, "stopCode"),
                        text_field(d, "stoppedReason"));
  for (const auto& c : array_field(d, "containers")) {
    if (const auto code = number_field(c, "exitCode"))
      text +=
          fmt::format(", {} exit code {}{}", text_field(c, "name"), *code, *code == 137 ? " (killed)" : "");
    if (const auto reason = text_field(c, "reason"); !reason.empty()) text += ": " + reason;
  }
  facts.push_back({"Task", text});
}

void instance_facts(const ResourceState& state, const CaseFile& file, std::vector<Fact>& facts) {
  const auto& d = state.document;
  facts.push_back({"Status", fmt::format("{} (asked {})", text_field(d, "DBInstanceStatus"),
                                         file.zone.format_minute(state.observed_at))});
  facts.push_back({"Engine", text_field(d, "Engine") + " " + text_field(d, "EngineVersion")});
  facts.push_back({"Class", text_field(d, "DBInstanceClass")});
  facts.push_back({"Storage", fmt::format("{} GiB {}", number_text(d, "AllocatedStorage"),
                                          text_field(d, "StorageType"))});
  facts.push_back({"Max connections",
                   "not in the API answer: parameter max_connections, by default "
                   "LEAST(memory / 9531392, 5000)"});
}

// Reasons for the verdict: rules and symptoms on the component's own signals.
class Judge {
 public:
  Judge(CaseFile& file, const Component& component, ComponentFinding& out)
      : file_(file), component_(component), out_(out) {}

  void judge() {
    states();
    severity_rules();
    metrics();
    alerts();
    failing_symptoms();
    settle();
  }

 private:
  void worsen(Health health, std::string text, EvidenceRef ref) {
    out_.health = std::max(out_.health == Health::kUnknown ? Health::kHealthy : out_.health, health);
    out_.reasons.emplace_back(std::move(text), ref);
  }

  bool mine(std::string_view signal) const { return signal.starts_with(component_.id + "."); }

  void states() {
    using enum Predicate::Aggregate;
    for (const auto& [name, how, noun, what] :
         {std::tuple{"tasks_missing", kMax, "task", "fewer than desired"},
          std::tuple{"tasks_stopped", kSum, "task", "stopped in the window"},
          std::tuple{"task_memory_kills", kSum, "task", "killed (exit code 137 or out of memory)"},
          std::tuple{"failed_deployments", kMax, "deployment", "failed"}}) {
      const Signal* s = file_.signal(component_.id + "." + name);
      const auto n = s ? aggregate(*s, file_.window_minutes(), how) : std::nullopt;
      if (n && *n > 0)
        worsen(Health::kDegraded, fmt::format("{} {}", counted(static_cast<std::uint64_t>(*n), noun), what),
               file_.evidence.of_signal(*s));
    }
    const Signal* down = file_.signal(component_.id + ".unavailable");
    if (down && aggregate(*down, file_.window_minutes(), Predicate::Aggregate::kMax).value_or(0) > 0)
      worsen(Health::kDown, "The instance is not available", file_.evidence.of_signal(*down));
  }

  void severity_rules() {
    std::string worst;  // rules come worst first: a lesser one adds nothing
    for (const auto& rule : file_.system.severity_rules) {
      if (!worst.empty() && rule.level != worst) break;
      if (rule.all.empty() || !mine(rule.all.front().signal) || rule.level == "P3") continue;
      const bool holds = std::ranges::all_of(
          rule.all, [&](const Predicate& p) { return decide(p, file_).truth == Truth::kHolds; });
      if (!holds) continue;
      worst = rule.level;
      const Decision d = decide(rule.all.front(), file_);
      worsen(rule.level == "P0" ? Health::kDown : Health::kDegraded,
             fmt::format("{} ({})", rule.says, d.observed_text), file_.evidence.of_signal(*d.signal));
    }
  }

  void metrics() {
    for (const auto& m : file_.findings.metrics)
      if (m.component == component_.id && m.status == MetricStatus::kHigh && !m.claims.empty())
        worsen(Health::kDegraded, m.claims.front().text(), m.claims.front().evidence().front());
  }

  void alerts() {
    for (const auto& alert : file_.system.log_alerts) {
      if (!mine(alert.signal)) continue;
      const auto found = std::ranges::find(file_.findings.log_alerts, alert.id, &LogAlertFinding::id);
      if (found == file_.findings.log_alerts.end() || !found->fired || !found->evidence) continue;
      worsen(Health::kDegraded, fmt::format("{} {}: worst {:g}", found->title, found->rule, found->worst),
             *found->evidence);
    }
  }

  void failing_symptoms() {
    for (const auto& h : file_.findings.hypotheses) {
      if (h.role == CauseRole::kNone || h.component != component_.id || h.evidence_for.empty()) continue;
      worsen(Health::kDegraded, h.evidence_for.front().text, h.evidence_for.front().evidence.front());
    }
  }

  // Nothing spoke against it: healthy when there was something to look at, unknown otherwise.
  void settle() {
    if (out_.health != Health::kUnknown) {
      out_.summary = out_.reasons.front().text();
      return;
    }
    for (const auto& [name, signal] : file_.seen.signals) {
      if (signal.component != component_.id || values(signal, file_.window_minutes()).empty()) continue;
      out_.health = Health::kHealthy;
      out_.summary = "Nothing out of the ordinary in its metrics, log and states";
      out_.reasons.emplace_back(out_.summary, file_.evidence.of_signal(signal));
      return;
    }
    out_.summary = "Nothing could be seen of it in this window";
  }

  CaseFile& file_;
  const Component& component_;
  ComponentFinding& out_;
};

void facts_of(const Component& component, const CaseFile& file, ComponentFinding& out) {
  const auto states = file.seen.states.find(component.id);
  if (states == file.seen.states.end()) return;
  for (const auto& s : states->second)
    if (s.kind == "ecs:service")
      service_facts(s, file, out.facts);
    else if (s.kind == "rds:db-instance")
      instance_facts(s, file, out.facts);
  constexpr int kTasks = 10;
  int tasks = 0;
  for (const auto& s : states->second)
    if (s.kind == "ecs:task" && tasks++ < kTasks) task_fact(s, file, out.facts);
  if (tasks > kTasks) out.facts.push_back({"Tasks not shown", std::to_string(tasks - kTasks)});
  for (const auto& s : states->second)
    if (s.kind == "rds:event")
      out.facts.push_back({"Event", fmt::format("{} {}",
                                                time_field(s.document, "Date")
                                                    ? file.zone.format_minute(*time_field(s.document, "Date"))
                                                    : std::string("?"),
                                                text_field(s.document, "Message"))});
}

}  // namespace

void judge_components(CaseFile& file) {
  for (const auto& component : file.system.components) {
    ComponentFinding out;
    out.id = component.id;
    out.title = component.title;
    out.kind = kind_title(component.kind);
    out.name = component.name;
    facts_of(component, file, out);
    Judge(file, component, out).judge();
    file.findings.components.push_back(std::move(out));
  }
}

}  // namespace culprit
