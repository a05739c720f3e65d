#include "parsing_score.h"

#include <cstddef>
#include <map>

namespace culprit::bench {
namespace {

using Groups = std::map<std::string, std::vector<std::size_t>>;

Groups groups_of(const std::vector<std::string>& names) {
  Groups groups;
  for (std::size_t i = 0; i < names.size(); ++i) groups[names[i]].push_back(i);
  return groups;
}

double f1(double right, std::size_t predicted, std::size_t labelled) {
  return right == 0 ? 0 : 2 * right / static_cast<double>(predicted + labelled);
}

}  // namespace

ParsingScore score_parsing(const std::vector<std::string>& predicted,
                           const std::vector<std::string>& labels) {
  ParsingScore score;
  if (labels.empty() || predicted.size() != labels.size()) return score;
  const auto ours = groups_of(predicted);
  const auto theirs = groups_of(labels);
  double lines_grouped = 0;
  double groups_right = 0;
  double lines_right = 0;
  double templates_right = 0;
  for (const auto& [name, lines] : ours) {
    // Lines ascend in both, so that equal groups are equal vectors.
    const auto& label = labels[lines.front()];
    if (theirs.at(label) == lines) {
      lines_grouped += static_cast<double>(lines.size());
      ++groups_right;
    }
    std::size_t equal = 0;
    for (const auto line : lines) equal += labels[line] == name ? 1 : 0;
    lines_right += static_cast<double>(equal);
    if (equal == lines.size()) ++templates_right;
  }
  const auto total = static_cast<double>(labels.size());
  score.ga = lines_grouped / total;
  score.fga = f1(groups_right, ours.size(), theirs.size());
  score.pa = lines_right / total;
  score.fta = f1(templates_right, ours.size(), theirs.size());
  return score;
}

}  // namespace culprit::bench
