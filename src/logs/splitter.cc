#include <cstring>

#include "logs/format.h"
#include "logs/line_start.h"
#include "logs/postgres_record.h"
#include "logs/ruby_line.h"

namespace culprit {

namespace {

// What a line is to the event before it.
struct Decision {
  bool starts = false;
  std::optional<Time> time;
  std::string_view unknown_zone;
  bool zone_given = false;
};

bool is_json(LogFormat format) {
  return format == LogFormat::kJson || format == LogFormat::kLograge || format == LogFormat::kSidekiqJson ||
         format == LogFormat::kPostgresJson;
}

// Time stamps without a zone, read as UTC so far, into the zone that they are in.
class ZoneShift {
 public:
  explicit ZoneShift(std::optional<Zone> zone) : zone_(std::move(zone)) {}

  Time apply(Time as_utc) {
    if (!zone_) return as_utc;
    // Offsets change on a quarter of an hour only: asked once for each.
    const auto quarter = std::chrono::floor<Quarters>(as_utc);
    if (!quarter_ || *quarter_ != quarter) {
      quarter_ = quarter;
      const Time start = std::chrono::time_point_cast<Duration>(quarter);
      const auto readings = zone_->readings(LocalTime{start.time_since_epoch()});
      offset_ = readings.instants.empty() ? zone_->offset(start - std::chrono::days(1))
                                          : start - readings.instants.front();
    }
    return as_utc - offset_;
  }

 private:
  using Quarters = std::chrono::duration<std::int64_t, std::ratio<900>>;
  std::optional<Zone> zone_;
  std::optional<std::chrono::sys_time<Quarters>> quarter_;
  Duration offset_{0};
};

class Splitter final : public EventSplitter {
 public:
  using Emit = std::function<void(const SplitEvent&)>;

  Splitter(LogFormat format, Time year_hint, std::size_t max_event_bytes, std::optional<Zone> zone)
      : format_(format),
        hint_(year_hint),
        max_bytes_(std::max<std::size_t>(max_event_bytes, 64)),
        zone_(std::move(zone)) {}

  void feed(std::string_view block, const Emit& emit) override {
    while (!block.empty()) {
      const void* newline = std::memchr(block.data(), '\n', block.size());
      if (newline == nullptr) {
        hold(block);
        break;
      }
      const auto size = static_cast<std::size_t>(static_cast<const char*>(newline) - block.data());
      if (!holding_) {
        line(block.substr(0, size), 0, emit);
      } else {
        hold(block.substr(0, size));
        release(emit);
      }
      block.remove_prefix(size + 1);
    }
    own();
  }

  void finish(const Emit& emit) override {
    if (holding_) release(emit);
    flush(std::nullopt, emit);
  }

  const SplitStats& stats() const override { return stats_; }

 private:
  // The beginning of a line whose end has not come yet; never more than max_bytes_ of it are kept.
  void hold(std::string_view part) {
    holding_ = true;
    const auto kept = part.substr(0, max_bytes_ - held_.size());
    held_ += kept;
    held_dropped_ += part.size() - kept.size();
  }

  void release(const Emit& emit) {
    line(held_, held_dropped_, emit);
    own();
    held_.clear();
    held_dropped_ = 0;
    holding_ = false;
  }

  // One line without its new line; `dropped` bytes of its end are gone already.
  void line(std::string_view text, std::size_t dropped, const Emit& emit) {
    ++stats_.lines;
    if (text.size() > max_bytes_) {
      dropped += text.size() - max_bytes_;
      text = text.substr(0, max_bytes_);
    }
    if (dropped == 0 && !text.empty() && text.back() == '\r') text.remove_suffix(1);
    Decision decision = format_ == LogFormat::kPostgres      ? decide_postgres(text)
                        : format_ == LogFormat::kPostgresCsv ? decide_csv(text, dropped)
                                                             : decide(text);
    if (decision.time && !decision.zone_given && decision.unknown_zone.empty())
      decision.time = zone_.apply(*decision.time);
    if (!decision.unknown_zone.empty()) {
      ++stats_.unknown_zone_times;
      if (stats_.unknown_zone.empty()) stats_.unknown_zone = decision.unknown_zone;
    }
    if (decision.starts) flush(decision.time, emit);
    if (decision.time) last_time_ = decision.time;
    if (!last_time_) ++stats_.lines_without_time;
    append(text, dropped, decision.starts || !open_);
    if (decision.starts && decision.time) event_time_ = decision.time;
  }

