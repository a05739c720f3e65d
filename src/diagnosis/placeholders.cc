#include "diagnosis/placeholders.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/shell_word.h"
#include "diagnosis/aws_answer.h"
#include "diagnosis/statement_gist.h"

namespace culprit {

namespace {

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
  values_["cause"] = issue.id;
  capsule_ = shell_word(file.options.capsule);
  capsule_options_ = file.options.capsule_options;
  aws_flags_ = file.evidence.aws_flags();
  values_["start_ms"] = std::to_string(to_epoch_ms(file.seen.window.start));
  values_["end_ms"] = std::to_string(to_epoch_ms(file.seen.window.end));
  values_["start_utc"] = format_utc(file.seen.window.start);
  values_["end_utc"] = format_utc(file.seen.window.end);
  statement_ = f.statements.empty() ? "the slowest statement" : f.statements.front().sql;
  values_["statement"] = statement_gist(statement_);
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

std::string Placeholders::value(std::string_view name, bool whole) const {
  if (whole && name == "statement") return statement_;
  return values_.find(name)->second;
}

template <typename Insert>
std::string Placeholders::replaced(std::string_view text, Insert insert) const {
  std::string out;
  while (!text.empty()) {
    const auto open = text.find('{');
    out += text.substr(0, open);
    if (open == std::string_view::npos) break;
    const auto close = text.find('}', open);
    const auto name =
        close == std::string_view::npos ? std::string_view{} : text.substr(open + 1, close - open - 1);
    if (values_.find(name) == values_.end()) {
      out += '{';
      text.remove_prefix(open + 1);
    } else {
      insert(out, name);
      text.remove_prefix(close + 1);
    }
  }
  return out;
}

std::string Placeholders::fill(std::string_view text) const {
  return replaced(text, [&](std::string& out, std::string_view name) { out += value(name, false); });
}

std::string Placeholders::fill_aws(std::string_view text) const {
  std::string out = fill_command(text);
  if (!out.starts_with("aws ")) return out;
  for (const auto& [flag, word] : aws_flags_)
    if (out.find(" " + flag + " ") == std::string::npos) out += fmt::format(" {} {}", flag, shell_word(word));
  return out;
}

std::string Placeholders::fill_culprit(std::string_view text) const {
  constexpr std::string_view kCapsule = "CAPSULE";
  std::string out = fill_command(text);
  const auto at = out.find(kCapsule);
  if (at == std::string::npos) return out;
  return out.replace(at, kCapsule.size(), capsule_) + capsule_options_;
}

// Names out of logs are hostile: each goes in whole and as one word, so that what is pasted is what is shown.
std::string Placeholders::fill_command(std::string_view text) const {
  return replaced(text, [&](std::string& out, std::string_view name) {
    const bool quoted = std::ranges::count(out, '\'') % 2 == 1;
    const std::string word = value(name, true);
    out += quoted ? inside_single_quotes(word) : shell_word(word);
  });
}

}  // namespace culprit
