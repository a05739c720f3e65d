#include "logs/rails.h"

#include <list>
#include <map>
#include <unordered_map>

#include "logs/rails_line.h"

namespace culprit {

namespace {

using Kind = RailsLine::Kind;

constexpr std::size_t kOpenRequestsMax = 20'000;  // the oldest leaves as never completed
constexpr std::size_t kOpenUntaggedMax = 256;     // of one process
// A failed request is held after its Completed line, since Rails writes the exception behind it.
constexpr std::uint64_t kHoldEvents = 2'000;
constexpr std::size_t kTextBytesMax = 2'048;  // of a path or an error's message

constexpr std::size_t kSpareRequestsMax = 256;

std::string_view bounded(std::string_view text) { return text.substr(0, kTextBytesMax); }

// Nothing more will be said about it.
bool is_over(const RailsRequest& completed) {
  return completed.status != 0 && completed.status < 500 && !completed.rack_timeout;
}

}  // namespace

struct RailsAssembler::State {
  struct Open {
    RailsRequest request;
    std::string key;
    std::int64_t pid = 0;
    std::uint64_t hold = 0;          // key in `held`; 0 = its Completed line or its killing was not seen
    std::uint64_t completed_at = 0;  // in events fed
    std::list<Open>::iterator self;  // in `open`
    bool completed() const { return hold != 0; }
    // As new; texts keep their memory.
    void clear() {
      RailsRequest& r = request;
      for (auto* text :
           {&r.id, &r.method, &r.path, &r.endpoint, &r.error_class, &r.error_message, &r.remote_ip, &key})
        text->clear();
      r.status = 0;
      r.duration_ms = r.database_ms = r.view_ms = std::nullopt;
      r.rack_timeout = false;
      r.started = r.ended = Time{};
      r.first_event = r.last_event = r.error_event = 0;
      pid = 0;
      hold = completed_at = 0;
    }
  };
  using Requests = std::list<Open>;
  Requests spare;
  Requests open;                                                               // by age
  std::unordered_map<std::string_view, Requests::iterator> by_id;              // tagged ones; keys are theirs
  std::unordered_map<std::int64_t, std::vector<Requests::iterator>> untagged;  // by process, by age
  std::map<std::uint64_t, Requests::iterator> held;  // completed ones, by order of completion
  std::uint64_t next_hold = 1;
  std::uint64_t fed = 0;

