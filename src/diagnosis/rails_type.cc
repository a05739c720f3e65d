#include "diagnosis/rails_type.h"

#include <algorithm>

#include "engine/stamp_form.h"
#include "logs/ruby_line.h"

namespace culprit {

namespace {

using engine::VariableKind;
using Kind = RailsLine::Kind;

constexpr std::uint64_t kLetterBits = 0x8888888888888888;

// A hex digit that is none of a-f.
bool has_digit(const engine::Uuid& uuid) {
  const auto letters = [](std::uint64_t v) { return v & ((v << 1) | (v << 2)) & kLetterBits; };
  return letters(uuid.high) != kLetterBits || letters(uuid.low) != kLetterBits;
}

int status_of(std::optional<double> number) {
  return number && *number >= 100 && *number <= 599 ? static_cast<int>(*number) : 0;
}

}  // namespace

// Follows parse_rails_line() over the sample and gives up wherever a variable could lead it another way.
class RailsType::Maker {
 public:
  Maker(TypeRows& rows, const TypeSample& sample) : rows_(rows), sample_(sample), text_(sample.text) {}

  Result<bool> make(RailsType& out) {
    if (!is_one_line(sample_) || text_.ends_with('\r')) return false;
    auto header = take_header(out);
    if (!header || !*header) return header;
    out.line_ = parse_rails_line(text_);
    keep_static(out);
    switch (out.line_.kind) {
      case Kind::kStarted:
        return started(out);
      case Kind::kProcessing:
        return processing(out);
      case Kind::kCompleted:
        return completed(out);
      case Kind::kOther:
        return other(out);
      default:
        return false;
    }
  }

 private:
  // "I, [2025-08-21T22:00:00.008530 #1]  INFO -- : [3978b733-27ed-49f1-acdc-41a739d1534b] "
  Result<bool> take_header(RailsType& out) {
    const auto& variables = sample_.variables;
    if (variables.size() < 2) return false;
    const auto& stamp = variables[0];
    const auto layout = static_cast<engine::StampLayout>(stamp.form & 15U);
    if (stamp.begin != 4 || stamp.kind != VariableKind::kStamp || stamp.form == engine::kAnyForm ||
        (layout != engine::StampLayout::kDash && layout != engine::StampLayout::kDashT) ||
        text_.substr(stamp.end, 2) != " #")
      return false;
    // Between the stamp and the tag nothing varies but the process.
    std::size_t next = 1;
    if (variables[1].kind == VariableKind::kNumber && variables[1].begin == stamp.end + 2) ++next;
    if (next == variables.size()) return false;
    const auto& tag = variables[next];
    const auto ruby = parse_ruby_line(text_);
    if (!ruby || tag.kind != VariableKind::kUuid) return false;
    const auto body = static_cast<std::size_t>(ruby->body.data() - text_.data());
    const auto bracket = text_.find(']', stamp.end);
    if (bracket > tag.begin || (next == 2 && variables[1].end != bracket)) return false;
    body_ = tag.end + 2;
    if (body + 1 != tag.begin || text_[body] != '[' || text_.substr(tag.end, 2) != "] ") return false;
    static_end_ = next + 1 < variables.size() ? variables[next + 1].begin : text_.size();
    if (static_end_ == body_ || text_[body_] == '[') return false;
    auto near = rows_.stamps_near(sample_.type, stamp.slot);
    if (!near || !*near) return near;
    const auto ids = rows_.column(sample_.type, tag.slot);
    if (!ids) return tl::unexpected(ids.error());
    out.id_column_ = *ids;
    if (auto loaded = rows_.load_uuids(); !loaded) return tl::unexpected(loaded.error());
    return true;
  }

  static void keep_static(RailsType& out) {
    out.level_ = out.line_.level;
    out.method_ = out.line_.method;
  }

  std::size_t place_of(std::string_view part) const {
    return static_cast<std::size_t>(part.data() - text_.data());
  }

  // Static from the body's start up to there.
  bool is_static_to(std::size_t end) const { return end <= static_end_; }

  bool plain_between(std::size_t begin, std::size_t end) const {
    return std::ranges::all_of(sample_.variables_in(begin, end), is_plain);
  }

  Result<bool> take_text(std::size_t begin, std::size_t end, TypeText& into) {
    auto text = rows_.text(sample_, begin, end);
    if (!text) return tl::unexpected(text.error());
    if (!*text) return false;
    into = std::move(**text);
    return true;
  }

