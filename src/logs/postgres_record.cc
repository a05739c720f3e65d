#include "logs/postgres_record.h"

#include <algorithm>
#include <array>

#include "logs/json_fields.h"

namespace culprit {

namespace {

constexpr std::size_t kTextBytesMax = 1024 * 1024;
constexpr std::string_view kRecordLevels[] = {"LOG",    "ERROR",  "FATAL", "PANIC",  "WARNING",
                                              "NOTICE", "INFO",   "DEBUG", "DEBUG1", "DEBUG2",
                                              "DEBUG3", "DEBUG4", "DEBUG5"};

bool is_level(std::string_view word) {
  return std::ranges::find(kRecordLevels, word) != std::end(kRecordLevels);
}

bool all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// The fields of one CSV record, raw.
class CsvFields {
 public:
  explicit CsvFields(std::string_view text) : text_(text) {}

  // False at the end of the record. A quoted field that never closes, or bytes behind a closing quote, set
  // malformed(); the field is then what was read.
  bool next(std::string_view& field, bool& quoted) {
    if (done_) return false;
    quoted = at_ < text_.size() && text_[at_] == '"';
    if (quoted) {
      field = take_quoted();
    } else {
      const auto end = std::min(text_.find_first_of(",\n", at_), text_.size());
      field = text_.substr(at_, end - at_);
      at_ = end;
    }
    done_ = at_ >= text_.size() || text_[at_] != ',';
    if (!done_) ++at_;
    return true;
  }
  bool malformed() const { return malformed_; }

