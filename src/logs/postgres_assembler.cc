#include <deque>
#include <unordered_map>

#include "logs/postgres.h"
#include "logs/postgres_line.h"
#include "logs/postgres_record.h"

namespace culprit {

namespace {

constexpr std::size_t kOpenEntriesMax = 1024;
constexpr std::size_t kOpenBytesMax = 16 * 1024 * 1024;
constexpr std::size_t kEntryBytesMax = PostgresAssembler::kUnwrittenBytesMax;

}  // namespace

// Entries leave in the order of their first events, when kOpenEntriesMax younger ones have come or the bytes
// run over: so a log whose sections come joined and one whose sections come apart give the same sequence.
struct PostgresAssembler::State {
  struct Open {
    std::uint64_t number = 0;
    Time time;
    std::int64_t pid = 0;
    std::string text;
    std::shared_ptr<Unwritten> unwritten;  // until the text is written
    std::uint64_t row = 0;
    std::size_t bytes_max = 0;  // of an unwritten text
  };
  std::deque<Open> open;
  std::uint64_t first_id = 0;                                  // id of open.front(); ids count up
  std::unordered_map<std::int64_t, std::uint64_t> of_process;  // pid → id of its youngest entry
  std::optional<std::uint64_t> last;  // id of the entry that the event before went to
  std::size_t bytes = 0;
  std::size_t unwritten_bytes_max = 0;

  Open* find(std::uint64_t id) {
    return id >= first_id && id - first_id < open.size() ? &open[id - first_id] : nullptr;
  }

  void append(std::uint64_t id, std::string_view event) {
    Open* entry = find(id);
    if (entry == nullptr) return;
    write(*entry);
    if (entry->text.size() >= kEntryBytesMax) return;
    const auto part = event.substr(0, kEntryBytesMax - entry->text.size());
    entry->text += '\n';
    entry->text += part;
    bytes += part.size() + 1;
  }

  void start(std::uint64_t number, Time time, std::int64_t pid, std::string_view event) {
    const auto part = event.substr(0, kEntryBytesMax);
    open.push_back({number, time, pid, std::string(part), nullptr, 0, 0});
    bytes += part.size();
    last = first_id + open.size() - 1;
    of_process[pid] = *last;
  }

  void write(Open& entry) {
    if (!entry.unwritten) return;
    entry.text = entry.unwritten->text(entry.row);
    bytes += entry.text.size();
    unwritten_bytes_max -= entry.bytes_max;
    entry.unwritten.reset();
  }

  void make_room(const Emit& emit) {
    while (open.size() > kOpenEntriesMax) emit_front(emit);
    if (bytes + unwritten_bytes_max <= kOpenBytesMax) return;
    for (Open& entry : open) write(entry);  // then the bytes are known
    while (bytes > kOpenBytesMax && open.size() > 1) emit_front(emit);
  }

  void emit_front(const Emit& emit) {
    Open& front = open.front();
    bytes -= front.text.size();
    if (front.unwritten) unwritten_bytes_max -= front.bytes_max;
    Completed completed{front.number, front.time, std::move(front.text), {}, std::move(front.unwritten),
                        front.row};
    if (const auto youngest = of_process.find(front.pid);
        youngest != of_process.end() && youngest->second == first_id)
      of_process.erase(youngest);
    open.pop_front();
    ++first_id;
    if (completed.unwritten) {
      emit(completed);
    } else if (const auto entry = parse_postgres(completed.text)) {
      completed.entry = *entry;
      emit(completed);
    }
  }
};

PostgresAssembler::PostgresAssembler() : state_(std::make_unique<State>()) {}
PostgresAssembler::~PostgresAssembler() = default;
PostgresAssembler::PostgresAssembler(PostgresAssembler&&) noexcept = default;
PostgresAssembler& PostgresAssembler::operator=(PostgresAssembler&&) noexcept = default;

void PostgresAssembler::feed(std::uint64_t number, Time time, std::string_view event, const Emit& emit) {
  while (!event.empty() && (event.back() == '\n' || event.back() == '\r')) event.remove_suffix(1);
  // A record of csvlog or jsonlog holds its sections: it is an entry of its own.
  const auto record = postgres_record_as_stderr(event);
  if (record) event = *record;
  const auto line = parse_postgres_line(event.substr(0, event.find('\n')));
  if (!line) {
    // A statement's further lines carry no prefix: they belong to the event just before.
    if (state_->last) state_->append(*state_->last, event);
  } else if (!line->continues) {
    state_->start(number, time, line->pid, event);
  } else {
    std::optional<std::uint64_t> target = state_->last;
    if (line->pid != 0) {
      const auto youngest = state_->of_process.find(line->pid);
      target = youngest == state_->of_process.end() ? std::nullopt : std::optional(youngest->second);
    }
    if (target && state_->find(*target) != nullptr) {
      state_->append(*target, event);
      state_->last = target;
    } else {
      state_->start(number, time, line->pid, event);
    }
  }
  state_->make_room(emit);
}

void PostgresAssembler::feed_unwritten(std::uint64_t number, Time time, std::int64_t pid,
                                       std::size_t bytes_max, std::shared_ptr<Unwritten> unwritten,
                                       std::uint64_t row, const Emit& emit) {
  State& state = *state_;
  state.open.push_back({number, time, pid, {}, std::move(unwritten), row, bytes_max});
  state.unwritten_bytes_max += bytes_max;
  state.last = state.first_id + state.open.size() - 1;
  state.of_process[pid] = *state.last;
  state.make_room(emit);
}

void PostgresAssembler::finish(const Emit& emit) {
  while (!state_->open.empty()) state_->emit_front(emit);
  state_->last.reset();
}

}  // namespace culprit
