#include "causes/signal_meaning.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <string>
#include <vector>

namespace culprit {

namespace {

// "HTTPRequestDuration_ms(p99)" -> http request duration ms p99; '%' is a word.
std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  const auto end = [&] {
    if (!word.empty()) words.push_back(std::move(word));
    word.clear();
  };
  const auto lower = [](char c) { return std::islower(static_cast<unsigned char>(c)) != 0; };
  const auto upper = [](char c) { return std::isupper(static_cast<unsigned char>(c)) != 0; };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '%') {
      end();
      words.emplace_back("%");
    } else if (std::isalnum(static_cast<unsigned char>(c)) == 0) {
      end();
    } else {
      const bool hump =
          upper(c) && i > 0 &&
          (lower(text[i - 1]) || (i + 1 < text.size() && lower(text[i + 1]) && upper(text[i - 1])));
      if (hump) end();
      word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
  }
  end();
  return words;
}

class Words {
 public:
  Words(std::string_view name, std::string_view unit) : words_(words_of(name)) {
    for (auto& w : words_of(unit)) words_.push_back(std::move(w));
  }
  bool any(std::initializer_list<std::string_view> wanted) const {
    return std::any_of(words_.begin(), words_.end(), [&](const std::string& w) {
      return std::find(wanted.begin(), wanted.end(), w) != wanted.end();
    });
  }

 private:
  std::vector<std::string> words_;
};

constexpr std::array<std::string_view, 18> kStatistics = {
    "average", "avg", "mean", "p50", "median",  "p75", "p80",     "p90", "p95",
    "p98",     "p99", "p999", "max", "maximum", "min", "minimum", "sum", "count"};

double seconds_of_unit(const Words& words) {
  if (words.any({"ms", "millis", "milliseconds", "msec"})) return 1e-3;
  if (words.any({"us", "micros", "microseconds", "usec"})) return 1e-6;
  if (words.any({"ns", "nanos", "nanoseconds", "nsec"})) return 1e-9;
  if (words.any({"minutes"})) return 60;
  return 1;
}

SignalMeaning share(const Words& words, bool of_successes) {
  const double whole = words.any({"%", "percent", "percentage", "pct"}) ? 0.01 : 1;
  return {SignalKind::kFailureShare, of_successes ? -whole : whole, of_successes ? 1.0 : 0.0};
}

SignalMeaning meaning_of_words(const Words& w) {
  if (w.any({"availability", "success", "successful", "successrate", "uptime"})) {
    if (w.any({"availability", "rate", "ratio", "share", "%", "percent", "pct", "successrate", "uptime"}))
      return share(w, true);
    return {};  // a number of successes says nothing alone
  }
  if (w.any({"latency", "latencies", "duration", "responsetime", "elapsed", "rtt", "lag", "wait"}) ||
      (w.any({"response", "request", "service", "processing", "query"}) && w.any({"time"})))
    return {SignalKind::kLatency, seconds_of_unit(w), 0};
  if (w.any({"error", "errors", "failure", "failures", "failed", "fault", "faults", "exceptions", "5xx",
             "timeouts", "rejected"})) {
    if (w.any({"ratio", "share", "%", "percent", "pct"})) return share(w, false);
    return {SignalKind::kFailureCount, 1, 0};
  }
  if (w.any({"cpu", "memory", "mem", "heap", "rss", "disk", "utilization", "utilisation", "saturation",
             "connections", "threads", "goroutines", "handles", "swap", "gc", "queue", "backlog", "load"})) {
    const bool left = w.any({"free", "freeable", "available", "idle", "remaining"});
    return {SignalKind::kResource, left ? -1.0 : 1.0, 0};
  }
  if (w.any({"requests", "request", "ops", "qps", "rps", "tps", "calls", "throughput", "workload",
             "invocations", "hits", "traffic", "transactions", "messages"}) &&
      !w.any({"bytes"}))
    return {SignalKind::kTraffic, 1, 0};
  return {};
}

}  // namespace

std::string_view name_of(SignalKind kind) {
  switch (kind) {
    case SignalKind::kLatency:
      return "latency";
    case SignalKind::kFailureShare:
      return "failure share";
    case SignalKind::kFailureCount:
      return "failures";
    case SignalKind::kTraffic:
      return "traffic";
    case SignalKind::kResource:
      return "resource";
    case SignalKind::kOther:
      break;
  }
  return "other";
}

NamedMeaning meaning_of(std::string_view name, std::string_view unit) {
  const Words words(name, unit);
  NamedMeaning out{meaning_of_words(words), {}};
  for (const auto statistic : kStatistics)
    if (out.statistic.empty() && words.any({statistic})) out.statistic = statistic;
  return out;
}

SignalMeaning settle_percentage(const SignalMeaning& meaning, std::span<const Datapoint> points) {
  if (meaning.kind != SignalKind::kFailureShare || std::abs(meaning.factor) != 1) return meaning;
  const bool beyond = std::any_of(points.begin(), points.end(),
                                  [](const Datapoint& p) { return std::isfinite(p.value) && p.value > 1.0; });
  SignalMeaning out = meaning;
  if (beyond) out.factor /= 100;
  return out;
}

int latency_statistic_rank(std::string_view statistic) {
  const Words words(statistic, {});
  if (words.any({"average", "avg", "mean"})) return 0;
  if (words.any({"p50", "median"})) return 1;
  if (words.any({"p75", "p80", "p90"})) return 2;
  if (words.any({"p95"})) return 3;
  if (words.any({"p98", "p99", "p999", "max", "maximum"})) return 5;
  if (words.any({"min", "minimum", "count", "sum"})) return 6;
  return 4;  // not said
}

}  // namespace culprit
