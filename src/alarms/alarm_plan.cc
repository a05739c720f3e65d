#include "alarms/alarm_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "alarms/alarm_document.h"
#include "base/printable.h"

namespace culprit {

namespace {

using Action = PlannedItem::Action;

// Every leaf of a document by its path.
void flatten(const boost::json::value& v, const std::string& path, std::map<std::string, std::string>& out) {
  if (const auto* object = v.if_object()) {
    for (const auto& [key, inner] : *object)
      flatten(inner, path.empty() ? std::string(key) : path + "." + std::string(key), out);
  } else if (const auto* array = v.if_array()) {
    for (std::size_t i = 0; i < array->size(); ++i) flatten((*array)[i], fmt::format("{}[{}]", path, i), out);
  } else if (v.is_number()) {
    out[path] = fmt::format("{:g}", v.to_number<double>());
  } else {
    out[path] = boost::json::serialize(v);
  }
}

std::vector<FieldChange> differences(const boost::json::object& before, const boost::json::object& after) {
  std::map<std::string, std::string> old, fresh;
  flatten(before, "", old);
  flatten(after, "", fresh);
  std::vector<FieldChange> out;
  for (const auto& [field, value] : fresh) {
    const auto was = old.find(field);
    if (was == old.end())
      out.push_back({field, "", value});
    else if (was->second != value)
      out.push_back({field, was->second, value});
  }
  for (const auto& [field, value] : old)
    if (!fresh.contains(field)) out.push_back({field, value, ""});
  return out;
}

std::string key_of(AlarmKind kind, std::string_view name, std::string_view group) {
  // Metric and composite alarms share one space of names.
  return kind == AlarmKind::kFilter ? fmt::format("filter {} {}", group, name)
                                    : fmt::format("alarm {}", name);
}

class Planner {
 public:
  Planner(const AlarmSet& wanted, const FoundAlarms& found, const std::set<std::string>& adopt)
      : wanted_(wanted), found_(found), adopt_(adopt) {
    for (const auto& item : found.items) by_key_[key_of(item.kind, item.name, item.log_group)] = &item;
  }

  AlarmPlan run() {
    plan_.system = wanted_.system;
    for (const auto& filter : wanted_.filters)
      want(AlarmKind::kFilter, filter.name, filter.log_group, document_of(filter));
    for (const auto& alarm : wanted_.alarms) want(AlarmKind::kAlarm, alarm.name, "", document_of(alarm));
    for (const auto& alarm : wanted_.composites)
      want(AlarmKind::kComposite, alarm.name, "", document_of(alarm));
    // A composite must go before the alarms it speaks of, an alarm before its filter.
    for (const auto kind : {AlarmKind::kComposite, AlarmKind::kAlarm, AlarmKind::kFilter})
      for (const auto& item : found_.items)
        if (item.kind == kind && item.ours && !seen_.contains(key_of(item.kind, item.name, item.log_group)))
          plan_.items.push_back({item.kind,
                                 Action::kDelete,
                                 item.name,
                                 item.log_group,
                                 item.document,
                                 {},
                                 "no longer in the system file",
                                 "",
                                 false});
    return std::move(plan_);
  }

 private:
  void want(AlarmKind kind, const std::string& name, const std::string& group, boost::json::object document) {
    const auto key = key_of(kind, name, group);
    seen_.insert(key);
    PlannedItem item{kind, Action::kCreate, name, group, std::move(document), {}, "", "", false};
    const auto there = by_key_.find(key);
    if (kind == AlarmKind::kFilter && found_.missing_log_groups.contains(group)) {
      item.action = Action::kBlocked;
      item.why = fmt::format("the log group {} does not exist", group);
      item.hint = "Create it, or correct the system file or --region.";
    } else if (there != by_key_.end()) {
      compare(item, *there->second);
    }
    plan_.items.push_back(std::move(item));
  }

  void compare(PlannedItem& item, const FoundItem& there) const {
    if (there.kind != item.kind) {
      item.action = Action::kBlocked;
      item.why = fmt::format("the name belongs to a {}", to_string(there.kind));
      item.hint = "Give the alarm another name in the system file.";
      return;
    }
    item.changes = differences(there.document, item.document);
    if (!there.ours) {
      if (!adopt_.contains(item.name)) {
        item.action = Action::kBlocked;
        item.why = item.kind == AlarmKind::kFilter ? "a metric filter of this name publishes something else"
                                                   : "an alarm of this name is there and is not Culprit's";
        item.hint = item.kind == AlarmKind::kFilter
                        ? "Remove it, or give the log alert another id."
                        : fmt::format(
                              "Give the alarm another name in the system file, or take that one over with "
                              "--adopt '{}'.",
                              item.name);
        return;
      }
      item.adopted = true;
      item.action = Action::kUpdate;
      return;
    }
    item.action = item.changes.empty() ? Action::kSame : Action::kUpdate;
  }

