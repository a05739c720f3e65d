// How well templates agree with labels: the four figures of log parsing.
// GA: Zhu et al., Tools and Benchmarks for Automated Log Parsing, ICSE-SEIP 2019. PA and the template
// figures: Khan, Shin, Bianculli, Briand, ICSE 2022. FGA and FTA: Jiang et al., A Large-scale Evaluation for
// Log Parsing Techniques, ISSTA 2024.
#pragma once

#include <string>
#include <vector>

namespace culprit::bench {

struct ParsingScore {
  double ga = 0;   // share of lines whose group is exactly a true group
  double fga = 0;  // F1 over groups
  double pa = 0;   // share of lines whose template is the true one, character for character
  double fta = 0;  // F1 over templates; right when it is the true one of all lines that carry it
};

// One template a line, both.
ParsingScore score_parsing(const std::vector<std::string>& predicted, const std::vector<std::string>& labels);

}  // namespace culprit::bench