  // The open event is a view of the block, or of the held line, as long as it is a single line there.
  std::string_view event() const { return owned_ ? std::string_view(event_) : view_; }
  void own() {
    if (owned_ || !open_) return;
    event_.assign(view_);
    owned_ = true;
  }

  void append(std::string_view text, std::size_t dropped, bool first) {
    if (first || event().empty()) {
      open_ = true;
      view_ = text;
      owned_ = false;
      event_line_ = stats_.lines;
      event_time_ = std::nullopt;
      event_dropped_ = dropped;
      blank_tail_ = 0;
      return;
    }
    if (text.empty()) {
      ++blank_tail_;  // kept only when something follows in the same event
      return;
    }
    own();
    for (; blank_tail_ > 0 && event_.size() < max_bytes_; --blank_tail_) event_ += '\n';
    blank_tail_ = 0;
    const std::size_t room = max_bytes_ - event_.size();
    const std::size_t kept = room > 0 ? std::min(room - 1, text.size()) : 0;
    if (room > 0) {
      event_ += '\n';
      event_ += text.substr(0, kept);
    }
    event_dropped_ += dropped + text.size() - kept;
  }

  // Hands the open event over. One that has no time takes that of the line before it, or else of the line
  // behind.
  void flush(std::optional<Time> following, const Emit& emit) {
    if (!open_) return;
    open_ = false;
    if (this->event().empty()) return;  // blank lines before the first event
    SplitEvent event;
    event.time = event_time_ ? *event_time_ : last_time_ ? *last_time_ : following.value_or(hint_);
    event.text = this->event();
    event.first_line = event_line_;
    event.cut = event_dropped_ > 0;
    ++stats_.events;
    if (event.cut) {
      ++stats_.cut_events;
      stats_.cut_bytes += event_dropped_;
    }
    emit(event);
  }

  // Takes CloudWatch's time stamp from the front of a line, when a line of the format stands behind it or
  // when such prefixes were seen before. Moves `text` to the message.
  std::optional<Time> strip_cloudwatch(std::string_view& text) {
    const auto prefix = cloudwatch_prefix(text);
    if (!prefix) return std::nullopt;
    if (prefix_ == Prefix::kNone) {
      for (const std::size_t size : {prefix->size, prefix->stream_size}) {
        if (size == 0) continue;
        const auto inner = recognise_line(text.substr(size), hint_).format;
        if (inner == LogFormat::kUnknown || inner == LogFormat::kTimestamped) continue;
        prefix_ = size == prefix->size ? Prefix::kTime : Prefix::kTimeAndStream;
        break;
      }
      if (prefix_ == Prefix::kNone) return std::nullopt;
    }
    const std::size_t size =
        prefix_ == Prefix::kTimeAndStream && prefix->stream_size != 0 ? prefix->stream_size : prefix->size;
    text.remove_prefix(size);
    return prefix->time;
  }

  Decision decide_postgres(std::string_view& text) {
    const auto cloudwatch = strip_cloudwatch(text);
    Decision out;
    if (text.empty() || text[0] == '\t') return out;
    if (const auto parsed = parse_postgres_line(text, hint_)) {
      if (parsed->continues && open_ && parsed->pid == pid_) return out;
      pid_ = parsed->pid;
      out.starts = true;
      if (parsed->stamp) {
        out.time = parsed->stamp->stamp.time;
        out.unknown_zone = parsed->stamp->stamp.unknown_zone;
        out.zone_given = parsed->stamp->stamp.zone_given;
      }
    } else if (const auto stamp = parse_stamp(text, hint_)) {
      pid_ = 0;
      out.starts = true;
      out.time = stamp->time;
      out.zone_given = stamp->zone_given;
    }
    if (cloudwatch && out.starts) {
      out.time = cloudwatch;
      out.zone_given = true;
    }
    return out;
  }

  // A record goes on while a quote is open; should one never close (a cut record), the next line that is
  // certainly a start ends it.
  Decision decide_csv(std::string_view text, std::size_t dropped) {
    Decision out;
    if (const auto start = postgres_csv_start(text, hint_); start && (!quote_open_ || start->certain)) {
      out.starts = true;
      out.time = start->stamp.time;
      out.unknown_zone = start->stamp.unknown_zone;
      out.zone_given = start->stamp.zone_given;
      quote_open_ = false;
    }
    quote_open_ = dropped == 0 && csv_quote_open(text, quote_open_);
    return out;
  }

