#include "insights/value.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace culprit::insights {

namespace {

constexpr double kWholeMax = 9007199254740992.0;  // 2^53: above, not every whole number is one
constexpr std::size_t kExactDigits = 15;          // as many digits a double always keeps apart

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::size_t digits_at(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && is_digit(text[end])) ++end;
  return end - at;
}

int sign(int order) { return order < 0 ? -1 : order > 0 ? 1 : 0; }

// Two runs of digits by their number, however long.
int digit_order(std::string_view a, std::string_view b) {
  a.remove_prefix(std::min(a.find_first_not_of('0'), a.size()));
  b.remove_prefix(std::min(b.find_first_not_of('0'), b.size()));
  if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  return sign(a.compare(b));
}

int natural_text_order(std::string_view a, std::string_view b) {
  std::size_t i = 0, j = 0;
  while (i < a.size() && j < b.size()) {
    const std::size_t a_digits = digits_at(a, i), b_digits = digits_at(b, j);
    if (a_digits > 0 && b_digits > 0) {
      if (const int order = digit_order(a.substr(i, a_digits), b.substr(j, b_digits)); order != 0)
        return order;
      i += a_digits;
      j += b_digits;
      continue;
    }
    if (a[i] != b[j]) return static_cast<unsigned char>(a[i]) < static_cast<unsigned char>(b[j]) ? -1 : 1;
    ++i, ++j;
  }
  if (i < a.size() || j < b.size()) return i < a.size() ? 1 : -1;
  return sign(a.compare(b));
}

// Long numbers in texts (ids) would become equal as doubles.
bool both_long(const Value& a, const Value& b) {
  const auto* x = std::get_if<std::string>(&a);
  const auto* y = std::get_if<std::string>(&b);
  return x != nullptr && y != nullptr && x->size() > kExactDigits && y->size() > kExactDigits;
}

// 0 nothing, 1 text, 2 number
int rank(const Value& value) { return is_missing(value) ? 0 : number_of(value) ? 2 : 1; }

}  // namespace

std::optional<double> number_in(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  if (text.empty() || text.size() > 64 ||
      !(is_digit(text.front()) || text.front() == '-' || text.front() == '.'))
    return std::nullopt;
  if (text.front() == '-' && (text.size() < 2 || !(is_digit(text[1]) || text[1] == '.'))) return std::nullopt;
  double out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(out)) return std::nullopt;
  return out;
}

std::optional<double> number_of(const Value& value) {
  if (const auto* number = std::get_if<double>(&value)) return *number;
  if (const auto* text = std::get_if<std::string>(&value)) return number_in(*text);
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? 1 : 0;
  if (const auto* time = std::get_if<Time>(&value)) return static_cast<double>(to_epoch_ms(*time));
  return std::nullopt;
}

std::string format_number(double number) {
  if (number == 0) return "0";
  if (std::abs(number) < kWholeMax && number == std::trunc(number)) return fmt::format("{:.0f}", number);
  if (std::abs(number) >= kWholeMax || std::abs(number) < 1e-3) return fmt::format("{:.6g}", number);
  std::string out = fmt::format("{:.4f}", number);
  while (out.back() == '0') out.pop_back();
  if (out.back() == '.') out.pop_back();
  return out;
}

std::string format_moment(Time time) {
  // Years beyond four digits are of no log.
  constexpr std::int64_t kFarMs = 253'402'300'799'999;
  const std::int64_t ms = to_epoch_ms(time);
  if (ms < -62'135'596'800'000 || ms > kFarMs) return std::to_string(ms);
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::int64_t rest = (time - day).count();
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}.{:03}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), rest / 3'600'000,
                     rest / 60'000 % 60, rest / 1000 % 60, rest % 1000);
}

std::string_view view_of(const Value& value, std::string& scratch) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  scratch = text_of(value);
  return scratch;
}

std::string text_of(const Value& value) {
  struct Writer {
    std::string operator()(std::monostate) const { return {}; }
    std::string operator()(bool flag) const { return flag ? "1" : "0"; }
    std::string operator()(double number) const { return format_number(number); }
    std::string operator()(Time time) const { return format_moment(time); }
    std::string operator()(const std::string& text) const { return text; }
    std::string operator()(const JsonValue& json) const { return boost::json::serialize(*json); }
  };
  return std::visit(Writer{}, value);
}

bool is_true(const Value& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return *flag;
  if (const auto number = number_of(value)) return *number != 0;
  const auto* text = std::get_if<std::string>(&value);
  return text != nullptr && *text == "true";
}

bool equal(const Value& a, const Value& b) {
  if (is_missing(a) || is_missing(b)) return false;
  const auto* flag = std::get_if<bool>(&a);
  const Value& other = flag != nullptr ? b : a;
  if (flag == nullptr) flag = std::get_if<bool>(&b);
  if (flag != nullptr)
    if (const auto* text = std::get_if<std::string>(&other); text != nullptr && !number_in(*text))
      return *text == (*flag ? "true" : "false");
  const auto x = number_of(a), y = number_of(b);
  if (x && y && !both_long(a, b)) return *x == *y;
  std::string first, second;
  return view_of(a, first) == view_of(b, second);
}

std::optional<int> compare(const Value& a, const Value& b) {
  if (is_missing(a) || is_missing(b)) return std::nullopt;
  const auto x = number_of(a), y = number_of(b);
  if (x && y) return *x < *y ? -1 : *x > *y ? 1 : 0;
  if (x || y) return std::nullopt;
  std::string first, second;
  return sign(view_of(a, first).compare(view_of(b, second)));
}

int natural_order(const Value& a, const Value& b) {
  const int first = rank(a), second = rank(b);
  if (first != second) return first < second ? -1 : 1;
  if (first == 0) return 0;
  if (first == 2) {
    const double x = *number_of(a), y = *number_of(b);
    return x < y ? -1 : x > y ? 1 : 0;
  }
  std::string left, right;
  return natural_text_order(view_of(a, left), view_of(b, right));
}

Value from_json(const boost::json::value& json) {
  switch (json.kind()) {
    case boost::json::kind::null:
      return {};
    case boost::json::kind::bool_:
      return json.get_bool();
    case boost::json::kind::int64:
      return std::to_string(json.get_int64());
    case boost::json::kind::uint64:
      return std::to_string(json.get_uint64());
    case boost::json::kind::double_:
      return json.get_double();
    case boost::json::kind::string:
      return std::string(json.get_string());
    default:
      return std::make_shared<const boost::json::value>(json);
  }
}

std::size_t bytes_of(const Value& value) {
  std::size_t bytes = sizeof(Value);
  if (const auto* text = std::get_if<std::string>(&value))
    bytes += text->capacity() > 15 ? text->capacity() + 16 : 0;
  if (const auto* json = std::get_if<JsonValue>(&value)) bytes += boost::json::serialize(**json).size() * 4;
  return bytes;
}

}  // namespace culprit::insights
