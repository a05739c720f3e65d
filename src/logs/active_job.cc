#include "logs/active_job.h"

#include "logs/number.h"
#include "logs/ruby_line.h"
#include "logs/timestamp.h"

namespace culprit {

namespace {

using Event = SidekiqEntry::Event;

// What stands between two marks; empty when either is missing.
std::string_view between(std::string_view text, std::string_view open, std::string_view close) {
  const auto begin = text.find(open);
  if (begin == std::string_view::npos) return {};
  text.remove_prefix(begin + open.size());
  const auto end = text.find(close);
  return end == std::string_view::npos ? std::string_view{} : text.substr(0, end);
}

bool take(std::string_view& text, std::string_view words) {
  if (!text.starts_with(words)) return false;
  text.remove_prefix(words.size());
  return true;
}

}  // namespace

bool parse_active_job(std::string_view body, std::optional<Time> time, SidekiqEntry& entry) {
  while (!take_tag(body).empty()) {
  }
  body = body.substr(0, body.find('\n'));
  Event event = Event::kOther;
  std::string_view rest = body;
  if (take(rest, "Performing ")) {
    event = Event::kStart;
  } else if (take(rest, "Performed ")) {
    event = Event::kDone;
  } else if (take(rest, "Error performing ")) {
    event = Event::kFail;
  } else if (!take(rest, "Enqueued ") && !take(rest, "Retrying ") && !take(rest, "Stopped retrying ") &&
             !take(rest, "Discarded ")) {
    return false;
  }
  const auto name = leading_class(rest);
  if (name.empty()) return false;
  rest.remove_prefix(name.size());
  if (!rest.starts_with(" (Job ID: ") && !rest.starts_with(" from ") && !rest.starts_with(" due to ") &&
      !rest.starts_with(" after ") && !rest.starts_with(" in "))
    return false;
  entry.event = event;
  entry.teller = SidekiqEntry::Teller::kActiveJob;
  entry.job_class = name;
  entry.message = body;
  if (const auto id = between(rest, "(Job ID: ", ")"); !id.empty()) entry.jid = id;
  if (const auto queue = between(rest, "Sidekiq(", ")"); !queue.empty()) entry.queue = queue;
  if (event == Event::kDone || event == Event::kFail) {
    if (const auto in = rest.find(" in "); in != std::string_view::npos)
      if (const auto ms = leading_number(rest.substr(in + 4))) entry.elapsed_s = *ms / 1000;
  }
  if (event == Event::kStart && time) {
    const auto at = rest.find("enqueued at ");
    const auto stamp = at == std::string_view::npos ? std::nullopt : parse_stamp(rest.substr(at + 12), *time);
    if (stamp) entry.latency_s = std::chrono::duration<double>(*time - stamp->time).count();
  }
  // "… in 12.3ms: Net::ReadTimeout (message):", "… due to a Net::ReadTimeout (message)."
  for (const std::string_view mark : {"ms: ", "due to a ", "due to an "}) {
    const auto at = rest.find(mark);
    if (at == std::string_view::npos) continue;
    if (const auto error = leading_class(rest.substr(at + mark.size())); !error.empty()) {
      entry.error_class = error;
      break;
    }
  }
  return true;
}

}  // namespace culprit
