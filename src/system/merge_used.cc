#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "system/embedded.h"
#include "system/nearest.h"
#include "system/resolve.h"

namespace culprit {

namespace {

constexpr int kMaxChain = 4;

// What names an item of a list: `id`, or `signal`, `role`, `name` where there is none.
std::string_view item_name(const YamlNode& item) {
  for (const std::string_view key : {"id", "signal", "role", "name"})
    if (const YamlNode* name = item.find(key)) return name->text;
  return {};
}

bool is_merged_by_name(std::string_view key) {
  for (const std::string_view list : {"components", "metrics", "patterns", "log_alerts", "alarms",
                                      "objectives", "known_issues", "channels", "contacts", "stakeholders"})
    if (key == list) return true;
  return false;
}

YamlMember* find_member(YamlNode& map, std::string_view key) {
  const auto it = std::ranges::find_if(map.members, [&](const YamlMember& m) { return m.key.text == key; });
  return it == map.members.end() ? nullptr : &*it;
}

void lay_over_keys(YamlNode& base, YamlNode over) {
  for (auto& member : over.members) {
    if (YamlMember* inherited = find_member(base, member.key.text))
      *inherited = std::move(member);
    else
      base.members.push_back(std::move(member));
  }
}

void lay_over_items(YamlNode& base, YamlNode over) {
  for (auto& item : over.items) {
    const std::string_view name = item_name(item);
    const auto same = std::ranges::find_if(
        base.items, [&](const YamlNode& inherited) { return !name.empty() && item_name(inherited) == name; });
    if (same != base.items.end() && item.kind == YamlNode::Kind::kMap) {
      // Messages about the whole item should lead to the file that the user can edit.
      same->file = item.file;
      same->line = item.line;
      same->column = item.column;
      lay_over_keys(*same, std::move(item));
    } else {
      base.items.push_back(std::move(item));
    }
  }
}

void lay_over(YamlNode& base, YamlNode over) {
  base.file = over.file;
  base.line = over.line;
  base.column = over.column;
  for (auto& member : over.members) {
    YamlMember* inherited = find_member(base, member.key.text);
    const std::string& key = member.key.text;
    const bool same_kind = inherited != nullptr && inherited->value.kind == member.value.kind;
    if (same_kind && is_merged_by_name(key))
      lay_over_items(inherited->value, std::move(member.value));
    else if (same_kind && member.value.kind == YamlNode::Kind::kMap)
      lay_over_keys(inherited->value, std::move(member.value));
    else if (same_kind && key == "prevention")
      std::ranges::move(member.value.items, std::back_inserter(inherited->value.items));
    else if (inherited != nullptr)
      *inherited = std::move(member);
    else
      base.members.push_back(std::move(member));
  }
}

// Takes what `without` names out of the inherited tree.
class Removal {
 public:
  explicit Removal(std::set<std::string> names) : names_(std::move(names)) {}

  void prune(YamlNode& node) {
    for (auto& member : node.members) prune(member.value);
    std::erase_if(node.items, [&](YamlNode& item) { return must_go(item); });
  }

  const std::set<std::string>& used() const { return used_; }

 private:
  bool names(std::string_view text) {
    for (const std::string& name : names_)
      if (text == name || (text.starts_with(name) && text[name.size()] == '.')) {
        used_.insert(name);
        return true;
      }
    return false;
  }

  bool speaks_of(const YamlNode& item) {
    if (item.kind == YamlNode::Kind::kScalar) return names_.contains(item.text);
    for (const auto& [key, value] : item.members) {
      const bool is_name = key.text == "id" || key.text == "component" || key.text == "signal";
      if (is_name && names(value.text)) return true;
      if (key.text == "when" && speaks_of(value)) return true;
      if (key.text == "all" &&
          std::ranges::any_of(value.items, [&](const YamlNode& p) { return speaks_of(p); }))
        return true;
    }
    return false;
  }

  // An issue without its defining symptom is no hypothesis any more.
  bool must_go(YamlNode& item) {
    if (speaks_of(item)) return true;
    const std::size_t required = required_symptoms(item);
    prune(item);
    return required_symptoms(item) < required;
  }

  static std::size_t required_symptoms(const YamlNode& item) {
    const YamlNode* symptoms = item.find("symptoms");
    if (symptoms == nullptr) return 0;
    return static_cast<std::size_t>(std::ranges::count_if(symptoms->items, [](const YamlNode& symptom) {
      const YamlNode* required = symptom.find("required");
      return required != nullptr && required->text == "true";
    }));
  }

  std::set<std::string> names_;
  std::set<std::string> used_;
};

void remove_unwanted(YamlNode& base, const YamlNode* without, std::vector<SystemProblem>& problems) {
  if (without == nullptr) return;
  std::set<std::string> names;
  if (without->kind != YamlNode::Kind::kList)
    problems.push_back(
        problem_at(*without, fmt::format("without must be a list, not {}", describe(*without))));
  else if (without->items.empty())
    problems.push_back(problem_at(*without, "without is an empty list", "Leave the key out."));
  for (const auto& item : without->items) {
    if (item.kind == YamlNode::Kind::kScalar && !item.text.empty())
      names.insert(item.text);
    else
      problems.push_back(problem_at(item, fmt::format("without lists ids, not {}", describe(item))));
  }
  Removal removal(std::move(names));
  removal.prune(base);
  for (const auto& item : without->items)
    if (item.kind == YamlNode::Kind::kScalar && !item.text.empty() && !removal.used().contains(item.text))
      problems.push_back(problem_at(item, fmt::format("nothing inherited has the id '{}'", item.text)));
}

void merge_chain(YamlNode& root, std::vector<SystemProblem>& problems, int depth) {
  const YamlNode* use = root.find("use");
  const YamlNode* without = root.find("without");
  if (use == nullptr) {
    if (without != nullptr) problems.push_back(problem_at(*without, "without stands without use"));
    return;
  }
  if (depth > kMaxChain) {
    problems.push_back(problem_at(*use, "use goes in a circle"));
    return;
  }
  std::vector<std::string_view> names;
  std::string_view yaml;
  for (const auto& [name, text] : embedded_systems()) {
    names.push_back(name);
    if (use->kind == YamlNode::Kind::kScalar && name == use->text) yaml = text;
  }
  if (yaml.empty()) {
    problems.push_back(problem_at(*use, fmt::format("use names no built-in system: {}", describe(*use)),
                                  suggest(use->text, names, "Built in are")));
    return;
  }
  YamlNode base = parse_yaml(yaml, fmt::format("<built-in {}>", use->text), problems);
  merge_chain(base, problems, depth + 1);
  remove_unwanted(base, without, problems);
  std::erase_if(root.members,
                [](const YamlMember& m) { return m.key.text == "use" || m.key.text == "without"; });
  lay_over(base, std::move(root));
  root = std::move(base);
}

}  // namespace

void merge_used(YamlNode& root, std::vector<SystemProblem>& problems) { merge_chain(root, problems, 1); }

}  // namespace culprit
