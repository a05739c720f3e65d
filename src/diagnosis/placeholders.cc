#include "diagnosis/placeholders.h"

#include <fmt/format.h>

#include "diagnosis/aws_answer.h"

namespace culprit {

namespace {

std::string shortened(const std::string& sql) {
  constexpr std::size_t kLimit = 240;
  if (sql.size() <= kLimit) return sql;
  std::size_t end = kLimit;
  while (end > 0 && (static_cast<unsigned char>(sql[end]) & 0xC0u) == 0x80u) --end;
  return sql.substr(0, end) + " …";
}

// The task that was killed or stopped in the window, else any of the component.
std::string task_of(const CaseFile& file, const std::string& component) {
  const auto states = file.seen.states.find(component);
  if (states == file.seen.states.end()) return {};
  for (const auto& s : states->second)
    if (s.kind == "ecs:task")
      if (const auto at = time_field(s.document, "stoppedAt"); at && file.seen.window.contains(*at))
        return s.id.substr(s.id.rfind('/') + 1);
  return {};
}

}  // namespace

Placeholders::Placeholders(const CaseFile& file, const KnownIssue& issue) {
  const auto& f = file.findings;
  const Component* component = file.system.component(issue.component);
  values_["component"] = component != nullptr ? component->title : issue.component;
  values_["resource"] = component != nullptr ? component->name : issue.component;
  values_["cluster"] = component != nullptr ? component->cluster : "";
  values_["log_group"] = component != nullptr ? component->log_group : "";
  capsule_ = file.options.capsule;
  values_["start_ms"] = std::to_string(to_epoch_ms(file.seen.window.start));
  values_["end_ms"] = std::to_string(to_epoch_ms(file.seen.window.end));
  values_["start_utc"] = format_utc(file.seen.window.start);
  values_["end_utc"] = format_utc(file.seen.window.end);
  values_["statement"] = f.statements.empty() ? "the slowest statement" : shortened(f.statements.front().sql);
  values_["fingerprint"] = f.statements.empty() ? "unknown" : f.statements.front().fingerprint;
  values_["in_list"] = f.statements.empty() || f.statements.front().in_list_max == 0
                           ? "no"
                           : std::to_string(f.statements.front().in_list_max);
  values_["timeouts"] = f.statements.empty() ? "0" : std::to_string(f.statements.front().timeouts);
  values_["endpoint"] = f.endpoints.empty() ? "the slowest endpoint" : f.endpoints.front().endpoint;
  values_["job"] = f.jobs.empty() ? "the slowest job" : f.jobs.front().job_class;
  const std::string task = task_of(file, issue.component);
  values_["task"] = task.empty() ? "the stopped task" : task;
}

std::string Placeholders::fill_command(std::string_view text) const {
  constexpr std::string_view kCapsule = "CAPSULE";
  std::string out = fill(text);
  for (auto at = out.find(kCapsule); at != std::string::npos; at = out.find(kCapsule, at + capsule_.size()))
    out.replace(at, kCapsule.size(), capsule_);
  return out;
}

std::string Placeholders::fill(std::string_view text) const {
  std::string out;
  while (!text.empty()) {
    const auto open = text.find('{');
    out += text.substr(0, open);
    if (open == std::string_view::npos) break;
    const auto close = text.find('}', open);
    const auto value = close == std::string_view::npos
                           ? values_.end()
                           : values_.find(text.substr(open + 1, close - open - 1));
    if (value == values_.end()) {
      out += '{';
      text.remove_prefix(open + 1);
    } else {
      out += value->second;
      text.remove_prefix(close + 1);
    }
  }
  return out;
}

}  // namespace culprit
