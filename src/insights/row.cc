#include "insights/row.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "logs/json_fields.h"
#include "store/base64.h"

namespace culprit::insights {

namespace {

constexpr std::string_view kPointerMark = "culprit-event:";
constexpr std::size_t kTextOfMemberMax = std::size_t{1} << 20;

// Of a JSON value as it is written.
Value value_of(std::string_view raw) {
  if (raw == "null") return {};
  if (raw == "true") return true;
  if (raw == "false") return false;
  if (raw.starts_with('"')) return json_text(raw, kTextOfMemberMax);
  if (!raw.starts_with('{') && !raw.starts_with('[')) return std::string(raw);
  boost::system::error_code error;
  auto parsed = boost::json::parse(raw, error);
  if (error) return std::string(raw);
  return std::make_shared<const boost::json::value>(std::move(parsed));
}

bool could_be_json(std::string_view message) {
  const auto first = message.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && (message[first] == '{' || message[first] == '[');
}

}  // namespace

FieldMeanings::Field FieldMeanings::field_of(const std::string& name) {
  static constexpr std::pair<std::string_view, Kind> kOwn[] = {
      {"@timestamp", Kind::kTime},  {"@ingestionTime", Kind::kIngestion},
      {"@message", Kind::kMessage}, {"@logStream", Kind::kStream},
      {"@log", Kind::kLog},         {"@ptr", Kind::kPointer}};
  for (const auto& [own, kind] : kOwn)
    if (name == own) return {kind, {}, {}};
  std::string_view member = name;
  if (member.starts_with("@@"))
    member.remove_prefix(1);
  else if (member.starts_with('@'))
    return {Kind::kNone, {}, {}};
  Field out{Kind::kMember, std::string(member), dotted_selector(member)};
  if (out.path.size() < 2) out.path.clear();
  return out;
}

FieldMeanings::FieldMeanings(const std::vector<std::string>& names, std::string account)
    : account_(std::move(account)) {
  for (const auto& name : names) fields_.push_back(field_of(name));
}

Value FieldMeanings::find(Slot slot, const LogEventView& event, std::optional<bool>& is_json) const {
  const Field& field = fields_[slot];
  switch (field.kind) {
    case Kind::kTime:
      return event.time;
    case Kind::kIngestion:
      return event.ingestion;
    case Kind::kMessage:
      return std::string(event.message);
    case Kind::kStream:
      return std::string(event.stream);
    case Kind::kLog:
      return fmt::format("{}:{}", account_, event.group);
    case Kind::kPointer:
      return pointer_to(event.number);
    case Kind::kNone:
      return {};
    case Kind::kMember:
      break;
  }
  if (!is_json) is_json = could_be_json(event.message) && is_json_document(event.message);
  if (!*is_json) return {};
  Value out;
  const auto take = [&](std::string_view raw) {
    out = value_of(raw);
    return true;
  };
  if (select_json(event.message, {{JsonStep::Kind::kName, field.name, 0}}, take)) return out;
  if (!field.path.empty()) select_json(event.message, field.path, take);
  return out;
}

std::size_t KeptRow::bytes() const {
  std::size_t out = sizeof(KeptRow);
  for (const auto& value : values) out += bytes_of(value);
  return out;
}

void Row::begin(const LogEventView& event) {
  std::fill(known_.begin(), known_.end(), false);
  event_ = event;
  has_event_ = true;
  is_json_.reset();
  number_ = event.number;
  time_ = event.time;
  part_ = 0;
}

void Row::begin(KeptRow kept) {
  values_ = std::move(kept.values);
  std::fill(known_.begin(), known_.end(), true);
  has_event_ = false;
  number_ = kept.number;
  time_ = kept.time;
  part_ = kept.part;
}

void Row::begin_empty(std::size_t place) {
  std::fill(values_.begin(), values_.end(), Value{});
  std::fill(known_.begin(), known_.end(), true);
  has_event_ = false;
  number_ = 0;
  time_ = Time{};
  part_ = place;
}

const Value& Row::at(Slot slot) {
  if (!known_[slot]) {
    values_[slot] = has_event_ ? fields_->find(slot, event_, is_json_) : Value{};
    known_[slot] = true;
  }
  return values_[slot];
}

void Row::set(Slot slot, Value value) {
  values_[slot] = std::move(value);
  known_[slot] = true;
}

KeptRow Row::keep() {
  for (Slot slot = 0; slot < values_.size(); ++slot) (void)at(slot);
  return {values_, number_, time_, part_};
}

std::string pointer_to(EventNumber number) { return to_base64(fmt::format("{}{}", kPointerMark, number)); }

std::optional<EventNumber> read_pointer(std::string_view text) {
  const auto plain = from_base64(text);
  if (!plain || !plain->starts_with(kPointerMark)) return std::nullopt;
  const std::string_view digits = std::string_view(*plain).substr(kPointerMark.size());
  EventNumber number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc{} || end != digits.data() + digits.size() || number == 0) return std::nullopt;
  return number;
}

}  // namespace culprit::insights
