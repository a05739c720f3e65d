#include <fmt/format.h>

#include <set>

#include "diagnosis/aws_answer.h"
#include "diagnosis/case_file.h"
#include "diagnosis/onset.h"
#include "diagnosis/phrasing.h"
#include "telemetry/quantity.h"

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
                                          service_message(text_field(event, "message")))});
  }
}

void task_fact(const ResourceState& state, const CaseFile& file, std::vector<Fact>& facts) {
  const auto& d = state.document;
  std::string text = fmt::format("{} {} (desired {})", last_part(state.id), text_field(d, "lastStatus"),
                                 text_field(d, "desiredStatus"));
  if (const auto health = text_field(d, "healthStatus"); !health.empty()) text += ", health " + health;
  if (!text_field(d, "cpu").empty())
    text += fmt::format(", cpu {}, memory {} MiB", text_field(d, "cpu"), text_field(d, "memory"));
  if (const auto definition = text_field(d, "taskDefinitionArn"); !definition.empty())
    text += ", " + last_part(definition);
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
    failures();
    alerts();
    failing_symptoms();
    settle();
  }

 private:
  // One reason for each piece of evidence: what several rules say of one signal is said once, by the first.
  void worsen(Health health, const Claim& reason) {
    out_.health = std::max(out_.health == Health::kUnknown ? Health::kHealthy : out_.health, health);
    const auto& refs = reason.evidence();
    const bool said = std::ranges::all_of(refs, [&](EvidenceRef ref) { return cited_.contains(ref); });
    cited_.insert(refs.begin(), refs.end());
    if (!said) out_.reasons.push_back(reason);
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
      if (!n || *n <= 0) continue;
      const std::string text =
          wording::plural(static_cast<std::uint64_t>(*n), noun, std::string(noun) + "s") + " " + what;
      worsen(Health::kDegraded, Claim(text, file_.evidence.of_signal(*s)));
    }
    const Signal* down = file_.signal(component_.id + ".unavailable");
    if (down && aggregate(*down, file_.window_minutes(), Predicate::Aggregate::kMax).value_or(0) > 0)
      worsen(Health::kDown, Claim("The instance is not available", file_.evidence.of_signal(*down)));
  }

  void severity_rules() {
    std::string worst;  // rules come worst first: a lesser one adds nothing
    for (const auto& rule : file_.system.severity_rules) {
      if (!worst.empty() && rule.level != worst) break;
      if (rule.all.empty() || !mine(rule.all.front().signal) || rule.level == "P3") continue;
      const auto reason = severity_reason(rule, file_);
      if (!reason) continue;
      worst = rule.level;
      worsen(rule.level == "P0" ? Health::kDown : Health::kDegraded, *reason);
    }
  }

  void metrics() {
    for (const auto& m : file_.findings.metrics)
      if (m.component == component_.id && m.status == MetricStatus::kHigh && !m.claims.empty())
        worsen(Health::kDegraded, m.claims.front());
  }

  void alerts() {
    for (const auto& alert : file_.system.log_alerts) {
      if (!mine(alert.signal)) continue;
      const auto found = std::ranges::find(file_.findings.log_alerts, alert.id, &LogAlertFinding::id);
      if (found == file_.findings.log_alerts.end() || !found->fired || !found->evidence) continue;
      worsen(Health::kDegraded, Claim(fmt::format("The log alert “{}” would fire ({}; {} at worst)",
                                                  found->title, found->rule, wording::number(found->worst)),
                                      *found->evidence));
    }
  }

  // What it is there for fails more often than usual.
  void failures() {
    for (const std::string_view name : {"failed_requests", "job_failures", "failed_responses"}) {
      const Signal* s = file_.signal(fmt::format("{}.{}", component_.id, name));
      const auto e = s != nullptr ? find_excursion(*s, file_.seen) : std::nullopt;
      if (!e) continue;
      worsen(Health::kDegraded,
             Claim(fmt::format("{} (at most {} in a minute, {} before)",
                               amount_of(*s, static_cast<double>(s->events->window_count()), file_.system),
                               wording::number(e->peak_value), wording::number(e->baseline)),
                   file_.evidence.of_signal(*s)));
    }
  }

  void failing_symptoms() {
    for (const auto& h : file_.findings.hypotheses) {
      if (h.role == CauseRole::kNone || h.component != component_.id || h.evidence_for.empty()) continue;
      worsen(Health::kDegraded, Claim(h.evidence_for.front().text, h.evidence_for.front().evidence.front()));
    }
  }

  // Nothing spoke against it: healthy when there was something to look at, unknown otherwise.
  void settle() {
    if (out_.health != Health::kUnknown) {
      out_.summary = out_.reasons.front().text();
      return;
    }
    look_at_metrics();
    look_at_work();
    look_at_tasks();
    if (looked_at_.empty()) look_at_anything();
    if (looked_at_.empty()) {
      out_.summary = "Nothing could be seen of it in this window";
      return;
    }
    out_.health = Health::kHealthy;
    out_.summary = fmt::format("Nothing out of the ordinary: {}", fmt::join(looked_at_, ", "));
    out_.reasons.emplace_back(out_.summary, looked_at_refs_.front(),
                              std::vector<EvidenceRef>(looked_at_refs_.begin() + 1, looked_at_refs_.end()));
  }

  void looked_at(std::string text, EvidenceRef ref) {
    looked_at_.push_back(std::move(text));
    if (std::ranges::find(looked_at_refs_, ref) == looked_at_refs_.end()) looked_at_refs_.push_back(ref);
  }

  void look_at_metrics() {
    for (const auto& m : file_.findings.metrics)
      if (m.component == component_.id && !m.claims.empty() && m.incident_average)
        looked_at(fmt::format("{} {}", name_of(*file_.signal(m.id), file_.system).many,
                              wording::value(m.incident_average, m.unit)),
                  m.claims.front().evidence().front());
  }

  // "1,619 jobs, 2 failed jobs"; of a component without work of its own, the errors in its log.
  void look_at_work() {
    bool any = false;
    for (const std::string_view name : {"requests", "failed_requests", "jobs", "job_failures", "responses",
                                        "failed_responses", "statement_timeouts", "lock_waits", "errors"}) {
      const Signal* s = file_.signal(fmt::format("{}.{}", component_.id, name));
      if (s == nullptr || !s->events || values(*s, file_.window_minutes()).empty()) continue;
      if (name == "errors" && any) continue;
      any = true;
      looked_at(amount_of(*s, static_cast<double>(s->events->window_count()), file_.system),
                file_.evidence.of_signal(*s));
    }
  }

  void look_at_tasks() {
    for (const std::string_view name : {"tasks_missing", "tasks_stopped"}) {
      const Signal* s = file_.signal(fmt::format("{}.{}", component_.id, name));
      const auto n = s ? aggregate(*s, file_.window_minutes(), Predicate::Aggregate::kMax) : std::nullopt;
      if (n) looked_at(amount_of(*s, *n, file_.system), file_.evidence.of_signal(*s));
    }
  }

  void look_at_anything() {
    constexpr std::size_t kSignals = 5;
    for (const auto& [name, signal] : file_.seen.signals) {
      const auto most = aggregate(signal, file_.window_minutes(), Predicate::Aggregate::kMax);
      if (signal.component != component_.id || !most) continue;
      looked_at(fmt::format("{} at most {}", name_of(signal, file_.system).many,
                            wording::value(*most, signal.unit)),
                file_.evidence.of_signal(signal));
      if (looked_at_.size() == kSignals) return;
    }
  }

  CaseFile& file_;
  const Component& component_;
  ComponentFinding& out_;
  std::set<EvidenceRef> cited_;
  std::vector<std::string> looked_at_;
  std::vector<EvidenceRef> looked_at_refs_;
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
