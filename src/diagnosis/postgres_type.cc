#include "diagnosis/postgres_type.h"

#include <algorithm>

#include "engine/stamp_form.h"
#include "logs/postgres_line.h"
#include "logs/postgres_record.h"
#include "logs/sql_tokens.h"

namespace culprit {

namespace {

using engine::VariableKind;

constexpr std::size_t kElementBytesMax = 12;  // nine digits and a separator
constexpr std::uint16_t kStampComma = 128;    // of a stamp's form

bool is_error_level(std::string_view level) {
  return level == "ERROR" || level == "FATAL" || level == "PANIC";
}

bool is_integer(const TypeSample::Variable& v) {
  return v.kind == VariableKind::kNumber && v.form != engine::kAnyForm && engine::scale_of(v.form) == 0;
}

// Cannot end a string in quotes, nor an array in it, nor add an element to one.
bool fits_in_string(const TypeSample::Variable& v) {
  if (v.kind == VariableKind::kStamp) return v.form != engine::kAnyForm && (v.form & kStampComma) == 0;
  return is_plain(v);
}

}  // namespace

// Follows PostgresAssembler, parse_postgres() and the statement's tokens over the sample, and gives up
// wherever a variable could lead them another way.
class PostgresType::Maker {
 public:
  Maker(TypeRows& rows, const TypeSample& sample) : rows_(rows), sample_(sample), text_(sample.text) {}

  Result<bool> make(PostgresType& out) {
    if (text_.empty() || text_.back() == '\n' || text_.back() == '\r' || postgres_record_as_stderr(text_))
      return false;
    if (std::ranges::any_of(sample_.variables, may_break_line)) return false;
    auto first = take_prefix(0, out);
    if (!first || !*first) return first;
    if (continues_) return false;
    const auto entry = parse_postgres(text_);
    if (!entry) return false;
    auto taken = take_entry(*entry, out);
    if (!taken || !*taken) return taken;
    auto bounded = take_bound(out);
    if (!bounded || !*bounded) return bounded;
    // What was understood is what parsing says of the first row.
    return out.pid(0) == entry->pid && out.bytes_max(0) >= text_.size() &&
           (out.kind_ != Kind::kDuration || out.duration_.in(0) == entry->duration_ms) &&
           (out.kind_ == Kind::kNothing || out.in_list(0) == in_list_size(entry->statement).largest);
  }

 private:
  std::size_t place_of(std::string_view part) const {
    return static_cast<std::size_t>(part.data() - text_.data());
  }

  // "2025-08-21 22:00:00 UTC:10.0.1.2(48834):chatwoot@chatwoot_production:[10017]:LOG:  " at the start of a
  // line, which varies in its stamp, addresses and numbers only, the process in brackets being one of them.
  Result<bool> take_prefix(std::size_t begin, PostgresType& out) {
    const auto* stamp = sample_.variable_at(begin);
    const auto line = parse_postgres_line(text_.substr(begin, text_.find('\n', begin) - begin));
    if (stamp == nullptr || !line || line->pid_text.empty()) return false;
    const auto layout = static_cast<engine::StampLayout>(stamp->form & 15U);
    if (stamp->kind != VariableKind::kStamp || stamp->form == engine::kAnyForm ||
        (layout != engine::StampLayout::kDash && layout != engine::StampLayout::kDashT))
      return false;
    const auto level = place_of(line->level);
    body_ = place_of(line->body);
    continues_ = line->continues;
    if (!sample_.variables_in(level - 1, body_).empty()) return false;
    std::size_t at = stamp->end;
    std::string fixed;  // static text of the prefix behind its stamp
    for (const auto& v : sample_.variables_in(stamp->end, level)) {
      if (!is_integer(v) && v.kind != VariableKind::kIp) return false;
      fixed += text_.substr(at, v.begin - at);
      at = v.end;
    }
    fixed += text_.substr(at, level - at);
    if (std::ranges::count(fixed, '[') != 1 || fixed.find_first_of("=,\"") != fixed.npos) return false;
    Process process;
    const auto pid = place_of(line->pid_text);
    const auto pid_end = pid + line->pid_text.size();
    if (text_[pid - 1] != '[' || text_[pid_end] != ']') return false;
    if (const auto varying = sample_.variables_in(pid, pid_end); !varying.empty()) {
      if (varying.front().begin != pid || varying.front().end != pid_end) return false;
      const auto column = rows_.column(sample_.type, varying.front().slot);
      if (!column) return tl::unexpected(column.error());
      process.column = *column;
    }
    process.pid = line->pid;
    out.processes_.push_back(process);
    return rows_.stamps_near(sample_.type, stamp->slot);
  }

