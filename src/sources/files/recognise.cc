#include "sources/files/recognise.h"

#include <fmt/format.h>

#include "base/printable.h"
#include "logs/postgres_record.h"
#include "sources/files/metrics_csv.h"

namespace culprit {

namespace {

constexpr std::size_t kFirstLineBytes = 160;

struct Magic {
  std::size_t offset;
  std::string_view bytes;
  std::string_view what;
};
constexpr Magic kMagics[] = {
    {0, {"PK\x03\x04", 4}, "a zip archive: unpack it first"},
    {0, {"BZh", 3}, "bzip2-compressed: unpack it first (bunzip2)"},
    {0,
     {"\xfd"
      "7zXZ",
      5},
     "xz-compressed: unpack it first (unxz)"},
    {0, {"\x04\x22\x4d\x18", 4}, "lz4-compressed: unpack it first (lz4 -d)"},
    {0, {"7z\xbc\xaf", 4}, "a 7z archive: unpack it first"},
    {257, {"ustar", 5}, "a tar archive: unpack it first; if it is a capsule, give it to --input alone"},
    {0, {"SQLite format 3", 15}, "a SQLite database"},
    {0, {"\xff\xfe", 2}, "text in UTF-16: convert it first (iconv -f UTF-16 -t UTF-8)"},
    {0, {"\xfe\xff", 2}, "text in UTF-16: convert it first (iconv -f UTF-16 -t UTF-8)"},
};

std::string_view without_bom(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  return text;
}

std::string_view trim_left(std::string_view text) {
  const auto at = text.find_first_not_of(" \t\r\n");
  return at == text.npos ? std::string_view{} : text.substr(at);
}

std::string_view first_line(std::string_view text) {
  auto line = text.substr(0, text.find('\n'));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// More than 2 % of bytes that no text has.
bool looks_binary(std::string_view sample) {
  std::size_t odd = 0;
  for (const char ch : sample) {
    const auto c = static_cast<unsigned char>(ch);
    odd += (c < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != 0x1b) || c == 0x7f ? 1 : 0;
  }
  return odd * 50 > sample.size();
}

// The name of the first member of the object at the front; empty when there is none.
std::string_view first_member(std::string_view object) {
  auto rest = trim_left(object.substr(1));
  if (!rest.starts_with('"')) return {};
  const auto end = rest.find('"', 1);
  return end == rest.npos ? std::string_view{} : rest.substr(1, end - 1);
}

// An object or array that is one document, as opposed to one object a line. A log line of JSON is closed on
// its own line; the CLI's answers are spread over several, or have a known first member.
std::optional<Recognised> recognise_json(std::string_view text) {
  if (text.starts_with('[')) {
    const auto inner = trim_left(text.substr(1));
    if (inner.starts_with('{') && first_member(inner) != std::string_view{})
      return Recognised{FileKind::kAwsAnswer, "saved JSON list", {}, {}, {}};
    return std::nullopt;
  }
  if (!text.starts_with('{')) return std::nullopt;
  const auto member = first_member(text);
  if (is_answer_member(member)) return Recognised{FileKind::kAwsAnswer, "saved aws answer", {}, {}, {}};
  const auto line = first_line(text);
  if (trim_left(line.substr(1)).empty())
    return Recognised{
        FileKind::kNotReadable,
        "json",
        {},
        member.empty() ? "a JSON document that is no known aws answer"
                       : fmt::format("a JSON document that is no known aws answer (its first member is '{}')",
                                     printable_text(member, 40)),
        {}};
  return std::nullopt;
}

}  // namespace

bool is_answer_member(std::string_view name) {
  static constexpr std::string_view kMembers[] = {"services",
                                                  "taskArns",
                                                  "tasks",
                                                  "clusters",
                                                  "DBInstances",
                                                  "Events",
                                                  "logGroups",
                                                  "MetricAlarms",
                                                  "CompositeAlarms",
                                                  "LogAlarms",
                                                  "Label",
                                                  "Datapoints",
                                                  "MetricDataResults",
                                                  "events",
                                                  "searchedLogStreams",
                                                  "failures",
                                                  "nextForwardToken",
                                                  "nextBackwardToken"};
  return std::ranges::find(kMembers, name) != std::end(kMembers);
}

Recognised recognise(std::string_view sample) {
  if (sample.empty()) return {FileKind::kEmpty, "empty", {}, {}, {}};
  const auto text = trim_left(without_bom(sample));
  const auto line = first_line(text);
  Recognised out;
  const auto named = [&](Recognised r) {
    r.first_line = printable_text(line, kFirstLineBytes);
    return r;
  };
  for (const auto& magic : kMagics)
    if (sample.size() > magic.offset && sample.substr(magic.offset).starts_with(magic.bytes))
      return named({FileKind::kNotReadable, "not text", {}, std::string(magic.what), {}});
  if (looks_binary(sample)) return named({FileKind::kNotReadable, "binary", {}, "binary data, not text", {}});
  if (text.empty()) return {FileKind::kEmpty, "empty", {}, "blank lines only", {}};
  if (auto json = recognise_json(text)) return named(*json);
  if (postgres_csv_start(line)) {
    return named({FileKind::kLog, "postgres-csv (csvlog)", LogFormat::kPostgresCsv, {}, {}});
  }
  switch (recognise_csv(text)) {
    case CsvKind::kMetrics:
      return named({FileKind::kMetricsCsv, "metrics csv", {}, {}, {}});
    case CsvKind::kPoints:
      return named({FileKind::kPointsCsv, "two-column csv", {}, {}, {}});
    case CsvKind::kOther:
      return named(
          {FileKind::kNotReadable,
           "csv",
           {},
           fmt::format("a CSV with another header; metrics need '{}', or two columns, timestamp and value",
                       kMetricsHeader),
           {}});
    case CsvKind::kNone:
      break;
  }
  const auto guess = detect_format(sample);
  if (guess.format == LogFormat::kUnknown) return named({FileKind::kUnknown, "unknown", {}, {}, {}});
  out.kind = FileKind::kLog;
  out.log_format = guess.format;
  out.format = std::string(to_string(guess.format));
  if (!guess.detail.empty()) out.format += fmt::format(" ({})", printable_text(guess.detail, 120));
  return named(out);
}

std::string zoned_format(std::string format, const std::optional<Zone>& zone) {
  constexpr std::string_view kAsUtc = "no zone: read as UTC";
  if (const auto at = format.find(kAsUtc); zone && at != format.npos)
    format.replace(at, kAsUtc.size(), "no zone: read as " + zone->name());
  return format;
}

}  // namespace culprit
