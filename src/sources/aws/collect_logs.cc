// Log groups by FilterLogEvents (runbook rows C1-C6): whole spans, side by side, within a budget of bytes.
#include <fmt/format.h>

#include <atomic>
#include <list>
#include <set>
#include <thread>

#include "sources/aws/answer.h"
#include "sources/aws/collection.h"
#include "sources/aws/log_chunks.h"
#include "sources/aws/log_filter.h"
#include "sources/aws/log_spool.h"

namespace culprit::aws {

namespace {

constexpr std::size_t kWorkers = 4;  // answers take about a second each: 4 at once fill 5 requests a second
constexpr std::uint64_t kFilteredShare = 10;  // a tenth of the budget is kept for lines that match patterns

struct Group {
  std::string name;
  std::string component;  // the first that names it
  std::vector<const LogPattern*> patterns;
  std::string retention;              // "30 days", or empty
  std::atomic<bool> hopeless{false};  // denied or missing: not asked again
};

struct Piece {
  Group* group = nullptr;
  Window window;
  SpanPart part = SpanPart::kBaseline;
  LogSpool::Pages pages;
  std::uint64_t events = 0;
  std::optional<Window> cut;      // what the budget left out
  std::optional<ApiError> error;  // what failed
  std::optional<Window> failed;   // from where on
  std::optional<Window> unasked;  // what an early end of the collection left out
};

// Bytes that may still be fetched.
class Budget {
 public:
  explicit Budget(std::uint64_t bytes)
      : left_(static_cast<std::int64_t>(std::min<std::uint64_t>(bytes, INT64_MAX))) {}
  bool take(std::size_t bytes) {
    return left_.fetch_sub(static_cast<std::int64_t>(bytes)) >= static_cast<std::int64_t>(bytes);
  }
  bool spent() const { return left_ <= 0; }

 private:
  std::atomic<std::int64_t> left_;
};

std::string_view part_name(SpanPart part) {
  switch (part) {
    case SpanPart::kIncident:
      return "incident window";
    case SpanPart::kTail:
      return "time after the incident";
    default:
      return "baseline";
  }
}

FetchedEvent event_of(const boost::json::object& item) {
  FetchedEvent event;
  event.time = from_epoch_ms(integer_at(item, "timestamp").value_or(0));
  event.ingestion = from_epoch_ms(integer_at(item, "ingestionTime").value_or(to_epoch_ms(event.time)));
  event.id = text_at(item, "eventId");
  event.stream = text_at(item, "logStreamName");
  event.message = text_at(item, "message");
  return event;
}

class LogCollector {
 public:
  LogCollector(Client& client, Collection& collection) : client_(client), collection_(collection) {}

  void run() {
    name_groups();
    if (groups_.empty()) return;
    describe_groups();
    auto spool = LogSpool::create();
    if (!spool) return collection_.stop(spool.error());
    spool_ = std::move(*spool);
    plan();
    const std::uint64_t most = collection_.options().max_log_bytes;
    Budget raw(most - most / kFilteredShare);
    collection_.progress().start("log pieces", pieces_.size());
    // Part after part: a long piece of the incident must not lose the budget to a quick one of the baseline.
    for (const auto part : {SpanPart::kIncident, SpanPart::kTail, SpanPart::kBaseline}) {
      std::vector<Piece*> wanted;
      for (auto& piece : pieces_)
        if (piece.part == part) wanted.push_back(&piece);
      in_parallel(wanted.size(), [&](std::size_t i) { fetch(*wanted[i], "", raw); });
    }
    Budget filtered(most / kFilteredShare);
    fetch_matches_of_cut(filtered);
    // Also after credentials expired midway: what was fetched may not be there to be asked again.
    if (!collection_.keeping()) return;
    collection_.progress().start("keeping log events", 0);
    for (auto& group : groups_) append(group);
    for (auto& group : groups_) tell_gaps(group);
  }

 private:
  void name_groups() {
    for (const auto& component : collection_.system().components) {
      if (component.log_group.empty()) continue;
      auto it = std::ranges::find(groups_, component.log_group, &Group::name);
      if (it == groups_.end()) {
        it = groups_.emplace(groups_.end());
        it->name = component.log_group;
        it->component = component.id;
      }
      for (const auto& pattern : collection_.system().patterns)
        if (pattern.component == component.id) it->patterns.push_back(&pattern);
    }
  }

  Asked asked(const Group& group, std::string operation, std::optional<Window> window) const {
    return {Service::kLogs, std::move(operation), group.name, group.component, window};
  }

