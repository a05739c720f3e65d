#include "store/embedded_store.h"
#include "watch/account.h"
#include "watch/copy_window.h"

namespace culprit {

namespace {

class RecordedAccount : public Account {
 public:
  explicit RecordedAccount(const Store& store) : store_(store) {}

  Result<Batch> collect(const Window& window, const std::filesystem::path& directory) override {
    auto writer = create_store(directory, CommitBy::kSegments, Durability::kScratch);
    if (!writer) return tl::unexpected(writer.error());
    CopyOptions options;
    options.window = window;
    options.journal = false;
    // States of the future are not known yet.
    options.keep_state = [&](const ResourceState& state) { return state.observed_at < window.end; };
    if (auto done = copy_window(store_, **writer, options); !done) return tl::unexpected(done.error());
    if (auto done = (*writer)->commit(); !done) return tl::unexpected(done.error());
    writer->reset();
    auto store = open_store(directory);
    if (!store) return tl::unexpected(store.error());
    Batch out;
    out.store = std::move(*store);
    return out;
  }

 private:
  const Store& store_;
};

}  // namespace

std::unique_ptr<Account> recorded_account(const Store& store) {
  return std::make_unique<RecordedAccount>(store);
}

}  // namespace culprit