  // Started GET "/api/v1/accounts/1/conversations?page=1" for …: what follows the path is not looked at.
  Result<bool> started(RailsType& out) {
    const auto begin = place_of(out.line_.path);
    const auto end = begin + out.line_.path.size();
    if (!is_static_to(begin) || !plain_between(begin, end) || !sample_.variables_in(end, end + 1).empty())
      return false;
    return take_text(begin, end, out.path_);
  }

  // Processing by Api::V1::Accounts::ConversationsController#index as JSON
  Result<bool> processing(RailsType& out) {
    const auto begin = place_of(out.line_.endpoint);
    const auto end = begin + out.line_.endpoint.size();
    if (!is_static_to(begin) || !plain_between(begin, end) || !sample_.variables_in(end, end + 1).empty())
      return false;
    const auto hash = begin + out.line_.endpoint.find('#');
    if (!sample_.variables_in(hash, hash + 1).empty()) return false;
    return take_text(begin, end, out.endpoint_);
  }

  Result<bool> take_number(std::size_t begin, TypeNumber& into) {
    auto number = TypeNumber::at(rows_, sample_, begin);
    if (!number) return tl::unexpected(number.error());
    if (!*number) return false;
    into = **number;
    return true;
  }

  // Completed 200 OK in 35ms (Views: 0.2ms | ActiveRecord: 28.0ms | Allocations: 50207): words are found by
  // their letters, which numbers do not have.
  Result<bool> completed(RailsType& out) {
    constexpr std::string_view kCompleted = "Completed ";
    if (!is_static_to(body_ + kCompleted.size())) return false;
    for (const auto& v : sample_.variables_in(body_, text_.size()))
      if (v.kind != VariableKind::kNumber) return false;
    const auto body = text_.substr(body_);
    const auto in = body.find(" in ");
    std::vector<std::pair<std::size_t, TypeNumber*>> numbers{{body_ + kCompleted.size(), &out.status_},
                                                             {body_ + in + 4, &out.duration_}};
    const auto open = body.find('(', in);
    for (const auto& [name, into] :
         {std::pair<std::string_view, TypeNumber*>{"ActiveRecord: ", &out.database_},
          {"Views: ", &out.view_}})
      if (const auto at = open == body.npos ? open : body.find(name, open); at != body.npos)
        numbers.emplace_back(body_ + at + name.size(), into);
    for (const auto& [begin, into] : numbers) {
      auto taken = take_number(begin, *into);
      if (!taken || !*taken) return taken;
    }
    return true;
  }

  // Another line of the request: what makes it none of the known ones is static.
  Result<bool> other(RailsType& out) {
    const auto body = text_.substr(body_, static_end_ - body_);
    for (const std::string_view word :
         {"Started ", "Processing by ", "Completed ", "source=rack-timeout", "{", "method="}) {
      const auto size = std::min(word.size(), body.size());
      if (body.substr(0, size) == word.substr(0, size)) return false;
    }
    return !out.level_.empty() && out.level_ != "FATAL" && out.level_ != "ERROR";
  }

  TypeRows& rows_;
  const TypeSample& sample_;
  const std::string_view text_;
  std::size_t body_ = 0;        // behind the tag
  std::size_t static_end_ = 0;  // the first variable behind it, or the end
};

Result<std::optional<RailsType>> RailsType::of(TypeRows& rows, std::uint32_t type) {
  if (rows.rows_of_type(type) < kTypeRowsMin) return std::nullopt;
  const auto sample = rows.sample(type);
  if (!sample) return tl::unexpected(sample.error());
  RailsType out;
  auto made = Maker(rows, *sample).make(out);
  if (!made) return tl::unexpected(made.error());
  if (!*made) return std::nullopt;
  out.line_.remote_ip = {};
  out.line_.pid = 0;
  return out;
}

const RailsLine* RailsType::line(const TypeRows& rows, std::size_t row) {
  const auto id = rows.uuid(row, *id_column_);
  if (!id || !has_digit(*id)) return nullptr;
  id_.clear();
  engine::render_uuid(*id, id_);
  line_.id = id_;
  line_.level = level_;
  const auto rank = rows.rank(row);
  switch (line_.kind) {
    case Kind::kStarted:
      line_.method = method_;
      line_.path = path_.in(rank, path_scratch_);
      break;
    case Kind::kProcessing:
      line_.endpoint = endpoint_.in(rank, endpoint_scratch_);
      break;
    case Kind::kCompleted:
      line_.status = status_of(status_.in(rank));
      line_.duration_ms = duration_.in(rank);
      line_.database_ms = database_.in(rank);
      line_.view_ms = view_.in(rank);
      if (!line_.duration_ms) return nullptr;
      break;
    default:
      break;
  }
  return &line_;
}

}  // namespace culprit