  void describe_groups() {
    collection_.progress().start("log groups", groups_.size());
    for (auto& group : groups_) {
      if (!collection_.going()) return;
      bool found = false;
      const auto done =
          for_each_page(client_, Service::kLogs, "DescribeLogGroups", {{"logGroupNamePrefix", group.name}},
                        "nextToken", [&](boost::json::object& page) {
                          found = found || keep_group(group, page);
                          return !found;
                        });
      if (!done) {
        collection_.failed(asked(group, "DescribeLogGroups", std::nullopt),
                           done.error());  // the events may still be allowed
      } else if (!found) {
        group.hopeless = true;
        Gap gap{GapReason::kMissing,
                group.name,
                group.component,
                "there is no log group of this name in this region",
                "",
                std::nullopt};
        collection_.put(gap);
      }
      collection_.progress().advance(1);
    }
  }

  bool keep_group(Group& group, boost::json::object& page) {
    auto* list = page.if_contains("logGroups");
    if (list == nullptr || !list->is_array()) return false;
    for (auto& item : list->get_array()) {
      if (!item.is_object() || text_at(item.get_object(), "logGroupName") != group.name) continue;
      if (const auto days = integer_at(item.get_object(), "retentionInDays"))
        group.retention = fmt::format("{} days", *days);
      collection_.put(
          ResourceState{"logs:log-group", group.name, collection_.clock().now(), std::move(item)});
      return true;
    }
    return false;
  }

  // Most wanted first, group after group, so that a spent budget has cost the least wanted.
  void plan() {
    for (const auto& piece :
         plan_pieces(collection_.options().window, collection_.span(), collection_.clock().now()))
      for (auto& group : groups_) {
        if (group.hopeless) continue;
        Piece& added = pieces_.emplace_back();
        added.group = &group;
        added.window = piece.window;
        added.part = piece.part;
        added.unasked = piece.window;
      }
  }

  void in_parallel(std::size_t count, const std::function<void(std::size_t)>& work) {
    std::atomic<std::size_t> next{0};
    const auto worker = [&] {
      for (std::size_t i = next++; i < count && collection_.going(); i = next++) {
        work(i);
        collection_.progress().advance(1);
      }
    };
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < std::min(kWorkers, count); ++i) threads.emplace_back(worker);
  }

  // Fetches a piece until its end, the budget's, or a failure.
  void fetch(Piece& piece, const std::string& filter, Budget& budget) {
    piece.unasked.reset();
    if (piece.group->hopeless) return;
    if (budget.spent()) {
      piece.cut = piece.window;
      return;
    }
    boost::json::object request{
        {"logGroupName", piece.group->name},
        {"startTime", to_epoch_ms(piece.window.start)},
        {"endTime", to_epoch_ms(piece.window.end) - 1}};  // the API's end is inclusive
    if (!filter.empty()) request["filterPattern"] = filter;
    Time reached = piece.window.start;
    const auto done = for_each_page(client_, Service::kLogs, "FilterLogEvents", std::move(request),
                                    "nextToken", [&](boost::json::object& page) {
                                      if (!take(piece, page, budget, reached)) return false;
                                      if (collection_.going()) return true;
                                      if (!text_at(page, "nextToken").empty())
                                        piece.unasked = Window{reached, piece.window.end};
                                      return false;
                                    });
    if (done) return;
    piece.error = done.error();
    piece.failed = Window{reached, piece.window.end};
    const auto kind = done.error().kind;
    if (kind == ApiError::Kind::kDenied || kind == ApiError::Kind::kMissing) piece.group->hopeless = true;
    collection_.end_if_refused(done.error());  // the gap is told with those of the other pieces
  }

  bool take(Piece& piece, boost::json::object& page, Budget& budget, Time& reached) {
    std::vector<FetchedEvent> events;
    bool more = true;
    for (const auto& item : array_at(page, "events")) {
      const auto* object = item.if_object();
      if (object == nullptr) continue;
      FetchedEvent event = event_of(*object);
      if (!piece.window.contains(event.time)) continue;
      if (!budget.take(event.message.size() + 1)) {
        piece.cut = Window{event.time, piece.window.end};
        more = false;
        break;
      }
      reached = std::max(reached, event.time);
      events.push_back(std::move(event));
    }
    if (more && budget.spent() && !text_at(page, "nextToken").empty()) {
      piece.cut = Window{reached, piece.window.end};
      more = false;
    }
    piece.events += events.size();
    if (auto kept = spool_->add(piece.pages, std::move(events)); !kept) {
      collection_.stop(kept.error());
      return false;
    }
    return more;
  }

  // What the budget cut off the incident window is asked again, only for lines that a pattern wants: so the
  // patterns' counts stay right.
  void fetch_matches_of_cut(Budget& budget) {
    std::vector<std::pair<Piece*, std::string>> work;
    for (auto& piece : pieces_)
      if (piece.cut && piece.part == SpanPart::kIncident)
        for (const auto& filter : joined_filters(piece.group->patterns)) work.emplace_back(&piece, filter);
    if (work.empty() || !collection_.going()) return;
    std::vector<Piece> again(work.size());
    for (std::size_t i = 0; i < work.size(); ++i) {
      again[i].group = work[i].first->group;
      again[i].window = *work[i].first->cut;
      again[i].part = SpanPart::kIncident;
    }
    collection_.progress().start("matching lines of the cut window", work.size());
    in_parallel(work.size(), [&](std::size_t i) { fetch(again[i], work[i].second, budget); });
    for (auto& piece : again) filtered_.push_back(std::move(piece));
  }

