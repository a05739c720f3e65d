#include "diagnosis/sidekiq_type.h"

#include <algorithm>
#include <set>

#include "logs/json_fields.h"

namespace culprit {

namespace {

using engine::VariableKind;

constexpr std::size_t kWordBytesMax = 2'048;  // where parse_sidekiq() cuts a text

// Text that may vary inside a value without changing where it ends.
bool keeps_value(const TypeSample::Variable& v) { return is_plain(v) || v.kind == VariableKind::kStamp; }

}  // namespace

// Walks the members of the sample and of its "ctx". Variables lie inside of values only; what parse_sidekiq()
// reads is static but for the job's class and times.
class SidekiqType::Maker {
 public:
  Maker(TypeRows& rows, const TypeSample& sample) : rows_(rows), sample_(sample), text_(sample.text) {}

  Result<bool> make(SidekiqType& out) {
    if (!text_.starts_with('{') || sample_.variables_in(0, 1).size() > 0) return false;
    if (!std::ranges::all_of(sample_.variables, keeps_value)) return false;
    auto members = take_members(0, text_, out, false);
    if (!members || !*members) return members;
    if (covered_ != sample_.variables.size()) return false;
    const auto entry = parse_sidekiq(text_);
    if (!entry || entry->teller != SidekiqEntry::Teller::kJobLogger) return false;
    // Older releases tell the time behind the message, where it counts when "elapsed" cannot be read.
    if (out.elapsed_ && entry->message.find(' ') != std::string::npos) return false;
    out.entry_ = *entry;
    const auto& first = out.entry(0);
    if (first.job_class != entry->job_class || first.elapsed_s != entry->elapsed_s ||
        first.latency_s != entry->latency_s)
      return false;
    const bool ends =
        entry->event == SidekiqEntry::Event::kDone || entry->event == SidekiqEntry::Event::kFail;
    out.says_nothing_ = !ends && !entry->latency_s && !out.latency_;
    return true;
  }

 private:
  Result<bool> take_members(std::size_t begin, std::string_view object, SidekiqType& out, bool context) {
    JsonMembers members(object);
    JsonMember member;
    std::set<std::string_view> keys;
    while (members.next(member)) {
      if (!keys.insert(member.key).second) return false;  // the later one would win
      auto taken = take_member(member, out, context);
      if (!taken || !*taken) return taken;
    }
    return members.complete() && begin + members.size() == begin + object.size();
  }

  Result<bool> take_member(const JsonMember& member, SidekiqType& out, bool context) {
    const auto begin = static_cast<std::size_t>(member.value.data() - text_.data());
    const auto end = begin + member.value.size();
    const auto variables = sample_.variables_in(begin, end);
    if (!context && member.key == "ctx") {
      if (!member.is_object()) return variables.empty();
      return take_members(begin, member.value, out, true);
    }
    covered_ += variables.size();
    if (variables.empty()) return true;
    const auto& first = variables.front();
    const bool scalar = !member.is_string() && !member.is_object() && !member.value.starts_with('[');
    if (scalar && (variables.size() != 1 || first.begin != begin || first.end != end)) return false;
    if (first.begin < begin + (scalar ? 0 : 1) || variables.back().end > end - (scalar ? 0 : 1)) return false;
    if (!context) return member.key != "lvl" && member.key != "msg";
    if (member.key == "class" || member.key == "wrapped") return take_class(member, begin, end, out);
    if (member.key != "elapsed" && member.key != "latency") return true;
    if (member.is_string()) return false;
    return take_number(begin, member.key == "elapsed" ? out.elapsed_ : out.latency_);
  }

  // The class is that of "wrapped" when there is one: only a lone member may vary.
  Result<bool> take_class(const JsonMember& member, std::size_t begin, std::size_t end, SidekiqType& out) {
    if (!member.is_string() || out.class_varies_ || text_.find("\"wrapped\"") != text_.npos) return false;
    const auto inside = text_.substr(begin + 1, end - begin - 2);
    if (inside.find('\\') != inside.npos) return false;
    const auto variables = sample_.variables_in(begin, end);
    for (const auto& v : variables) {
      if (v.kind != VariableKind::kWord) continue;
      auto short_words = words_are_short(v.slot);
      if (!short_words || !*short_words) return short_words;
    }
    if (inside.size() > kWordBytesMax / 2 || variables.size() > 2) return false;
    auto text = rows_.text(sample_, begin + 1, end - 1);
    if (!text) return tl::unexpected(text.error());
    if (!*text) return false;
    out.class_ = std::move(**text);
    out.class_varies_ = true;
    return true;
  }

  Result<bool> words_are_short(std::uint32_t slot) {
    const auto column = rows_.column(sample_.type, slot);
    if (!column) return tl::unexpected(column.error());
    const auto begins = (*column)->word.begins();
    for (std::size_t i = 1; i < begins.size(); ++i)
      if (begins[i] - begins[i - 1] > kWordBytesMax / 8) return false;
    return true;
  }

  Result<bool> take_number(std::size_t begin, std::optional<TypeNumber>& into) {
    auto number = TypeNumber::at(rows_, sample_, begin);
    if (!number) return tl::unexpected(number.error());
    if (!*number) return false;
    into = **number;
    return true;
  }

  TypeRows& rows_;
  const TypeSample& sample_;
  const std::string_view text_;
  std::size_t covered_ = 0;  // variables that lie inside of a value
};

Result<std::optional<SidekiqType>> SidekiqType::of(TypeRows& rows, std::uint32_t type) {
  if (rows.rows_of_type(type) < kTypeRowsMin) return std::nullopt;
  const auto sample = rows.sample(type);
  if (!sample) return tl::unexpected(sample.error());
  SidekiqType out;
  auto made = Maker(rows, *sample).make(out);
  if (!made) return tl::unexpected(made.error());
  if (!*made) return std::nullopt;
  return out;
}

const SidekiqEntry& SidekiqType::entry(std::uint64_t rank) {
  if (class_varies_) entry_.job_class = class_.in(rank, scratch_);
  if (elapsed_) entry_.elapsed_s = elapsed_->in(rank);
  if (latency_) entry_.latency_s = latency_->in(rank);
  return entry_;
}

}  // namespace culprit
