#include "logs/template_miner.h"

#include <algorithm>
#include <unordered_map>

#include "logs/template_mask.h"
#include "logs/template_merge.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace culprit {
namespace {

constexpr TemplateMiner::FormNumber kNoForm = 0xffffffff;
constexpr std::size_t kFirstSlots = 1024;
constexpr std::size_t kCoarseForms = 4096;  // beside the limit
constexpr std::size_t kCoarseWordBytes = 200;
constexpr char kAnyCode = code_of(VariableKind::kAny);

std::uint64_t hash_of(std::string_view text) { return XXH3_64bits(text.data(), text.size()); }

// The first two words, or the first of two; what follows varies.
std::string coarse_form(std::string_view masked) {
  std::size_t end = masked.find(' ');
  if (end == std::string_view::npos) return {kAnyCode};
  const auto second = masked.find(' ', end + 1);
  if (second != std::string_view::npos) end = second;
  std::string form(masked.substr(0, std::min(end + 1, kCoarseWordBytes)));
  if (is_code(form.back())) form.pop_back();
  form += kAnyCode;
  return form;
}

// "<*>" or "<int>" for each code; codes side by side are one variable.
std::string render(std::string_view form, bool typed) {
  std::string text;
  for (std::size_t i = 0; i < form.size(); ++i) {
    if (!is_code(form[i])) {
      text += form[i];
      continue;
    }
    if (i > 0 && is_code(form[i - 1])) continue;
    const bool alone = i + 1 >= form.size() || !is_code(form[i + 1]);
    text += '<';
    text += typed && alone ? name_of(kind_of_code(form[i])) : "*";
    text += '>';
  }
  return text;
}

// Of two forms of one template: kAny where the kinds differ.
void widen(std::string& form, std::string_view other) {
  if (form.size() != other.size()) {
    form = std::min(form, std::string(other));
    return;
  }
  for (std::size_t i = 0; i < form.size(); ++i) {
    if (form[i] != other[i]) form[i] = kAnyCode;
  }
}

}  // namespace

std::uint64_t template_id(std::string_view text) { return hash_of(text); }

TemplateMiner::TemplateMiner(MinerLimits limits) : limits_(limits), slots_(kFirstSlots, kNoForm) {}

TemplateMiner::FormNumber TemplateMiner::add(std::string_view message, std::uint64_t count) {
  return count_form(mask_message(message, buffer_), message, count);
}

std::vector<TemplateMiner::FormNumber> TemplateMiner::add_all(const TemplateMiner& other) {
  std::vector<FormNumber> numbers;
  numbers.reserve(other.forms_.size());
  for (const auto& form : other.forms_) numbers.push_back(count_form(form.text, form.example, form.count));
  full_ = full_ || other.full_;
  return numbers;
}

TemplateMiner::FormNumber TemplateMiner::count_form(std::string_view masked, std::string_view example,
                                                    std::uint64_t count) {
  const auto hash = hash_of(masked);
  FormNumber form = *slot(masked, hash);
  if (form == kNoForm) {
    if (forms_.size() - coarse_forms_ >= limits_.forms || bytes_ >= limits_.bytes) {
      return count_coarse(masked, example, count);
    }
    form = insert(masked, hash, example);
  }
  forms_[form].count += count;
  return form;
}

TemplateMiner::FormNumber TemplateMiner::count_coarse(std::string_view masked, std::string_view example,
                                                      std::uint64_t count) {
  full_ = true;
  auto coarse = coarse_form(masked);
  auto hash = hash_of(coarse);
  FormNumber form = *slot(coarse, hash);
  if (form == kNoForm && coarse_forms_ >= kCoarseForms) {
    coarse.assign(1, kAnyCode);
    hash = hash_of(coarse);
    form = *slot(coarse, hash);
  }
  if (form == kNoForm) {
    form = insert(coarse, hash, example);
    ++coarse_forms_;
  }
  forms_[form].count += count;
  return form;
}

TemplateMiner::FormNumber* TemplateMiner::slot(std::string_view masked, std::uint64_t hash) {
  const auto mask = slots_.size() - 1;
  for (auto i = hash & mask;; i = (i + 1) & mask) {
    auto& entry = slots_[i];
    if (entry == kNoForm || (forms_[entry].hash == hash && forms_[entry].text == masked)) return &entry;
  }
}

TemplateMiner::FormNumber TemplateMiner::insert(std::string_view masked, std::uint64_t hash,
                                                std::string_view example) {
  if (2 * (forms_.size() + 1) > slots_.size()) grow();
  const auto number = static_cast<FormNumber>(forms_.size());
  *slot(masked, hash) = number;
  example = example.substr(0, kExampleBytes);
  forms_.push_back({std::string(masked), std::string(example), hash, 0});
  bytes_ += masked.size() + example.size() + sizeof(Form);
  return number;
}

void TemplateMiner::grow() {
  slots_.assign(slots_.size() * 2, kNoForm);
  for (FormNumber i = 0; i < forms_.size(); ++i) *slot(forms_[i].text, forms_[i].hash) = i;
}

TemplateSet TemplateMiner::templates() const {
  std::vector<std::string_view> masked;
  masked.reserve(forms_.size());
  for (const auto& form : forms_) masked.push_back(form.text);
  const auto merged = merge_forms(masked);

  // Forms that differ in the kinds of their variables only have one text.
  std::vector<std::string> texts;
  for (const auto& form : merged.forms) texts.push_back(render(form, false));
  auto names = texts;
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());

  TemplateSet set;
  for (const auto& name : names) set.templates.push_back({template_id(name), name, {}, 0, 0, {}});
  std::vector<std::string> typed(names.size());
  std::vector<std::uint32_t> place;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto at = std::lower_bound(names.begin(), names.end(), texts[i]) - names.begin();
    place.push_back(static_cast<std::uint32_t>(at));
    auto& form = typed[place.back()];
    if (form.empty()) {
      form = merged.forms[i];
    } else {
      widen(form, merged.forms[i]);
    }
  }
  std::vector<const Form*> largest(names.size(), nullptr);
  for (std::size_t i = 0; i < forms_.size(); ++i) {
    const auto number = place[merged.form_of[i]];
    set.template_of_form.push_back(number);
    auto& t = set.templates[number];
    t.count += forms_[i].count;
    ++t.forms;
    const Form*& best = largest[number];
    if (best == nullptr || forms_[i].count > best->count ||
        (forms_[i].count == best->count && forms_[i].text < best->text)) {
      best = &forms_[i];
    }
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    set.templates[i].typed = render(typed[i], true);
    set.templates[i].example = largest[i]->example;
  }
  return set;
}

}  // namespace culprit