  Result<bool> take_entry(const PostgresEntry& entry, PostgresType& out) {
    const bool one_line = text_.find('\n') == text_.npos;
    switch (entry.kind) {
      case PostgresKind::kDuration:
        out.kind_ = Kind::kDuration;
        return one_line && take_duration(entry, out);
      case PostgresKind::kStatementTimeout:
        out.kind_ = Kind::kStatementTimeout;
        return take_timeout(entry, out);
      case PostgresKind::kCheckpoint:
      case PostgresKind::kAutovacuum:
      case PostgresKind::kTempFile:
      case PostgresKind::kConnection:
      case PostgresKind::kOther:
        // Rules of kinds are words, which numbers and addresses cannot make.
        return one_line && !is_error_level(entry.level) && entry.statement.empty() &&
               std::ranges::all_of(sample_.variables_in(body_, text_.size()), [](const auto& v) {
                 return v.kind == VariableKind::kNumber || v.kind == VariableKind::kIp;
               });
      default:
        return false;
    }
  }

  // "duration: 81.664 ms  statement: UPDATE …", "duration: 0.025 ms  execute <unnamed>: SELECT …"
  Result<bool> take_duration(const PostgresEntry& entry, PostgresType& out) {
    constexpr std::string_view kDuration = "duration: ";
    const auto number = body_ + kDuration.size();
    const auto unit = text_.find(" ms", number);
    if (is_error_level(entry.level) || entry.statement.empty() || unit == text_.npos) return false;
    auto duration = TypeNumber::at(rows_, sample_, number);
    if (!duration) return tl::unexpected(duration.error());
    const auto* varying = sample_.variable_at(number);
    if (!*duration || !sample_.variables_in(body_, number).empty() ||
        (varying != nullptr ? varying->end != unit : !sample_.variables_in(number, unit).empty()))
      return false;
    out.duration_ = **duration;
    const auto what = text_.substr(unit + 3);
    if (what.starts_with("  plan:")) return false;
    const auto statement = place_of(entry.statement);
    // A name such as a1 may vary in its number.
    for (const auto& v : sample_.variables_in(unit, statement))
      if (!is_integer(v)) return false;
    return take_statement(statement, out);
  }

  // "ERROR:  canceling statement due to statement timeout" and on the next line the statement.
  Result<bool> take_timeout(const PostgresEntry& entry, PostgresType& out) {
    const auto line_end = text_.find('\n');
    if (line_end == text_.npos || text_.find('\n', line_end + 1) != text_.npos || entry.level != "ERROR" ||
        entry.statement.empty() || !sample_.variables_in(body_, line_end + 1).empty())
      return false;
    auto second = take_prefix(line_end + 1, out);
    if (!second || !*second) return second;
    const auto line = parse_postgres_line(text_.substr(line_end + 1));
    if (!line || line->level != "STATEMENT" || place_of(entry.statement) != body_) return false;
    return take_statement(body_, out);
  }

  // Each variable is all or part of a literal, so that all rows have one shape; lists are those of IN.
  Result<bool> take_statement(std::size_t begin, PostgresType& out) {
    const auto sql = text_.substr(begin);
    std::string without_lists;
    std::size_t at = begin;
    for (const auto& v : sample_.variables_in(begin, text_.size())) {
      if (v.kind != VariableKind::kList) continue;
      auto sizes = rows_.list_sizes(sample_.type, v.slot);
      if (!sizes) return tl::unexpected(sizes.error());
      out.lists_.push_back(*sizes);
      without_lists += text_.substr(at, v.begin - at);
      without_lists += '0';
      at = v.end;
    }
    without_lists += text_.substr(at);
    out.static_in_list_ = in_list_size(without_lists).largest;
    return literals_only(begin, sql);
  }