 private:
  std::string_view take_quoted() {
    const auto begin = ++at_;
    for (;;) {
      const auto quote = text_.find('"', at_);
      if (quote == std::string_view::npos) {
        malformed_ = true;
        at_ = text_.size();
        return text_.substr(begin);
      }
      at_ = quote + 1;
      if (at_ < text_.size() && text_[at_] == '"') {
        ++at_;
        continue;
      }
      malformed_ |= at_ < text_.size() && text_[at_] != ',' && text_[at_] != '\n' && text_[at_] != '\r';
      return text_.substr(begin, quote - begin);
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool done_ = false;
  bool malformed_ = false;
};

std::string unquoted(std::string_view field) {
  std::string out;
  out.reserve(std::min(field.size(), kTextBytesMax));
  for (std::size_t i = 0; i < field.size() && out.size() < kTextBytesMax; ++i) {
    out += field[i];
    if (field[i] == '"' && i + 1 < field.size() && field[i + 1] == '"') ++i;
  }
  return out;
}

// The columns that an entry needs, by their place in the record.
enum Column : std::size_t {
  kTime = 0,
  kUser = 1,
  kDatabase = 2,
  kProcess = 3,
  kRemote = 4,
  kSessionLine = 6,
  kLevel = 11,
  kMessage = 13,
  kDetail = 14,
  kHint = 15,
  kInternalQuery = 16,
  kInternalPosition = 17,
  kContext = 18,
  kStatement = 19,
  kPosition = 20,
  kColumns = 21,
};
using Record = std::array<std::string, kColumns>;

std::optional<Record> read_csv_record(std::string_view text) {
  Record out;
  CsvFields fields(text);
  std::string_view field;
  bool quoted = false;
  std::size_t column = 0;
  for (; column < kColumns && fields.next(field, quoted); ++column) out[column] = unquoted(field);
  if (column <= kMessage || !is_level(out[kLevel])) return std::nullopt;
  return out;
}

std::optional<Record> read_json_record(std::string_view text) {
  struct Named {
    std::string_view key;
    Column column;
  };
  static constexpr Named kNames[] = {{"timestamp", kTime},
                                     {"user", kUser},
                                     {"dbname", kDatabase},
                                     {"pid", kProcess},
                                     {"remote_host", kRemote},
                                     {"error_severity", kLevel},
                                     {"message", kMessage},
                                     {"detail", kDetail},
                                     {"hint", kHint},
                                     {"internal_query", kInternalQuery},
                                     {"internal_position", kInternalPosition},
                                     {"context", kContext},
                                     {"statement", kStatement},
                                     {"cursor_position", kPosition}};
  Record out;
  std::string port;
  JsonMembers members(text);
  JsonMember member;
  for (int i = 0; i < 64 && members.next(member); ++i) {
    if (member.key == "remote_port") port = json_text(member.value, 64);
    for (const auto& name : kNames)
      if (name.key == member.key) out[name.column] = json_text(member.value, kTextBytesMax);
  }
  if (!is_level(out[kLevel]) || out[kTime].empty()) return std::nullopt;
  if (!out[kRemote].empty() && !port.empty()) out[kRemote] += ':' + port;
  return out;
}

// Names inside of the prefix must not look like parts of it.
std::string name_in_prefix(std::string_view name) {
  std::string out(name.substr(0, 256));
  for (char& c : out)
    if (static_cast<unsigned char>(c) <= ' ' ||
        std::string_view(":@,/[]=\"").find(c) != std::string_view::npos)
      c = '_';
  return out;
}

// "10.0.1.5:43210" as the stderr log writes it: "10.0.1.5(43210)".
std::string remote_in_prefix(std::string_view remote) {
  if (remote == "[local]") return std::string(remote);
  const auto colon = remote.rfind(':');
  if (colon == std::string_view::npos || !all_digits(remote.substr(colon + 1))) return name_in_prefix(remote);
  return name_in_prefix(remote.substr(0, colon)) + '(' + std::string(remote.substr(colon + 1)) + ')';
}

void put_lines(std::string& out, std::string_view prefix, std::string_view level, std::string_view text) {
  if (!out.empty()) out += '\n';
  out += prefix;
  out += level;
  out += ":  ";
  for (const char c : text) {
    if (c == '\r') continue;
    out += c;
    if (c == '\n') out += '\t';
  }
}

// The stderr log adds where in the statement an error was found.
std::string with_position(const Record& r) {
  for (const auto& position : {r[kPosition], r[kInternalPosition]})
    if (all_digits(position) && position.size() < 10 && position != "0")
      return r[kMessage] + " at character " + position;
  return r[kMessage];
}

}  // namespace

std::optional<PostgresCsvStart> postgres_csv_start(std::string_view line, Time year_hint) {
  if (line.size() < 32 || line[0] < '0' || line[0] > '9') return std::nullopt;
  const auto stamp = parse_stamp(line, year_hint);
  if (!stamp || stamp->size >= line.size() || line[stamp->size] != ',') return std::nullopt;
  PostgresCsvStart out;
  out.stamp = *stamp;
  CsvFields fields(line);
  std::string_view field;
  bool quoted = false;
  for (std::size_t column = 0; column <= kLevel; ++column) {
    if (!fields.next(field, quoted) || fields.malformed()) return std::nullopt;
    if (column == kTime && quoted) return std::nullopt;
    if ((column == kProcess || column == kSessionLine) && !all_digits(field)) return std::nullopt;
    out.certain |= quoted && !field.empty();
  }
  if (!is_level(field)) return std::nullopt;
  out.level = field;
  return out;
}

bool csv_quote_open(std::string_view text, bool open) {
  return open != (std::count(text.begin(), text.end(), '"') % 2 != 0);
}

bool is_postgres_json(std::string_view line) {
  if (line.empty() || line[0] != '{') return false;
  const auto level = json_plain(json_member(line, "error_severity"));
  return level && is_level(*level) && !json_member(line, "timestamp").empty();
}

std::optional<std::string> postgres_record_as_stderr(std::string_view text) {
  if (text.empty()) return std::nullopt;
  std::optional<Record> record;
  if (text[0] == '{')
    record = is_postgres_json(text) ? read_json_record(text) : std::nullopt;
  else if (postgres_csv_start(text.substr(0, text.find('\n'))))
    record = read_csv_record(text);
  if (!record) return std::nullopt;
  const Record& r = *record;
  const auto stamp = parse_stamp(r[kTime], Time{});
  if (!stamp) return std::nullopt;
  const std::string process = all_digits(r[kProcess]) ? r[kProcess].substr(0, 10) : "0";
  const std::string prefix = r[kTime].substr(0, stamp->size) + ':' + remote_in_prefix(r[kRemote]) + ':' +
                             name_in_prefix(r[kUser]) + '@' + name_in_prefix(r[kDatabase]) + ":[" + process +
                             "]:";
  std::string out;
  put_lines(out, prefix, r[kLevel], with_position(r));
  if (!r[kDetail].empty()) put_lines(out, prefix, "DETAIL", r[kDetail]);
  if (!r[kHint].empty()) put_lines(out, prefix, "HINT", r[kHint]);
  if (!r[kInternalQuery].empty()) put_lines(out, prefix, "QUERY", r[kInternalQuery]);
  if (!r[kContext].empty()) put_lines(out, prefix, "CONTEXT", r[kContext]);
  if (!r[kStatement].empty()) put_lines(out, prefix, "STATEMENT", r[kStatement]);
  return out;
}

}  // namespace culprit
