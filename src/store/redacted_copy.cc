#include "store/redacted_copy.h"

#include "redaction/redactor.h"

namespace culprit {

namespace {

constexpr std::string_view kRedactedNote = "redacted";

class RedactedCopy {
 public:
  RedactedCopy(const Store& from, Progress& progress)
      : from_(from), progress_(progress), redactor_(RedactFor::kAnalysis) {}

  // With no writer the texts are only read, so that the redactor knows them.
  Result<void> pass(StoreWriter* to) {
    to_ = to;
    if (auto done = events(); !done) return done;
    if (auto done = states(); !done) return done;
    if (auto done = gaps(); !done) return done;
    if (auto done = journal(); !done) return done;
    return notes();
  }

  Result<void> series(StoreWriter& to) {
    const auto metrics = from_.metrics();
    if (!metrics) return tl::unexpected(metrics.error());
    const Window always{Time::min(), Time::max()};
    for (const auto& id : *metrics) {
      const auto all = from_.series(id, always);
      if (!all) return tl::unexpected(all.error());
      for (const auto& s : *all)
        if (auto put = to.put_series(s); !put) return put;
    }
    return {};
  }

  std::string note() const { return redactor_.note(); }

 private:
  Result<void> events() {
    const auto groups = from_.log_groups();
    if (!groups) return tl::unexpected(groups.error());
    std::uint64_t total = 0;
    for (const auto& g : *groups) total += g.events;
    progress_.start(to_ == nullptr ? "Looking for personal data" : "Writing without it", total);
    Result<void> put;
    auto scanned = from_.scan_logs({}, [&](const LogEventView& event) {
      progress_.advance(1);
      const std::string stream = redactor_.redact(event.stream);
      const std::string message = redactor_.redact(event.message);
      if (to_ == nullptr) return true;
      auto copy = event;
      copy.stream = stream;
      copy.message = message;
      put = to_->append(copy);
      return put.has_value();
    });
    progress_.finish();
    return put ? scanned : put;
  }

  Result<void> states() {
    const auto kinds = from_.state_kinds();
    if (!kinds) return tl::unexpected(kinds.error());
    for (const auto& kind : *kinds) {
      auto all = from_.states(kind);
      if (!all) return tl::unexpected(all.error());
      for (auto& state : *all) {
        state.id = redactor_.redact(state.id);
        state.document = document(state.document);
        if (to_ == nullptr) continue;
        if (auto put = to_->put_state(state); !put) return put;
      }
    }
    return {};
  }

  // As one text, since a key tells what its value is; text by text should that no longer be JSON.
  boost::json::value document(const boost::json::value& whole) {
    boost::json::error_code ec;
    auto parsed = boost::json::parse(redactor_.redact(boost::json::serialize(whole)), ec);
    return ec ? texts(whole) : parsed;
  }
  boost::json::value texts(const boost::json::value& value) {
    if (const auto* text = value.if_string()) return boost::json::value(redactor_.redact(*text));
    if (const auto* list = value.if_array()) {
      boost::json::array out;
      for (const auto& item : *list) out.push_back(texts(item));
      return out;
    }
    if (const auto* object = value.if_object()) {
      boost::json::object out;
      for (const auto& [key, item] : *object) out[key] = texts(item);
      return out;
    }
    return value;
  }

  Result<void> gaps() {
    auto all = from_.gaps();
    if (!all) return tl::unexpected(all.error());
    for (auto& gap : *all) {
      gap.subject = redactor_.redact(gap.subject);
      gap.detail = redactor_.redact(gap.detail);
      if (to_ == nullptr) continue;
      if (auto put = to_->put_gap(gap); !put) return put;
    }
    return {};
  }

  Result<void> journal() {
    auto all = from_.journal();
    if (!all) return tl::unexpected(all.error());
    for (auto& entry : *all) {
      entry.request = redactor_.redact(entry.request);
      entry.outcome = redactor_.redact(entry.outcome);
      if (to_ == nullptr) continue;
      if (auto put = to_->put_journal(entry); !put) return put;
    }
    return {};
  }

  Result<void> notes() {
    const auto all = from_.notes();
    if (!all) return tl::unexpected(all.error());
    for (const auto& [key, value] : *all) {
      // The key tells what the value is: "aws.account=123456789012".
      const auto text = redactor_.redact(key + "=" + value).substr(key.size() + 1);
      if (to_ == nullptr) continue;
      if (auto put = to_->put_note(key, text); !put) return put;
    }
    return {};
  }

  const Store& from_;
  Progress& progress_;
  Redactor redactor_;
  StoreWriter* to_ = nullptr;
};

}  // namespace

Result<std::string> copy_redacted(const Store& from, StoreWriter& to, Progress& progress) {
  RedactedCopy copy(from, progress);
  if (auto read = copy.pass(nullptr); !read) return tl::unexpected(read.error());
  if (auto written = copy.pass(&to); !written) return tl::unexpected(written.error());
  if (auto written = copy.series(to); !written) return tl::unexpected(written.error());
  const std::string note = copy.note();
  if (auto put = to.put_note(kRedactedNote, note.empty() ? "nothing was found" : note); !put)
    return tl::unexpected(put.error());
  if (!note.empty()) {
    // Reports list it under what could not be seen.
    const Gap gap{.reason = GapReason::kNotAsked,
                  .subject = "personal data and secrets",
                  .component = {},
                  .detail = "Replaced by names in this copy of the evidence: " + note + ".",
                  .action = {},
                  .window = {}};
    if (auto put = to.put_gap(gap); !put) return tl::unexpected(put.error());
  }
  if (auto committed = to.commit(); !committed) return tl::unexpected(committed.error());
  return note;
}

}  // namespace culprit
