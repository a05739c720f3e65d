#include <fmt/format.h>

#include <set>

#include "diagnosis/aws_answer.h"
#include "diagnosis/observation.h"

namespace culprit {

namespace {

namespace json = boost::json;

bool ends_with_name(std::string_view arn, std::string_view name) {
  return !name.empty() && arn.ends_with(name) &&
         (arn.size() == name.size() || arn[arn.size() - name.size() - 1] == '/' ||
          arn[arn.size() - name.size() - 1] == ':');
}

bool belongs(const ResourceState& state, const Component& component) {
  const auto& d = state.document;
  if (component.name.empty()) return false;
  if (state.kind == "ecs:service") return text_field(d, "serviceName") == component.name;
  if (state.kind == "ecs:task") return text_field(d, "group") == "service:" + component.name;
  if (state.kind == "rds:db-instance") return text_field(d, "DBInstanceIdentifier") == component.name;
  if (state.kind == "rds:event") return ends_with_name(text_field(d, "SourceIdentifier"), component.name);
  return false;
}

// Task stops, deployments and RDS events become changes; counts of them become signals.
class StateReader {
 public:
  StateReader(Observations& seen, const Component& component) : seen_(seen), component_(component) {}

  void read(const ResourceState& state) {
    if (state.kind == "ecs:service")
      service(state);
    else if (state.kind == "ecs:task")
      task(state);
    else if (state.kind == "rds:db-instance")
      instance(state);
    else if (state.kind == "rds:event")
      event(state.document);
  }

  void finish() {
    if (!has_tasks_) return;
    set("tasks_stopped", 0);
    set("task_memory_kills", 0);
    for (const Time t : stops_) count("tasks_stopped", t);
    for (const Time t : memory_kills_) count("task_memory_kills", t);
  }

 private:
  // A state is what is known of the whole window: the same value in each of its minutes.
  void set(std::string_view name, double value) {
    Signal& s = seen_.signal(component_, name, "count");
    s.from = Signal::From::kState;
    const auto range = seen_.grid.range(seen_.window);
    for (std::size_t i = range.first; i < range.last; ++i) s.minutes[i] = value;
  }

  void count(std::string_view name, Time t) {
    Signal& s = seen_.signal(component_, name, "count");
    if (const auto minute = seen_.grid.index(t)) s.minutes[*minute] += 1;
  }

  void change(Time time, std::string kind, std::string text, const json::value& document) {
    if (!seen_.grid.index(time)) return;
    seen_.changes.push_back(
        {time, std::move(kind), component_.id, std::move(text), 0, {}, json::serialize(document)});
  }

  void service(const ResourceState& state) {
    // An answer from long after the window says nothing about it.
    const bool of_the_window = seen_.grid.index(state.observed_at).has_value();
    const auto& d = state.document;
    const auto desired = number_field(d, "desiredCount");
    const auto running = number_field(d, "runningCount");
    if (of_the_window && desired && running)
      set("tasks_missing", static_cast<double>(std::max<std::int64_t>(0, *desired - *running)));
    int failed = 0;
    for (const auto& deployment : array_field(d, "deployments")) {
      failed += text_field(deployment, "rolloutState") == "FAILED" ? 1 : 0;
      if (const auto created = time_field(deployment, "createdAt"))
        change(*created, "deployment",
               fmt::format("{} ({})", last_part(text_field(deployment, "taskDefinition")),
                           text_field(deployment, "rolloutState")),
               deployment);
    }
    if (of_the_window) set("failed_deployments", failed);
    for (const auto& e : array_field(d, "events"))
      if (const auto at = time_field(e, "createdAt")) {
        const std::string message = text_field(e, "message");
        if (message.find("has reached a steady state") == std::string::npos)
          change(*at, "service-event", service_message(message), e);
      }
  }

  void instance(const ResourceState& state) {
    if (seen_.grid.index(state.observed_at))
      set("unavailable", text_field(state.document, "DBInstanceStatus") == "available" ? 0 : 1);
  }

  void task(const ResourceState& state) {
    has_tasks_ = true;
    const auto& d = state.document;
    const auto stopped_at = time_field(d, "stoppedAt");
    if (!stopped_at || !tasks_.insert(state.id).second) return;
    if (!seen_.window.contains(*stopped_at)) return;
    stops_.push_back(*stopped_at);
    std::string reason = text_field(d, "stoppedReason");
    bool killed = false;
    for (const auto& container : array_field(d, "containers")) {
      const auto code = number_field(container, "exitCode");
      const std::string why = text_field(container, "reason");
      const bool out_of_memory = why.find("OutOfMemory") != std::string::npos;
      killed = killed || code == 137 || out_of_memory;
      if (code) reason += fmt::format(" · {} exit code {}", text_field(container, "name"), *code);
      if (!why.empty()) reason += " · " + why;
    }
    if (killed) memory_kills_.push_back(*stopped_at);
    change(*stopped_at, "task-stop", fmt::format("{} ({})", reason, text_field(d, "stopCode")), d);
  }

  void event(const json::value& d) {
    if (const auto at = time_field(d, "Date")) change(*at, "rds-event", text_field(d, "Message"), d);
  }

  Observations& seen_;
  const Component& component_;
  bool has_tasks_ = false;
  std::vector<Time> stops_, memory_kills_;
  std::set<std::string> tasks_;
};

}  // namespace

const Component* component_of(const ResourceState& state, const System& system) {
  const auto it =
      std::ranges::find_if(system.components, [&](const Component& c) { return belongs(state, c); });
  return it == system.components.end() ? nullptr : &*it;
}

Result<void> observe_states(const Store& store, const System& system, Observations& seen) {
  std::map<std::string, StateReader> readers;
  for (const std::string_view kind : {"ecs:service", "ecs:task", "rds:db-instance", "rds:event"}) {
    auto states = store.states(kind);
    if (!states) return tl::unexpected(states.error());
    for (auto& state : *states) {
      const Component* component = component_of(state, system);
      if (component == nullptr) continue;
      readers.try_emplace(component->id, seen, *component).first->second.read(state);
      seen.states[component->id].push_back(std::move(state));
    }
  }
  for (auto& [id, reader] : readers) reader.finish();
  std::ranges::stable_sort(seen.changes, {}, &ChangeEvent::time);
  return {};
}

}  // namespace culprit
