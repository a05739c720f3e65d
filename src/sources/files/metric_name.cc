#include "sources/files/metric_name.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "sources/files/file_names.h"

namespace culprit {

namespace {

bool holds(const std::vector<std::string>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

// How plainly the words name the component: its resource, its id, or only its kind.
int component_score(const System& system, const SystemMetric& metric, const std::vector<std::string>& words,
                    const std::string& all) {
  const auto* component = system.component(metric.component);
  if (component == nullptr) return 0;
  const auto resource = squeezed(component->name);
  if (!resource.empty() && all.find(resource) != all.npos) return 40 + static_cast<int>(resource.size());
  const auto id_words = words_of(component->id);
  if (std::ranges::all_of(id_words, [&](const auto& w) { return holds(words, w); })) return 30;
  if (component->kind == ComponentKind::kRdsInstance && holds(words, "rds")) return 10;
  if (component->kind == ComponentKind::kEcsService && holds(words, "ecs")) return 10;
  return 0;
}

// How plainly the words name the metric: in full, by the label, or by the tail of its id ("cpu").
int metric_score(const SystemMetric& metric, const std::vector<std::string>& words, const std::string& all,
                 std::string_view label) {
  const auto name = squeezed(metric.metric.name);
  if (!name.empty() && (squeezed(label) == name || all.find(name) != all.npos)) return 100;
  const auto tail_words = words_of(std::string_view(metric.id).substr(metric.id.rfind('.') + 1));
  if (!tail_words.empty() && std::ranges::all_of(tail_words, [&](const auto& w) { return holds(words, w); }))
    return 50;
  return 0;
}

std::string statistic_in(const std::vector<std::string>& words) {
  static constexpr std::pair<std::string_view, std::string_view> kNames[] = {
      {"average", "Average"}, {"avg", "Average"}, {"maximum", "Maximum"}, {"max", "Maximum"},
      {"minimum", "Minimum"}, {"min", "Minimum"}, {"sum", "Sum"},         {"samplecount", "SampleCount"}};
  for (const auto& word : words) {
    for (const auto& [name, statistic] : kNames)
      if (word == name) return std::string(statistic);
    if (word.size() >= 2 && word.size() <= 4 && word[0] == 'p' &&
        word.find_first_not_of("0123456789", 1) == word.npos)
      return word;
  }
  return {};
}

tl::unexpected<Error> unclear(const System& system, std::string what) {
  std::vector<std::string> examples;
  for (const auto& m : system.metrics)
    if (!m.metric.name.empty() && examples.size() < 3)
      examples.push_back(fmt::format("{}-{}.json", m.component, m.metric.name));
  return fail(ErrorCode::kInput, std::move(what), {},
              examples.empty() ? "The system file names no metrics."
                               : fmt::format("Name the file by component and metric, for example {}.",
                                             fmt::join(examples, ", ")));
}

}  // namespace

Result<NamedMetric> name_metric(const System& system, std::string_view words_text, std::string_view label) {
  const auto words = words_of(words_text);
  const auto all = squeezed(words_text);
  const SystemMetric* best = nullptr;
  int best_score = 0;
  std::vector<std::string> alike;
  for (const auto& metric : system.metrics) {
    if (metric.metric.name.empty()) continue;
    const int named = metric_score(metric, words, all, label);
    if (named == 0) continue;
    const int score = named + component_score(system, metric, words, all);
    if (score > best_score) {
      best = &metric;
      best_score = score;
      alike.clear();
    }
    if (score == best_score) alike.push_back(metric.id);
  }
  if (best == nullptr) return unclear(system, "neither its name nor its label tells which metric it holds");
  if (alike.size() > 1)
    return unclear(system,
                   fmt::format("its name does not tell which metric it holds: {}", fmt::join(alike, " or ")));
  return NamedMetric{best, statistic_in(words)};
}

}  // namespace culprit
