// pattern, with diff and anomaly: templates of messages with counts, now and in an earlier window.
#include <algorithm>
#include <cmath>
#include <map>

#include "insights/lexer.h"
#include "insights/stage.h"
#include "logs/template_miner.h"

namespace culprit::insights {

namespace {

constexpr std::size_t kMinutesMax = std::size_t{1} << 20;  // counted, over all forms
constexpr double kOddness = 6;                             // times the usual spread
constexpr std::uint64_t kBurstMin = 5;

struct FormCounts {
  std::uint64_t now = 0, earlier = 0;
  std::map<std::int64_t, std::uint64_t> minutes;  // of now
};

struct PatternRow {
  std::string text, example;
  FormCounts counts;
};

// The level that a message of the pattern tells, as a word of its own.
std::string severity_of(std::string_view message) {
  static constexpr std::pair<std::string_view, std::string_view> kLevels[] = {
      {"fatal", "FATAL"},     {"critical", "CRITICAL"}, {"panic", "FATAL"},  {"error", "ERROR"},
      {"exception", "ERROR"}, {"warn", "WARN"},         {"warning", "WARN"}, {"info", "INFO"},
      {"debug", "DEBUG"},     {"trace", "TRACE"}};
  const std::string text = lower_case(message.substr(0, 2000));
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
  for (const auto& [word, level] : kLevels)
    for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
      const auto end = at + word.size();
      // "TimeoutException" is one too.
      const bool begins = word == "exception" || at == 0 || !is_letter(text[at - 1]);
      if (begins && (end >= text.size() || !is_letter(text[end]))) return std::string(level);
    }
  return "NONE";
}

// The middle of the counts of all minutes, those without the pattern among them.
double median_of(const std::map<std::int64_t, std::uint64_t>& minutes, std::int64_t span) {
  std::vector<double> counts;
  for (const auto& [minute, count] : minutes) counts.push_back(static_cast<double>(count));
  std::sort(counts.begin(), counts.end());
  const std::int64_t empty = std::max<std::int64_t>(0, span - static_cast<std::int64_t>(counts.size()));
  const std::int64_t middle = span / 2;
  return middle < empty ? 0
                        : counts[static_cast<std::size_t>(std::min<std::int64_t>(
                              middle - empty, static_cast<std::int64_t>(counts.size()) - 1))];
}

// "" for a pattern that comes as it always came.
std::string oddity_of(const FormCounts& counts, std::int64_t first_minute, std::int64_t last_minute) {
  const std::int64_t span = last_minute - first_minute + 1;
  if (counts.minutes.empty() || span < 4 || counts.now < kBurstMin) return {};
  std::uint64_t most = 0;
  for (const auto& [minute, count] : counts.minutes) most = std::max(most, count);
  const double usual = median_of(counts.minutes, span);
  const double spread = std::max(1.0, std::sqrt(usual));
  if (most >= kBurstMin && static_cast<double>(most) - usual > kOddness * spread)
    return fmt::format("{} in a minute, usually {}", most, format_number(usual));
  if (counts.minutes.begin()->first > first_minute + span / 2)
    return "new in the second half of the time range";
  return {};
}

class Pattern : public Stage {
 public:
  Pattern(Running& running, const PatternCommand& command, const std::vector<std::string>& slots, Next next)
      : Stage(std::move(next)), running_(running), command_(command), slots_(slots) {}

  bool take(Row& row) override {
    Value scratch;
    const Value& text = running_.evaluator.evaluate(command_.text, row, scratch);
    if (is_missing(text)) return true;
    std::string written;
    const auto form = miner_.add(view_of(text, written));
    if (form >= forms_.size()) forms_.resize(form + 1);
    auto& counts = forms_[form];
    if (running_.earlier) {
      ++counts.earlier;
      return true;
    }
    ++counts.now;
    if (!command_.anomaly) return true;
    const auto minute = std::chrono::floor<std::chrono::minutes>(row.time()).time_since_epoch().count();
    first_minute_ = std::min(first_minute_, minute);
    last_minute_ = std::max(last_minute_, minute);
    if (++counts.minutes[minute] == 1 && ++minutes_ > kMinutesMax)
      return running_.fail("anomaly looks at too many minutes of too many patterns; narrow the time range");
    return true;
  }

  bool finish() override {
    std::vector<PatternRow> rows = joined();
    std::uint64_t total = 0;
    for (const auto& row : rows) total += row.counts.now;
    std::stable_sort(rows.begin(), rows.end(), [](const PatternRow& a, const PatternRow& b) {
      return a.counts.now + a.counts.earlier > b.counts.now + b.counts.earlier;
    });
    Row out(running_.fields);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      out.begin_empty(i);
      put(out, rows[i], total);
      if (!pass(out)) break;
    }
    return Stage::finish();
  }

 private:
  // Forms of one template as one.
  std::vector<PatternRow> joined() const {
    const TemplateSet set = miner_.templates();
    std::vector<PatternRow> out(set.templates.size());
    for (std::size_t i = 0; i < out.size(); ++i) {
      out[i].text = set.templates[i].text;
      out[i].example = set.templates[i].example;
    }
    for (std::size_t form = 0; form < forms_.size(); ++form) {
      auto& counts = out[set.template_of_form[form]].counts;
      counts.now += forms_[form].now;
      counts.earlier += forms_[form].earlier;
      for (const auto& [minute, count] : forms_[form].minutes) counts.minutes[minute] += count;
    }
    return out;
  }

  void put(Row& out, const PatternRow& row, std::uint64_t total) {
    const auto now = static_cast<double>(row.counts.now), earlier = static_cast<double>(row.counts.earlier);
    set(out, "@pattern", row.text);
    set(out, "@ratio", total == 0 ? Value() : Value(now / static_cast<double>(total)));
    set(out, "@sampleCount", now);
    set(out, "@severityLabel", severity_of(row.example));
    if (command_.diff) {
      set(out, "@previousSampleCount", earlier);
      set(out, "@differenceCount", now - earlier);
      set(out, "@differencePercent", earlier == 0 ? Value() : Value((now - earlier) / earlier * 100));
    }
    if (command_.anomaly) {
      const std::string reason = oddity_of(row.counts, first_minute_, last_minute_);
      set(out, "@anomaly", !reason.empty());
      if (!reason.empty()) set(out, "@anomalyReason", reason);
    }
  }

  void set(Row& out, std::string_view name, Value value) const {
    const auto found = std::find(slots_.begin(), slots_.end(), name);
    if (found != slots_.end()) out.set(static_cast<Slot>(found - slots_.begin()), std::move(value));
  }

  Running& running_;
  const PatternCommand& command_;
  const std::vector<std::string>& slots_;
  TemplateMiner miner_;
  std::vector<FormCounts> forms_;
  std::int64_t first_minute_ = std::numeric_limits<std::int64_t>::max();
  std::int64_t last_minute_ = std::numeric_limits<std::int64_t>::min();
  std::size_t minutes_ = 0;
};

}  // namespace

Next pattern_stage(Running& running, const PatternCommand& command, const std::vector<std::string>& slots,
                   Next next) {
  return std::make_unique<Pattern>(running, command, slots, std::move(next));
}

}  // namespace culprit::insights
