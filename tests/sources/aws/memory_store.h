// A store writer that keeps everything in plain vectors.
#pragma once

#include <map>
#include <vector>

#include "store/store.h"

namespace culprit::aws {

class MemoryStore : public StoreWriter {
 public:
  std::vector<LogEvent> events;
  std::vector<Series> series;
  std::vector<ResourceState> states;
  std::vector<Gap> gaps;
  std::vector<JournalEntry> journal;
  std::map<std::string, std::string> notes;
  std::optional<Error> broken;  // when set, every write fails with it

  Result<void> append(const LogEventView& e) override {
    events.push_back({events.size() + 1, std::string(e.group), std::string(e.stream), e.time, e.ingestion,
                      std::string(e.message)});
    return done();
  }
  Result<void> put_series(const Series& s) override { return series.push_back(s), done(); }
  Result<void> put_state(const ResourceState& s) override { return states.push_back(s), done(); }
  Result<void> put_gap(const Gap& g) override { return gaps.push_back(g), done(); }
  Result<void> put_journal(const JournalEntry& j) override { return journal.push_back(j), done(); }
  Result<void> put_note(std::string_view key, std::string_view value) override {
    notes[std::string(key)] = std::string(value);
    return done();
  }
  Result<void> commit() override { return done(); }

  std::vector<ResourceState> states_of(std::string_view kind) const {
    std::vector<ResourceState> out;
    for (const auto& state : states)
      if (state.kind == kind) out.push_back(state);
    return out;
  }
  const Gap* gap(std::string_view subject) const {
    for (const auto& one : gaps)
      if (one.subject == subject) return &one;
    return nullptr;
  }

 private:
  Result<void> done() const {
    if (broken) return tl::unexpected(*broken);
    return {};
  }
};

}  // namespace culprit::aws
