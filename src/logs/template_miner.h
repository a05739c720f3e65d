// Templates of log messages: what stays from message to message, with <*> where something varies.
//
//   TemplateMiner miner;
//   for (each log type, or each message) form = miner.add(message, count);
//   const TemplateSet set = miner.templates();
//   set.templates[set.template_of_form[form]].text   // "Received block <*> of size <*> from <*>"
//
// Two steps, described in docs/mining.md: add() masks what is a variable by its form alone and counts equal
// masked forms; templates() merges forms that differ where messages vary. It depends on the set of forms
// only: order, counts and the number of calls make no difference, and messages of one form may be added by
// one call. One configuration for every system.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace culprit {

struct MinerLimits {
  std::size_t forms = std::size_t{1} << 16;
  std::size_t bytes = std::size_t{16} << 20;  // of forms and examples
};

struct Template {
  std::uint64_t id = 0;     // of the text: the same in each run and store
  std::string text;         // "took <*> for <*>"; its name
  std::string typed;        // "took <amount> for <user>"; <*> where kinds differ
  std::uint64_t count = 0;  // messages
  std::uint32_t forms = 0;  // masked forms that it covers
  std::string example;      // a message of its most frequent form, cut at kExampleBytes
};

constexpr std::size_t kExampleBytes = 400;
std::uint64_t template_id(std::string_view text);

struct TemplateSet {
  std::vector<Template> templates;              // sorted by text
  std::vector<std::uint32_t> template_of_form;  // index in `templates`, by the number that add() returned
};

// One thread at a time; several threads take a miner each and join them by add_all().
//
// Memory is bounded. When the limits are reached, messages of new forms are mined by their first two words
// ("Received block <*>"), and in the end as "<*>": nothing is left out of the counts, known forms stay exact.
class TemplateMiner {
 public:
  using FormNumber = std::uint32_t;  // 0, 1, 2 … in the order of first appearance

  explicit TemplateMiner(MinerLimits limits = {});

  FormNumber add(std::string_view message, std::uint64_t count = 1);

  // What the other one counted; returns this miner's number for each of its forms.
  std::vector<FormNumber> add_all(const TemplateMiner& other);

  std::size_t forms() const { return forms_.size(); }
  std::uint64_t count(FormNumber form) const { return forms_[form].count; }
  std::size_t bytes() const { return bytes_; }
  bool full() const { return full_; }  // whether messages were mined coarsely

  TemplateSet templates() const;

 private:
  struct Form {
    std::string text;     // masked
    std::string example;  // the first message
    std::uint64_t hash = 0;
    std::uint64_t count = 0;
  };

  FormNumber count_form(std::string_view masked, std::string_view example, std::uint64_t count);
  FormNumber count_coarse(std::string_view masked, std::string_view example, std::uint64_t count);
  FormNumber* slot(std::string_view masked, std::uint64_t hash);
  FormNumber insert(std::string_view masked, std::uint64_t hash, std::string_view example);
  void grow();

  MinerLimits limits_;
  std::deque<Form> forms_;
  std::vector<FormNumber> slots_;  // open addressing; a power of two
  std::size_t bytes_ = 0;
  std::size_t coarse_forms_ = 0;
  bool full_ = false;
  std::vector<char> buffer_;
};

}  // namespace culprit
