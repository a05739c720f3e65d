// Log events on their way: fetched in the order of importance, kept compressed in a temporary file, given
// back in the order of time. So memory stays bounded however large the window is.
#pragma once

#include <cstdio>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "telemetry/log_event.h"

namespace culprit::aws {

struct FetchedEvent {
  std::string id;  // eventId, or empty
  std::string stream;
  std::string message;
  Time time;
  Time ingestion;
};

// By time, ingestion time, event id (a number of any length): CloudWatch's own order.
bool comes_before(const FetchedEvent& a, const FetchedEvent& b);

class LogSpool {
 public:
  // One page of a piece: where it lies and what it spans.
  struct Page {
    std::uint64_t offset = 0;
    std::size_t stored_bytes = 0;
    std::size_t raw_bytes = 0;
    FetchedEvent first, last;  // without stream and message
  };
  using Pages = std::vector<Page>;

  // kStorage.
  static Result<std::unique_ptr<LogSpool>> create();

  // Sorts and keeps one page. May be called from several threads at once. kStorage.
  Result<void> add(Pages& pages, std::vector<FetchedEvent> events);

  // Every event of the pages in order, without repeats of an id; pages that overlap are sorted together.
  Result<void> replay(const Pages& pages, const std::function<bool(const FetchedEvent&)>& visit) const;

 private:
  struct Closer {
    void operator()(std::FILE* f) const { std::fclose(f); }
  };
  LogSpool(TemporaryDirectory directory, std::unique_ptr<std::FILE, Closer> file)
      : directory_(std::move(directory)), file_(std::move(file)) {}
  Result<std::vector<FetchedEvent>> load(const Page& page) const;

  TemporaryDirectory directory_;
  std::unique_ptr<std::FILE, Closer> file_;
  mutable std::mutex mutex_;
  std::uint64_t end_ = 0;
};

}  // namespace culprit::aws
