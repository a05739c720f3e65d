// What reading one system file collects besides values: problems, names defined and names referred to.
#pragma once

#include <string>
#include <vector>

#include "system/system.h"
#include "system/yaml_tree.h"

namespace culprit {

// Namespaces of the ids in a system file.
enum class NameKind { kComponent, kSignal, kKnownIssue, kLogAlert, kAlarm, kObjective, kChannel };

class Reading {
 public:
  struct Name {
    NameKind kind;
    std::string id;
    const YamlNode* at;
  };
  struct Reference : Name {
    std::string from;  // id of the component or known issue that depends on it, for cycles; may be empty
  };

  void problem(const YamlNode& at, std::string what, std::string hint = {}) {
    problems_.push_back(problem_at(at, std::move(what), std::move(hint)));
  }
  void define(NameKind kind, const YamlNode& at, std::string id) {
    names_.push_back({kind, std::move(id), &at});
  }
  void refer(NameKind kind, const YamlNode& at, std::string id, std::string from = {}) {
    references_.push_back({{kind, std::move(id), &at}, std::move(from)});
  }

  std::vector<SystemProblem>& problems() { return problems_; }
  const std::vector<Name>& names() const { return names_; }
  const std::vector<Reference>& references() const { return references_; }

 private:
  std::vector<SystemProblem> problems_;
  std::vector<Name> names_;
  std::vector<Reference> references_;
};

// Fills a system from a resolved tree (no `use`, no variables), which must outlive `reading`.
void read_system(Reading& reading, const YamlNode& root, System& system);

// What no single field can see: duplicate ids, references to nothing, cycles.
void check_names(Reading& reading, const System& system);

}  // namespace culprit