  void append(const Group& group) {
    LogSpool::Pages pages;
    const auto gather = [&](const std::vector<Piece>& pieces) {
      for (const auto& piece : pieces)
        if (piece.group == &group) pages.insert(pages.end(), piece.pages.begin(), piece.pages.end());
    };
    gather(pieces_);
    gather(filtered_);
    const auto done = spool_->replay(pages, [&](const FetchedEvent& event) {
      collection_.put(LogEventView{0, group.name, event.stream, event.time, event.ingestion, event.message});
      return collection_.keeping();
    });
    if (!done) collection_.stop(done.error());
  }

  void tell_gaps(const Group& group) {
    tell_cut(group);
    tell_failures(group);
    if (group.hopeless) return;
    tell_unasked(group);
    std::uint64_t in_window = 0;
    bool complete = true;
    for (const auto& piece : pieces_) {
      if (piece.group != &group || piece.part != SpanPart::kIncident) continue;
      in_window += piece.events;
      complete = complete && !piece.cut && !piece.error && !piece.unasked;
    }
    if (in_window > 0 || !complete) return;
    Gap gap{GapReason::kEmpty,
            group.name,
            group.component,
            "the log group holds no event in the incident window",
            "",
            collection_.options().window};
    if (!group.retention.empty()) gap.detail += fmt::format(" (it keeps events for {})", group.retention);
    collection_.put(gap);
  }

  // One gap for each unbroken stretch of a part that the budget cut.
  void tell_cut(const Group& group) {
    const auto most = collection_.options().max_log_bytes;
    for (const auto part : {SpanPart::kIncident, SpanPart::kTail, SpanPart::kBaseline}) {
      for (const auto& window : merged(pieces_, group, part, [](const Piece& p) { return p.cut; })) {
        Gap gap{GapReason::kCut, group.name, group.component, "", "logs:FilterLogEvents", window};
        gap.detail =
            fmt::format("the limit of {} MiB of log was reached: {} of the {} {}", most >> 20,
                        format_duration(window.length()), part_name(part),
                        part == SpanPart::kIncident ? "holds only lines that the system's patterns match"
                                                    : "was not fetched");
        collection_.put(gap);
      }
    }
    for (const auto& window :
         merged(filtered_, group, SpanPart::kIncident, [](const Piece& p) { return p.cut; })) {
      Gap gap{GapReason::kCut,
              group.name,
              group.component,
              "even the lines that match the patterns were too many: their counts are too low here",
              "logs:FilterLogEvents",
              window};
      collection_.put(gap);
    }
  }

  void tell_unasked(const Group& group) {
    for (const auto& window :
         merged(pieces_, group, std::nullopt, [](const Piece& piece) { return piece.unasked; }))
      collection_.put(Gap{GapReason::kNotAsked, group.name, group.component,
                          "not fetched: the collection ended early", "logs:FilterLogEvents", window});
  }

  void tell_failures(const Group& group) {
    std::set<std::string> told;
    for (const auto* pieces : {&pieces_, &filtered_})
      for (const auto& piece : *pieces) {
        if (piece.group != &group || !piece.error) continue;
        if (!told.insert(piece.error->text()).second)
          continue;  // one gap per kind of failure, over all it touched
        const auto same = merged(*pieces, group, std::nullopt, [&](const Piece& p) {
          return p.error && p.error->text() == piece.error->text() ? p.failed : std::nullopt;
        });
        if (group.hopeless) {
          collection_.failed(asked(group, "FilterLogEvents", collection_.span()), *piece.error);
          return;
        }
        for (const auto& window : same)
          collection_.failed(asked(group, "FilterLogEvents", window), *piece.error);
      }
  }

  static std::vector<Window> merged(const std::vector<Piece>& pieces, const Group& group,
                                    std::optional<SpanPart> part,
                                    const std::function<std::optional<Window>(const Piece&)>& window_of) {
    std::vector<Window> windows;
    for (const auto& piece : pieces)
      if (piece.group == &group && (!part || piece.part == *part))
        if (const auto window = window_of(piece)) windows.push_back(*window);
    std::ranges::sort(windows, {}, &Window::start);
    std::vector<Window> out;
    for (const auto& window : windows) {
      if (!out.empty() && window.start <= out.back().end)
        out.back().end = std::max(out.back().end, window.end);
      else
        out.push_back(window);
    }
    return out;
  }

  Client& client_;
  Collection& collection_;
  std::list<Group> groups_;
  std::vector<Piece> pieces_;
  std::vector<Piece> filtered_;
  std::unique_ptr<LogSpool> spool_;
};

}  // namespace

void collect_logs(Client& client, Collection& collection) { LogCollector(client, collection).run(); }

}  // namespace culprit::aws