  Decision decide(std::string_view& text) {
    if (format_ != LogFormat::kSidekiqText && format_ != LogFormat::kTimestamped &&
        format_ != LogFormat::kUnknown)
      if (const auto cloudwatch = strip_cloudwatch(text))
        return {text.empty() || (text[0] != ' ' && text[0] != '\t'), cloudwatch, {}, true};
    if (format_ == LogFormat::kSidekiqText && behind_cloudwatch(text))
      if (const auto cloudwatch = strip_cloudwatch(text)) return {true, cloudwatch, {}, true};
    if (text.empty() || text[0] == ' ' || text[0] == '\t' || text[0] == '}' || text[0] == ']') return {};
    if (text[0] == '{') {
      if (const auto time = json_time(text)) return {true, time->time, {}, time->zone_given};
      return {is_json(format_) || format_ == LogFormat::kRails || format_ == LogFormat::kUnknown,
              std::nullopt,
              {},
              false};
    }
    if (text.size() > 4 && text[1] == ',')
      if (const auto ruby = parse_ruby_line(text)) return {true, ruby->time, {}, false};
    if (const auto stamp = stamp_of(text)) return {true, stamp->time, stamp->unknown_zone, stamp->zone_given};
    if ((format_ == LogFormat::kRails || format_ == LogFormat::kLograge) && is_bare_rails_line(text))
      return bare_rails(text);
    return {format_ == LogFormat::kUnknown, std::nullopt, {}, false};
  }

  Decision bare_rails(std::string_view text) const {
    const auto start = recognise_line(text, hint_);
    return {true, start.time, {}, start.zone_given};
  }

  // Sidekiq's text starts with a time stamp itself, so a prefix shows only by a second one.
  bool behind_cloudwatch(std::string_view text) const {
    const auto prefix = cloudwatch_prefix(text);
    return prefix && (prefix_ != Prefix::kNone || parse_stamp(text.substr(prefix->size), hint_) ||
                      (prefix->stream_size != 0 && parse_stamp(text.substr(prefix->stream_size), hint_)));
  }

  // The line's time stamp, at the token where this log has it.
  std::optional<Stamp> stamp_of(std::string_view text) {
    if (format_ == LogFormat::kSidekiqText) {
      const auto start = recognise_line(text, hint_);
      if (!start.time) return std::nullopt;
      Stamp stamp;
      stamp.time = *start.time;
      stamp.zone_given = start.zone_given;
      return stamp;
    }
    if (!token_) {
      const auto placed = find_stamp(text, hint_, format_ == LogFormat::kTimestamped ? 5 : 1);
      if (!placed) return std::nullopt;
      token_ = placed->token;
      return placed->stamp;
    }
    auto placed = stamp_at_token(text, hint_, *token_);
    if (!placed && *token_ != 0) {
      placed = stamp_at_token(text, hint_, 0);  // the first hit may have been a date in a banner
      if (placed) token_ = 0;
    }
    if (!placed) return std::nullopt;
    return placed->stamp;
  }

  enum class Prefix { kNone, kTime, kTimeAndStream };

  const LogFormat format_;
  const Time hint_;
  const std::size_t max_bytes_;

  std::string held_;  // of a line that goes on in the next block
  std::size_t held_dropped_ = 0;
  bool holding_ = false;

  std::string event_;  // the open event, when owned_
  std::string_view view_;
  bool owned_ = false;
  bool open_ = false;
  std::uint64_t event_line_ = 0;
  std::optional<Time> event_time_;
  std::size_t event_dropped_ = 0;
  std::size_t blank_tail_ = 0;

  ZoneShift zone_;
  std::optional<Time> last_time_;
  bool quote_open_ = false;           // PostgreSQL's csvlog: inside of a quoted field
  std::int64_t pid_ = 0;              // PostgreSQL: the open event's process
  std::optional<std::size_t> token_;  // where the time stamp stands
  Prefix prefix_ = Prefix::kNone;
  SplitStats stats_;
};

}  // namespace

std::unique_ptr<EventSplitter> make_splitter(LogFormat format, Time year_hint, std::size_t max_event_bytes,
                                             std::optional<Zone> zone) {
  return std::make_unique<Splitter>(format, year_hint, max_event_bytes, std::move(zone));
}

}  // namespace culprit
