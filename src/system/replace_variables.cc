#include <fmt/format.h>

#include "system/fields.h"
#include "system/nearest.h"
#include "system/resolve.h"

namespace culprit {

namespace {

// Longest text after replacement: a variable that holds another twice, and so on, would otherwise double
// with each line.
constexpr std::size_t kMaxText = 64 * 1024;
constexpr std::size_t kMaxValue = 4 * 1024;
constexpr std::size_t kMaxAllText = 4 << 20;

struct VariableEntry {
  std::string description;
  std::optional<std::string> default_value;
};

const Fields<VariableEntry>& variable_fields() {
  static const Fields<VariableEntry> fields{
      "variable",
      {text("description", &VariableEntry::description),
       Field<VariableEntry>{"default", [](Reading& reading, const YamlNode& node, VariableEntry& entry) {
                              entry.default_value = read_text(reading, node, "default");
                            }}}};
  return fields;
}

class Replacement {
 public:
  Replacement(const ResolveOptions& options, Reading& reading) : options_(options), reading_(reading) {}

  void define_all(const YamlNode& variables) {
    if (variables.kind != YamlNode::Kind::kMap) {
      reading_.problem(variables,
                       fmt::format("variables must be a map of names, not {}", describe(variables)));
      return;
    }
    for (const auto& [name, value] : variables.members) define(name, value);
  }

  void check_given(const YamlNode& root) {
    for (const auto& [name, value] : options_.variables)
      if (!values_.contains(name))
        reading_.problem(root, fmt::format("there is no variable '{}' to set", name),
                         suggest(name, names(), "The variables are"));
  }

  void replace_in(YamlNode& node) {
    for (auto& item : node.items) replace_in(item);
    for (auto& member : node.members) replace_in(member.value);
    if (node.kind != YamlNode::Kind::kScalar || node.text.find("${") == std::string::npos) return;
    node.text = replaced(node, node.text, kMaxText);
    all_text_ += node.text.size();
    if (all_text_ > kMaxAllText) {
      if (all_text_ - node.text.size() <= kMaxAllText)
        reading_.problem(node, "the texts become too long by their variables");
      node.text.clear();
    }
  }

 private:
  void define(const YamlNode& name, const YamlNode& value) {
    if (!read_id(reading_, name, "a variable's name")) return;
    VariableEntry entry;
    if (value.kind == YamlNode::Kind::kScalar)
      entry.default_value = value.text;
    else if (value.kind != YamlNode::Kind::kNull)
      read_map(reading_, value, variable_fields(), entry);
    std::string& result = values_[name.text];
    if (const auto given = options_.variables.find(name.text); given != options_.variables.end()) {
      result = given->second;
    } else if (entry.default_value) {
      result = replaced(value, *entry.default_value, kMaxValue);
    } else {
      result = name.text;
      if (!options_.check_only)
        reading_.problem(name, fmt::format("the variable '{}' has no value", name.text),
                         fmt::format("Give it one: --set {}=…{}", name.text,
                                     entry.description.empty() ? "" : "  (" + entry.description + ")"));
    }
    if (result.size() > kMaxValue) {
      reading_.problem(name, fmt::format("the value of the variable '{}' is too long", name.text));
      result.clear();
    }
  }

  std::string replaced(const YamlNode& at, std::string_view text, std::size_t max_size) {
    std::string out;
    while (!text.empty()) {
      const std::size_t open = text.find("${");
      if (open != std::string_view::npos && open > 0 && text[open - 1] == '$') {
        out.append(text.substr(0, open)).append("{");
        text.remove_prefix(open + 2);
        continue;
      }
      out.append(text.substr(0, open));
      if (open == std::string_view::npos) break;
      const std::size_t close = text.find('}', open);
      if (close == std::string_view::npos) {
        reading_.problem(at, "'${' is not closed by '}'", "For a literal ${ write $${.");
        break;
      }
      out.append(value_of(at, std::string(text.substr(open + 2, close - open - 2))));
      text.remove_prefix(close + 1);
      if (out.size() > max_size) {
        reading_.problem(at, "the text becomes too long by its variables");
        return {};
      }
    }
    return out;
  }

  std::string value_of(const YamlNode& at, const std::string& name) {
    if (const auto value = values_.find(name); value != values_.end()) return value->second;
    reading_.problem(
        at, fmt::format("there is no variable '{}'", name.substr(0, 60)),
        suggest(name, names(), "Those defined up to here are") +
            (values_.empty() ? "Define it under `variables`, or write $${ for a literal ${." : ""));
    return {};
  }

  std::vector<std::string_view> names() const {
    std::vector<std::string_view> all;
    for (const auto& [name, value] : values_) all.push_back(name);
    return all;
  }

  const ResolveOptions& options_;
  Reading& reading_;
  std::map<std::string, std::string> values_;
  std::size_t all_text_ = 0;
};

}  // namespace

void replace_variables(YamlNode& root, const ResolveOptions& options, std::vector<SystemProblem>& problems) {
  Reading reading;
  Replacement replacement(options, reading);
  if (const YamlNode* variables = root.find("variables")) replacement.define_all(*variables);
  replacement.check_given(root);
  std::erase_if(root.members, [](const YamlMember& member) { return member.key.text == "variables"; });
  replacement.replace_in(root);
  std::ranges::move(reading.problems(), std::back_inserter(problems));
}

}  // namespace culprit
