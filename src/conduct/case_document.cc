#include "conduct/case_document.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>

#include "base/digest.h"

namespace culprit {

namespace {

namespace json = boost::json;

constexpr int kVersion = 1;
constexpr std::size_t kSignalsMax = 10'000;
constexpr std::size_t kTextBytesMax = 10'000;
constexpr std::string_view kForm = "culprit case";

std::string text_at(const json::object& o, std::string_view key) {
  const auto* v = o.if_contains(key);
  return v != nullptr && v->is_string() && v->get_string().size() <= kTextBytesMax
             ? std::string(v->get_string())
             : std::string();
}

std::optional<Time> time_at(const json::object& o, std::string_view key) {
  const auto time = parse_iso8601(text_at(o, key));
  return time ? std::optional(*time) : std::nullopt;
}

std::optional<double> number_at(const json::object& o, std::string_view key) {
  const auto* v = o.if_contains(key);
  boost::system::error_code wrong;
  const double number = v == nullptr ? NAN : v->to_number<double>(wrong);
  return wrong || !std::isfinite(number) ? std::nullopt : std::optional(number);
}

// Sorted by name, each once, as a signature must be.
std::vector<SignatureSignal> signals_of(const json::object& o) {
  std::vector<SignatureSignal> out;
  const auto* list = o.if_contains("signals");
  if (list == nullptr || !list->is_array()) return out;
  for (const auto& item : list->get_array()) {
    if (!item.is_object() || out.size() >= kSignalsMax) continue;
    const auto& signal = item.get_object();
    const auto name = text_at(signal, "name");
    const auto spreads = number_at(signal, "spreads");
    if (name.empty() || !spreads) continue;
    SignatureSignal s{name, *spreads, std::nullopt};
    const auto onset_s = number_at(signal, "onset_s");
    constexpr double kOnsetMax_s = 1e9;
    if (onset_s && std::abs(*onset_s) < kOnsetMax_s) s.onset_s = static_cast<std::int64_t>(*onset_s);
    out.push_back(std::move(s));
  }
  std::ranges::stable_sort(out, {}, &SignatureSignal::name);
  const auto same = [](const SignatureSignal& a, const SignatureSignal& b) { return a.name == b.name; };
  out.erase(std::unique(out.begin(), out.end(), same), out.end());
  return out;
}

// One line a signal, so that a difference between two cases is one of lines.
std::string line_of(const SignatureSignal& s) {
  return fmt::format("    {{\"name\": {}, \"spreads\": {}{}}}", json::serialize(json::value_from(s.name)),
                     s.spreads, s.onset_s ? fmt::format(", \"onset_s\": {}", *s.onset_s) : "");
}

template <class Value>
std::string member(std::string_view key, const Value& value) {
  return fmt::format("  \"{}\": {},\n", key, json::serialize(json::value_from(value)));
}

}  // namespace

std::string write_case(const PastCase& past) {
  std::string out = "{\n" + member("form", kForm) + member("version", kVersion) + member("id", past.id) +
                    member("system", past.system) + member("cause", past.cause) +
                    member("hypothesis", past.hypothesis) + member("severity", past.severity);
  out += member("window",
                json::object{{"start", format_utc(past.window.start)}, {"end", format_utc(past.window.end)}});
  out += member("onset", past.onset ? json::value(format_utc(*past.onset)) : json::value(nullptr));
  out += "  \"signals\": [\n";
  for (std::size_t i = 0; i < past.signature.signals.size(); ++i)
    out += (i == 0 ? "" : ",\n") + line_of(past.signature.signals[i]);
  return out + "\n  ]\n}\n";
}

Result<PastCase> read_case(std::string_view text) {
  if (text.size() > kCaseBytesMax)
    return fail(ErrorCode::kInput, fmt::format("is larger than a case, {} bytes", kCaseBytesMax));
  boost::system::error_code wrong;
  const auto value = json::parse(text, wrong);
  const auto* o = wrong ? nullptr : value.if_object();
  if (o == nullptr || text_at(*o, "form") != kForm) return fail(ErrorCode::kInput, "is no remembered case");
  const auto version = number_at(*o, "version");
  if (!version || *version != kVersion)
    return fail(ErrorCode::kDamaged, "is a case of another version of this program", "",
                "Remember the incident again, or use the version that wrote it.");
  PastCase out;
  out.id = text_at(*o, "id");
  out.system = text_at(*o, "system");
  out.cause = text_at(*o, "cause");
  out.hypothesis = text_at(*o, "hypothesis");
  out.severity = text_at(*o, "severity");
  out.onset = time_at(*o, "onset");
  out.signature.signals = signals_of(*o);
  const auto* window = o->if_contains("window");
  const auto* bounds = window == nullptr ? nullptr : window->if_object();
  const auto start = bounds == nullptr ? std::nullopt : time_at(*bounds, "start");
  const auto end = bounds == nullptr ? std::nullopt : time_at(*bounds, "end");
  if (out.id.empty() || out.cause.empty() || !start || !end || *end <= *start ||
      out.signature.signals.empty())
    return fail(ErrorCode::kInput, "is a case without id, cause, window or signals");
  out.window = {*start, *end};
  out.digest = to_hex(sha256(text));
  return out;
}

}  // namespace culprit