  void emit(Requests::iterator request, const Emit& emit_request);
  Open* find(const RailsLine& line, Time time);
  Open* find_untagged(const RailsLine& line, Time time);
  Open& start(const RailsLine& line, std::uint64_t number, Time time, const Emit& emit_request);
  void apply(Open& open_request, const RailsLine& line, std::uint64_t number, Time time);
  void hold(Open& open_request);
  void release(const Emit& emit_request);
  bool feed_line(std::uint64_t number, Time time, const RailsLine& line, const Emit& emit_request);
  bool feed_lograge(std::uint64_t number, Time time, const RailsLine& line, const Emit& emit_request);
};

void RailsAssembler::State::emit(Requests::iterator request, const Emit& emit_request) {
  auto& r = request->request;
  if (r.id.empty()) r.id = request->key;
  if (r.endpoint.empty()) r.endpoint = path_shape(r.method, r.path);
  emit_request(r);
  if (request->key.empty()) {
    auto& of_process = untagged[request->pid];
    std::erase(of_process, request);
    if (of_process.empty()) untagged.erase(request->pid);
  } else if (const auto found = by_id.find(request->key); found != by_id.end() && found->second == request) {
    by_id.erase(found);
  }
  if (request->hold != 0) held.erase(request->hold);
  if (spare.size() < kSpareRequestsMax) {
    request->clear();
    spare.splice(spare.end(), open, request);
  } else {
    open.erase(request);
  }
}

// Untagged lines tell only their process, in which several threads work at once. A Completed line belongs to
// the request that started its duration ago; others to the youngest that can still take it.
RailsAssembler::State::Open* RailsAssembler::State::find_untagged(const RailsLine& line, Time time) {
  const auto found = untagged.find(line.pid);
  if (found == untagged.end()) return nullptr;
  auto& requests = found->second;
  if (line.kind == Kind::kCompleted) {
    Open* best = nullptr;
    Duration nearest = Duration::max();
    for (const auto request : requests) {
      if (request->completed()) continue;
      const auto started = time - Duration{static_cast<std::int64_t>(line.duration_ms.value_or(0))};
      const auto distance = std::chrono::abs(started - request->request.started);
      if (distance < nearest) best = &*request, nearest = distance;
    }
    return best;
  }
  if (line.kind == Kind::kRaised)  // behind a Completed 500, first of all
    for (const auto request : requests)
      if (request->completed() && request->request.status >= 500 && request->request.error_class.empty())
        return &*request;
  for (auto it = requests.rbegin(); it != requests.rend(); ++it) {
    Open& request = **it;
    if (request.completed() || (line.kind == Kind::kProcessing && !request.request.endpoint.empty()))
      continue;
    return &request;
  }
  return nullptr;
}

RailsAssembler::State::Open* RailsAssembler::State::find(const RailsLine& line, Time time) {
  if (line.id.empty()) return find_untagged(line, time);
  const auto found = by_id.find(line.id);
  return found == by_id.end() ? nullptr : &*found->second;
}

RailsAssembler::State::Open& RailsAssembler::State::start(const RailsLine& line, std::uint64_t number,
                                                          Time time, const Emit& emit_request) {
  while (open.size() >= kOpenRequestsMax) emit(open.begin(), emit_request);
  if (const auto of_process = untagged.find(line.pid);
      line.id.empty() && of_process != untagged.end() && of_process->second.size() >= kOpenUntaggedMax)
    emit(of_process->second.front(), emit_request);
  if (spare.empty()) spare.emplace_back();
  open.splice(open.end(), spare, spare.begin());
  const auto at = std::prev(open.end());
  Open& fresh = *at;
  fresh.self = at;
  fresh.key = line.id;
  fresh.pid = line.pid;
  fresh.request.first_event = number;
  fresh.request.started = time;
  if (line.kind == Kind::kCompleted && line.duration_ms)
    fresh.request.started = time - Duration{static_cast<std::int64_t>(*line.duration_ms)};
  if (at->key.empty()) {
    untagged[at->pid].push_back(at);
  } else {
    by_id[at->key] = at;
  }
  return *at;
}

void RailsAssembler::State::hold(Open& open_request) {
  if (open_request.completed()) return;
  open_request.hold = next_hold++;
  open_request.completed_at = fed;
  held.emplace(open_request.hold, open_request.self);
}

void RailsAssembler::State::apply(Open& open_request, const RailsLine& line, std::uint64_t number,
                                  Time time) {
  auto& r = open_request.request;
  r.last_event = number;
  r.ended = std::max(r.ended, time);
  switch (line.kind) {
    case Kind::kStarted:
      r.method = bounded(line.method);
      r.path = bounded(line.path);
      r.remote_ip = bounded(line.remote_ip);
      break;
    case Kind::kProcessing:
      r.endpoint = bounded(line.endpoint);
      break;
    case Kind::kCompleted:
      r.status = line.status;
      r.duration_ms = line.duration_ms;
      r.database_ms = line.database_ms;
      r.view_ms = line.view_ms;
      if (!is_over(r)) hold(open_request);
      break;
    case Kind::kRackTimeout:
      r.rack_timeout = true;
      if (r.error_class.empty()) {
        r.error_class = "Rack::Timeout::RequestTimeoutError";
        r.error_event = number;
      }
      if (!r.duration_ms) r.duration_ms = line.duration_ms;
      hold(open_request);
      break;
    case Kind::kRaised:
      r.rack_timeout |= is_rack_timeout(line.error_class);
      if (r.error_class.empty() || (r.error_message.empty() && r.rack_timeout)) {
        r.error_class = bounded(line.error_class);
        r.error_message = bounded(line.error_message);
        r.error_event = number;
      }
      // FATAL ends a request; ERROR may be told by one that goes on.
      if (line.level != "ERROR" || r.rack_timeout) hold(open_request);
      break;
    case Kind::kNone:
    case Kind::kLograge:
    case Kind::kOther:
      break;
  }
}

// Lets go of those whose exception would have come by now; a good request goes at once.
void RailsAssembler::State::release(const Emit& emit_request) {
  while (!held.empty() && fed - held.begin()->second->completed_at >= kHoldEvents)
    emit(held.begin()->second, emit_request);
}

bool RailsAssembler::State::feed_lograge(std::uint64_t number, Time time, const RailsLine& line,
                                         const Emit& emit_request) {
  RailsRequest request = *line.lograge;
  if (request.id.empty()) request.id = std::string(line.id);
  request.ended = time;
  request.started = time - Duration{static_cast<std::int64_t>(request.duration_ms.value_or(0))};
  request.first_event = request.last_event = number;
  if (!request.error_class.empty()) request.error_event = number;
  // With a tag, its exception may follow; and exception lines may have come before it.
  Open* known = nullptr;
  if (!request.id.empty())
    if (const auto found = by_id.find(request.id); found != by_id.end()) known = &*found->second;
  if (known != nullptr) {
    if (request.error_class.empty()) {
      request.error_class = known->request.error_class;
      request.error_message = known->request.error_message;
      request.error_event = known->request.error_event;
    }
    request.rack_timeout |= known->request.rack_timeout;
    request.first_event = known->request.first_event;
    known->request = std::move(request);
    hold(*known);
    if (known->request.status != 0 && known->request.status < 500) emit(known->self, emit_request);
    return true;
  }
  if (request.id.empty() || (request.status != 0 && request.status < 500)) {
    if (request.endpoint.empty()) request.endpoint = path_shape(request.method, request.path);
    emit_request(request);
    return true;
  }
  RailsLine tagged;
  tagged.id = request.id;
  tagged.pid = line.pid;
  Open& fresh = start(tagged, number, time, emit_request);
  fresh.request = std::move(request);
  hold(fresh);
  return true;
}

bool RailsAssembler::State::feed_line(std::uint64_t number, Time time, const RailsLine& line,
                                      const Emit& emit_request) {
  if (line.kind == Kind::kNone) return false;
  if (line.kind == Kind::kLograge) return feed_lograge(number, time, line, emit_request);
  if (line.kind == Kind::kStarted) {
    // A known id that starts anew: a client's own X-Request-Id, used twice.
    if (!line.id.empty())
      if (const auto found = by_id.find(line.id); found != by_id.end()) emit(found->second, emit_request);
    apply(start(line, number, time, emit_request), line, number, time);
    return true;
  }
  Open* known = find(line, time);
  if (known == nullptr) {
    // The log may begin in the middle of a request; an untagged exception alone may be any thread's.
    const bool tells = line.kind == Kind::kProcessing || line.kind == Kind::kCompleted ||
                       line.kind == Kind::kRackTimeout || (line.kind == Kind::kRaised && !line.id.empty());
    if (!tells) return false;
    known = &start(line, number, time, emit_request);
  }
  apply(*known, line, number, time);
  if (line.kind == Kind::kCompleted && is_over(known->request)) emit(known->self, emit_request);
  return true;
}

RailsAssembler::RailsAssembler() : state_(std::make_unique<State>()) {}
RailsAssembler::~RailsAssembler() = default;
RailsAssembler::RailsAssembler(RailsAssembler&&) noexcept = default;
RailsAssembler& RailsAssembler::operator=(RailsAssembler&&) noexcept = default;

bool RailsAssembler::feed(std::uint64_t number, Time time, const RailsLine& line, const Emit& emit) {
  ++state_->fed;
  state_->release(emit);
  return state_->feed_line(number, time, line, emit);
}

bool RailsAssembler::feed(std::uint64_t number, Time time, std::string_view event, const Emit& emit) {
  ++state_->fed;
  state_->release(emit);
  // Rails writes an exception as one message of several lines, each with the tags again.
  bool belongs = false;
  std::string_view level;
  std::size_t lines = 0;
  std::string first_id;
  for (std::size_t at = 0; at <= event.size() && lines < 8; ++lines) {
    const auto end = std::min(event.find('\n', at), event.size());
    auto text = event.substr(at, end - at);
    at = end + 1;
    if (!text.empty() && text.back() == '\r') text.remove_suffix(1);
    auto line = parse_rails_line(text);
    if (lines == 0) {
      level = line.level;
      first_id = std::string(line.id);
    } else {
      if (line.level.empty()) line.level = level;
      if (line.id.empty()) line.id = first_id;
      if (line.kind != Kind::kRaised) continue;  // further lines are an exception's text and backtrace
    }
    belongs |= state_->feed_line(number, time, line, emit);
    if (lines == 0 && line.kind != Kind::kOther && line.kind != Kind::kNone && line.kind != Kind::kRaised)
      break;
    if (line.kind == Kind::kRaised) break;
  }
  return belongs;
}

void RailsAssembler::finish(const Emit& emit) {
  while (!state_->open.empty()) state_->emit(state_->open.begin(), emit);
}

}  // namespace culprit
