// What stands in the places of one template, and when: which endpoint, which user, which queue.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/time.h"
#include "logs/template_histogram.h"

namespace culprit {

constexpr std::size_t kValuesPerPlace = 1000;  // different ones; later ones count as others
constexpr std::size_t kValueBytes = 200;       // longer ones are cut

// Give it the messages of a template, or a fair sample of them. One thread at a time.
class TemplateValues {
 public:
  explicit TemplateValues(std::string template_text, Duration bin = std::chrono::minutes(1));

  // False, and nothing is counted, when the message does not match the template.
  bool add(std::string_view message, Time time, std::uint64_t count = 1);

  std::size_t places() const { return places_.size(); }  // as many as the text has <*>

  TemplateActivity activity() const;  // of all messages that matched

  struct Value {
    std::string text;
    TemplateActivity activity;
  };
  struct Place {
    std::vector<Value> values;  // the most frequent first, then by text
    TemplateActivity others;    // of values beyond kValuesPerPlace
  };
  Place place(std::size_t index) const;

 private:
  struct Counts {
    std::unordered_map<std::string, std::uint32_t> numbers;  // from 1 on; 0 is the others
    TemplateHistogram histogram;
  };

  std::string text_;
  TemplateHistogram all_;
  std::vector<Counts> places_;
};

}  // namespace culprit