  const AlarmSet& wanted_;
  const FoundAlarms& found_;
  const std::set<std::string>& adopt_;
  std::map<std::string, const FoundItem*> by_key_;
  std::set<std::string> seen_;
  AlarmPlan plan_;
};

struct Look {
  std::string_view sign, verb, colour;
};
Look look_of(Action action) {
  switch (action) {
    case Action::kCreate:
      return {"+", "will be created", "\x1b[32m"};
    case Action::kUpdate:
      return {"~", "will be updated in place", "\x1b[33m"};
    case Action::kDelete:
      return {"-", "will be deleted", "\x1b[31m"};
    case Action::kBlocked:
      return {"!", "is left alone", "\x1b[31m"};
    case Action::kSame:
      break;
  }
  return {" ", "is as it should be", ""};
}

std::string_view action_name(Action action) {
  constexpr std::string_view kNames[] = {"same", "create", "update", "delete", "blocked"};
  return kNames[static_cast<std::size_t>(action)];
}

void write_fields(std::string& out, const PlannedItem& item) {
  if (item.action == Action::kCreate) {
    std::map<std::string, std::string> fields;
    flatten(item.document, "", fields);
    for (const auto& [field, value] : fields)
      if (field != "AlarmName" && field != "filterName")
        out += fmt::format("      + {} = {}\n", printable_text(field, 100), printable_text(value, 300));
  } else if (item.action == Action::kUpdate || item.action == Action::kBlocked) {
    for (const auto& change : item.changes) {
      if (item.action == Action::kBlocked) break;
      const std::string_view sign = change.before.empty() ? "+" : change.after.empty() ? "-" : "~";
      out += fmt::format("      {} {}: {} -> {}\n", sign, printable_text(change.field, 100),
                         change.before.empty() ? "(not set)" : printable_text(change.before, 300),
                         change.after.empty() ? "(not set)" : printable_text(change.after, 300));
    }
  }
}

}  // namespace

std::string_view to_string(AlarmKind kind) {
  constexpr std::string_view kNames[] = {"metric-filter", "alarm", "composite-alarm"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::size_t AlarmPlan::count(Action action) const {
  return static_cast<std::size_t>(std::ranges::count(items, action, &PlannedItem::action));
}

bool AlarmPlan::changes_anything() const {
  return count(Action::kCreate) + count(Action::kUpdate) + count(Action::kDelete) > 0;
}

AlarmPlan plan_alarms(const AlarmSet& wanted, const FoundAlarms& found, const std::set<std::string>& adopt) {
  return Planner(wanted, found, adopt).run();
}

std::vector<std::pair<std::string, std::string>> owner_tags(std::string_view system) {
  return {{"managed-by", "culprit"}, {"culprit-system", std::string(system)}};
}

bool description_names(std::string_view description, std::string_view system) {
  return description.find(fmt::format("[culprit {}/", system)) != std::string_view::npos;
}

std::string plan_text(const AlarmPlan& plan, bool colour) {
  std::string out;
  for (const auto& item : plan.items) {
    if (item.action == Action::kSame) continue;
    const Look look = look_of(item.action);
    out += fmt::format("  {}{}{} {} {} {}{}\n", colour ? look.colour : "", look.sign, colour ? "\x1b[0m" : "",
                       to_string(item.kind), printable_text(item.name, 255), look.verb,
                       item.adopted ? " and taken over" : "");
    if (!item.log_group.empty())
      out += fmt::format("      in log group {}\n", printable_text(item.log_group, 300));
    if (!item.why.empty()) out += fmt::format("      {}\n", printable_text(item.why, 300));
    if (!item.hint.empty()) out += fmt::format("      {}\n", printable_text(item.hint, 400));
    write_fields(out, item);
  }
  if (!out.empty()) out += "\n";
  out += fmt::format("Plan for {}: {} to create, {} to update, {} to delete, {} as they should be",
                     plan.system, plan.count(Action::kCreate), plan.count(Action::kUpdate),
                     plan.count(Action::kDelete), plan.count(Action::kSame));
  if (const auto blocked = plan.count(Action::kBlocked); blocked > 0)
    out += fmt::format(", {} blocked", blocked);
  return out + ".\n";
}

boost::json::object plan_json(const AlarmPlan& plan) {
  boost::json::array items;
  for (const auto& item : plan.items) {
    boost::json::array changes;
    for (const auto& c : item.changes)
      changes.push_back(boost::json::object{{"field", c.field}, {"before", c.before}, {"after", c.after}});
    boost::json::object o{
        {"kind", to_string(item.kind)}, {"name", item.name}, {"action", action_name(item.action)}};
    if (!item.log_group.empty()) o["log_group"] = item.log_group;
    if (!item.why.empty()) o["why"] = item.why;
    if (!item.hint.empty()) o["hint"] = item.hint;
    if (item.adopted) o["adopted"] = true;
    o["changes"] = std::move(changes);
    o["document"] = item.document;
    items.push_back(std::move(o));
  }
  return {{"system", plan.system},
          {"create", plan.count(Action::kCreate)},
          {"update", plan.count(Action::kUpdate)},
          {"delete", plan.count(Action::kDelete)},
          {"same", plan.count(Action::kSame)},
          {"blocked", plan.count(Action::kBlocked)},
          {"items", std::move(items)}};
}

}  // namespace culprit