  bool literals_only(std::size_t begin, std::string_view sql) const {
    auto open = sample_.variables_in(begin, text_.size());
    if (!open.empty() && open.front().begin < begin) return false;
    SqlTokens tokens(sql);
    SqlToken before, before_that;
    for (auto token = tokens.next(); token.kind != SqlToken::Kind::kEnd; token = tokens.next()) {
      if (token.cut) return false;
      const auto first = place_of(token.text);
      const auto last = first + token.text.size();
      while (!open.empty() && open.front().begin < last) {
        const auto& v = open.front();
        if (v.begin < first) return false;  // in what tokens leave out
        if (v.kind == VariableKind::kList) {
          if (!is_in_list(v, first, before, before_that)) return false;
          skip_to(tokens, v.end);
          open = open.subspan(1);
          break;
        }
        if (!is_literal(v, token, first, last)) return false;
        open = open.subspan(1);
      }
      before_that = before;
      before = token;
    }
    return open.empty();
  }

  // Numbers and parameters as a whole, strings in part.
  bool is_literal(const TypeSample::Variable& v, const SqlToken& token, std::size_t first,
                  std::size_t last) const {
    if (v.end > last) return false;
    if (token.kind == SqlToken::Kind::kNumber)
      return v.kind == VariableKind::kNumber && v.begin == first && v.end == last;
    if (token.kind == SqlToken::Kind::kParameter)
      return is_integer(v) && v.begin == first + 1 && v.end == last;
    return token.kind == SqlToken::Kind::kString && token.text.starts_with('\'') && fits_in_string(v);
  }

  // "IN (" before the list, ")" behind it. `first` is where the list's first token begins.
  bool is_in_list(const TypeSample::Variable& v, std::size_t first, const SqlToken& before,
                  const SqlToken& before_that) const {
    const bool parameters = v.begin == first + 1 && text_[first] == '$';
    return v.form != engine::kAnyForm && (v.form >= 2) == parameters && (parameters || v.begin == first) &&
           before.is('(') && before_that.is_word("in") && v.end < text_.size() && text_[v.end] == ')';
  }

  void skip_to(SqlTokens& tokens, std::size_t end) const { tokens = SqlTokens(text_.substr(end)); }

  Result<bool> take_bound(PostgresType& out) {
    out.bytes_max_ = text_.size();
    for (const auto& v : sample_.variables) {
      if (v.kind == VariableKind::kList) continue;
      if (v.kind != VariableKind::kWord) {
        out.bytes_max_ += engine::longest_text(v.kind);
        continue;
      }
      const auto column = rows_.column(sample_.type, v.slot);
      if (!column) return tl::unexpected(column.error());
      std::uint32_t longest = engine::kHexDigitsMax;
      const auto begins = (*column)->word.begins();
      for (std::size_t i = 1; i < begins.size(); ++i) longest = std::max(longest, begins[i] - begins[i - 1]);
      out.bytes_max_ += longest;
    }
    return true;
  }

  TypeRows& rows_;
  const TypeSample& sample_;
  const std::string_view text_;
  std::size_t body_ = 0;  // behind the level of the prefix taken last
  bool continues_ = false;
};

Result<std::optional<PostgresType>> PostgresType::of(TypeRows& rows, std::uint32_t type) {
  if (rows.rows_of_type(type) < kTypeRowsMin) return std::nullopt;
  const auto sample = rows.sample(type);
  if (!sample) return tl::unexpected(sample.error());
  PostgresType out;
  auto made = Maker(rows, *sample).make(out);
  if (!made) return tl::unexpected(made.error());
  if (!*made) return std::nullopt;
  return out;
}

std::optional<std::int64_t> PostgresType::pid(std::uint64_t rank) const {
  const auto pid = processes_.front().in(rank);
  for (const auto& other : processes_)
    if (other.in(rank) != pid) return std::nullopt;
  return pid;
}

std::size_t PostgresType::bytes_max(std::uint64_t rank) const {
  std::size_t out = bytes_max_;
  for (const auto& sizes : lists_) out += sizes[rank] * kElementBytesMax;
  return out;
}

std::uint64_t PostgresType::in_list(std::uint64_t rank) const {
  std::uint64_t out = static_in_list_;
  for (const auto& sizes : lists_) out = std::max(out, sizes[rank]);
  return out;
}

}  // namespace culprit
