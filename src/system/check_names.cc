#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "system/nearest.h"
#include "system/reading.h"
#include "system/signals.h"

namespace culprit {

namespace {

std::string_view noun(NameKind kind) {
  switch (kind) {
    case NameKind::kComponent:
      return "component";
    case NameKind::kSignal:
      return "signal";
    case NameKind::kKnownIssue:
      return "known issue";
    case NameKind::kLogAlert:
      return "log alert";
    case NameKind::kAlarm:
      return "alarm";
    case NameKind::kObjective:
      return "objective";
    case NameKind::kChannel:
      return "channel";
  }
  return "name";
}

// Suggestions cost time; nobody reads the thousandth.
constexpr std::size_t kProblemsMax = 200;

using NamesByKind = std::map<NameKind, std::map<std::string, const YamlNode*, std::less<>>>;

NamesByKind collect_names(Reading& reading) {
  NamesByKind known;
  for (const auto& name : reading.names()) {
    const auto [first, is_new] = known[name.kind].emplace(name.id, name.at);
    if (!is_new)
      reading.problem(
          *name.at, fmt::format("the {} '{}' is defined twice", noun(name.kind), name.id),
          fmt::format("The first is on line {} of {}.", first->second->line, *first->second->file));
  }
  return known;
}

// Metrics and patterns may not take the names of recognised signals: a predicate could mean either.
void check_shadowing(Reading& reading, const System& system) {
  for (const auto& name : reading.names()) {
    if (name.kind != NameKind::kSignal) continue;
    const std::size_t dot = name.id.find('.');
    const Component* component = system.component(name.id.substr(0, dot));
    if (component == nullptr || dot == std::string::npos) continue;
    const auto signals = recognised_signals(*component);
    if (std::ranges::find(signals, name.id.substr(dot + 1)) != signals.end())
      reading.problem(*name.at, fmt::format("'{}' is already the name of a recognised signal", name.id),
                      "Choose another id; docs/signals.md lists what is recognised.");
  }
}

void check_signal(Reading& reading, const Reading::Reference& reference, const System& system,
                  const NamesByKind& known) {
  const auto named = known.find(NameKind::kSignal);
  if (named != known.end() && named->second.contains(reference.id)) return;
  const std::size_t dot = reference.id.find('.');
  const std::string name = dot == std::string::npos ? "" : reference.id.substr(dot + 1);
  const Component* component = system.component(reference.id.substr(0, dot));
  std::vector<std::string> candidates;
  if (component != nullptr) {
    const auto signals = recognised_signals(*component);
    if (std::ranges::find(signals, name) != signals.end()) return;
    for (const auto signal : signals) candidates.push_back(fmt::format("{}.{}", component->id, signal));
  } else {
    for (const auto& other : system.components) candidates.push_back(fmt::format("{}.{}", other.id, name));
  }
  if (named != known.end())
    for (const auto& [id, at] : named->second) candidates.push_back(id);
  const std::vector<std::string_view> views(candidates.begin(), candidates.end());
  std::string hint;
  if (const auto best = nearest(reference.id, views); !best.empty())
    hint = fmt::format("Did you mean '{}'?", best);
  else if (component != nullptr && is_recognised_signal(name))
    hint = fmt::format("'{}' comes from another kind of component or log format than '{}' has.", name,
                       component->id);
  else
    hint = "A signal is the id of a metric or pattern, or component.name with a name from docs/signals.md.";
  reading.problem(*reference.at, fmt::format("there is no signal '{}'", reference.id), hint);
}

void check_references(Reading& reading, const System& system, const NamesByKind& known) {
  for (const auto& reference : reading.references()) {
    if (reading.problems().size() >= kProblemsMax) return;
    if (reference.kind == NameKind::kSignal) {
      check_signal(reading, reference, system, known);
      continue;
    }
    std::vector<std::string_view> ids;
    if (const auto named = known.find(reference.kind); named != known.end())
      for (const auto& [id, at] : named->second) ids.push_back(id);
    if (std::ranges::find(ids, reference.id) == ids.end())
      reading.problem(*reference.at, fmt::format("there is no {} '{}'", noun(reference.kind), reference.id),
                      suggest(reference.id, ids, fmt::format("The {}s are", noun(reference.kind))));
  }
}

// Depth-first search; a reference back to a name on the path closes a cycle.
class CycleSearch {
 public:
  CycleSearch(Reading& reading, NameKind kind) : reading_(reading), kind_(kind) {
    for (const auto& reference : reading.references())
      if (reference.kind == kind && !reference.from.empty()) edges_[reference.from].push_back(&reference);
  }

  void run() {
    for (const auto& [from, to] : edges_) visit(from);
  }

 private:
  void visit(const std::string& id) {
    if (done_.contains(id)) return;
    path_.push_back(id);
    if (const auto edges = edges_.find(id); edges != edges_.end())
      for (const auto* edge : edges->second) follow(*edge);
    path_.pop_back();
    done_.insert(id);
  }

  void follow(const Reading::Reference& edge) {
    const auto start = std::ranges::find(path_, edge.id);
    if (start == path_.end()) {
      visit(edge.id);
      return;
    }
    std::string cycle;
    for (auto step = start; step != path_.end(); ++step) cycle += *step + " → ";
    const bool components = kind_ == NameKind::kComponent;
    reading_.problem(
        *edge.at,
        fmt::format("{} go in a circle: {}{}", components ? "dependencies" : "explanations", cycle, edge.id),
        components ? "depends_on lists what a component calls, not what calls it."
                   : "Keep the direction from cause to effect.");
  }

  Reading& reading_;
  NameKind kind_;
  std::map<std::string, std::vector<const Reading::Reference*>> edges_;
  std::vector<std::string> path_;
  std::set<std::string> done_;
};

}  // namespace

void check_names(Reading& reading, const System& system) {
  const NamesByKind known = collect_names(reading);
  check_shadowing(reading, system);
  check_references(reading, system, known);
  CycleSearch(reading, NameKind::kComponent).run();
  CycleSearch(reading, NameKind::kKnownIssue).run();
}

}  // namespace culprit
