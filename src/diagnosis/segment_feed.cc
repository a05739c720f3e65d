#include "diagnosis/segment_feed.h"

#include <algorithm>

#include "engine/variable.h"

namespace culprit {

namespace {

using engine::VariableKind;

constexpr std::uint8_t kMarkClasses = 64 | 128;   // engine::byte_class: marks, spaces and everything else
constexpr std::uint8_t kOtherClass = 128;         // line ends among them
constexpr std::uint64_t kExactMax = 1ULL << 53U;  // a double holds every integer up to it
constexpr unsigned kExactScaleMax = 22;           // and these powers of ten

constexpr double kPowers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                              1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
static_assert(std::size(kPowers) == kExactScaleMax + 1);

bool goes_on(char c) { return (c >= '0' && c <= '9') || c == '.' || c == 'e' || c == 'E'; }

// "-1.5e+3", "inf", "nan"
bool may_be_of_number(char c) {
  return goes_on(c) || c == '-' || c == '+' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

}  // namespace

Result<std::optional<TypeNumber>> TypeNumber::at(TypeRows& rows, const TypeSample& sample,
                                                 std::size_t begin) {
  TypeNumber out;
  const std::string_view text = sample.text;
  if (const auto* v = sample.variable_at(begin)) {
    const bool ends =
        v->end == text.size() || (!goes_on(text[v->end]) && sample.variable_at(v->end) == nullptr);
    if (v->kind != VariableKind::kNumber || !ends) return std::nullopt;
    const auto column = rows.column(sample.type, v->slot);
    if (!column) return tl::unexpected(column.error());
    out.column_ = *column;
    return out;
  }
  // Static, for longer than a number goes.
  std::size_t end = begin;
  while (end < text.size() && may_be_of_number(text[end])) ++end;
  end = std::min(end + 1, text.size());
  if (!sample.variables_in(begin, end).empty()) return std::nullopt;
  out.constant_ = leading_number(text.substr(begin, end - begin));
  return out;
}

std::optional<double> TypeNumber::in(std::uint64_t rank) const {
  constexpr double kMax = 1e12;  // as leading_number()
  if (column_ == nullptr) return constant_;
  const std::uint64_t digits = column_->values[rank];
  const unsigned scale = engine::scale_of(column_->form_of(rank));
  if (digits >= kExactMax || scale > kExactScaleMax) {
    std::string text;
    engine::render_number(digits, column_->form_of(rank), text);
    return leading_number(text);
  }
  // Both are exact, so the quotient is the double next to the decimal number, as a parser's result is.
  const double value = static_cast<double>(digits) / kPowers[scale];
  return value <= kMax ? std::optional(value) : std::nullopt;
}

bool is_plain(const TypeSample::Variable& variable) {
  switch (variable.kind) {
    case VariableKind::kNumber:
    case VariableKind::kIp:
    case VariableKind::kUuid:
      return true;
    case VariableKind::kWord:
      return (variable.classes & kMarkClasses) == 0;
    default:
      return false;
  }
}

bool may_break_line(const TypeSample::Variable& variable) {
  return variable.kind == VariableKind::kWord && (variable.classes & kOtherClass) != 0;
}

bool is_one_line(const TypeSample& sample) {
  return sample.text.find('\n') == std::string::npos &&
         std::ranges::none_of(sample.variables, may_break_line);
}

}  // namespace culprit
