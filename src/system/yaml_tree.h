// YAML text as a tree of plain nodes that remember where they stood, bounded in every direction.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "system/problem.h"

namespace culprit {

struct YamlMember;

struct YamlNode {
  enum class Kind { kNull, kScalar, kList, kMap };
  Kind kind = Kind::kNull;
  std::string text;                 // kScalar
  bool quoted = false;              // kScalar: written in quotes or as a block, so never a number or boolean
  std::vector<YamlNode> items;      // kList
  std::vector<YamlMember> members;  // kMap, in the order of the file
  std::shared_ptr<const std::string> file;
  int line = 0;    // 1-based
  int column = 0;  // 1-based

  const YamlNode* find(std::string_view key) const;  // value of a key of a map
};

struct YamlMember {
  YamlNode key;  // a scalar
  YamlNode value;
};

// "list", "map", "nothing", "'text'": what a node is, in words for messages.
std::string describe(const YamlNode& node);

// A problem that stands at `node`.
SystemProblem problem_at(const YamlNode& node, std::string what, std::string hint = {});

// Limits: 1 MiB of text, 20,000 nodes after aliases are expanded, 24 levels. Null root and problems when the
// text is not one YAML document, has a key twice, or passes a limit.
YamlNode parse_yaml(std::string_view yaml, const std::string& file_name,
                    std::vector<SystemProblem>& problems);

// Block-style YAML that parse_yaml reads back to the same tree (comments are gone).
std::string emit_yaml(const YamlNode& root);

}  // namespace culprit
