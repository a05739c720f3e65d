#include "base/progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <mutex>

namespace culprit {

namespace {

constexpr Duration kRedrawInterval{100};  // 10 Hz
constexpr Duration kRateKnownAfter{500};  // earlier, rate and ETA jump about
constexpr std::string_view kEraseLine = "\r\x1b[K";

std::string amount_text(double amount, ProgressUnit unit) {
  if (unit == ProgressUnit::kCount) return fmt::format("{:.0f}", amount);
  if (amount < 1e3) return fmt::format("{:.0f} B", amount);
  if (amount < 1e6) return fmt::format("{:.1f} kB", amount / 1e3);
  if (amount < 1e9) return fmt::format("{:.1f} MB", amount / 1e6);
  return fmt::format("{:.2f} GB", amount / 1e9);
}

std::string bar_text(double share, std::size_t cells) {
  const auto full = static_cast<std::size_t>(std::floor(share * static_cast<double>(cells)));
  std::string out = "[";
  for (std::size_t i = 0; i < cells; ++i) out += i < full ? '#' : '.';
  return out + "]";
}

// Cuts to `columns` characters without splitting a UTF-8 sequence.
std::string clipped(const std::string& text, std::size_t columns) {
  std::size_t shown = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool starts_character = (static_cast<unsigned char>(text[i]) & 0xc0) != 0x80;
    if (starts_character && ++shown > columns) return text.substr(0, i);
  }
  return text;
}

class SilentProgress : public Progress {
 public:
  void start(std::string, std::uint64_t, ProgressUnit) override {}
  void advance(std::uint64_t) override {}
  void note(std::string_view) override {}
  void finish() override {}
};

// No bar, but what must be said is said.
class NotesOnly : public SilentProgress {
 public:
  void note(std::string_view line) override { fmt::print(stderr, "{}\n", line); }
};

class Bar : public Progress {
 public:
  Bar(std::function<void(std::string_view)> write, std::function<Duration()> clock,
      std::function<std::size_t()> columns)
      : write_(std::move(write)), clock_(std::move(clock)), columns_(std::move(columns)) {}
  ~Bar() override { end(); }

  void start(std::string label, std::uint64_t total, ProgressUnit unit) override {
    const std::lock_guard lock(mutex_);
    end();
    state_ = {std::move(label), 0, total, unit, Duration{0}};
    began_ = clock_();
    running_ = true;
    draw(began_);
  }

  void advance(std::uint64_t amount) override {
    const std::lock_guard lock(mutex_);
    if (!running_) return;
    state_.done += amount;
    if (const auto now = clock_(); now - drawn_ >= kRedrawInterval) draw(now);
  }

  void note(std::string_view line) override {
    const std::lock_guard lock(mutex_);
    write_(fmt::format("{}{}\n", running_ ? kEraseLine : std::string_view{}, line));
    if (running_) draw(clock_());
  }

  void finish() override {
    const std::lock_guard lock(mutex_);
    end();
  }

 private:
  // The bar is not left behind: what remains on the screen is the report.
  void end() {
    if (running_) write_(kEraseLine);
    running_ = false;
  }
  void draw(Duration now) {
    drawn_ = now;
    state_.elapsed = now - began_;
    const auto columns = columns_();
    write_(fmt::format("{}{}", kEraseLine, progress_line(state_, columns > 1 ? columns - 1 : columns)));
  }

  std::mutex mutex_;
  std::function<void(std::string_view)> write_;
  std::function<Duration()> clock_;
  std::function<std::size_t()> columns_;
  ProgressState state_;
  Duration began_{0};
  Duration drawn_{0};
  bool running_ = false;
};

Duration steady_now() {
  return std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch());
}

std::size_t terminal_columns() {
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

void write_to_stderr(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

}  // namespace

std::string progress_line(const ProgressState& state, std::size_t columns) {
  std::string out = state.label;
  const auto done = static_cast<double>(state.done);
  const auto total = static_cast<double>(state.total);
  if (state.total > 0) {
    const double share = std::min(1.0, done / total);
    out += fmt::format("  {} {:3.0f} %  {} of {}", bar_text(share, 20), share * 100,
                       amount_text(done, state.unit), amount_text(total, state.unit));
  } else {
    out += "  " + amount_text(done, state.unit);
  }
  if (state.elapsed >= kRateKnownAfter && state.done > 0) {
    const double rate = done / (static_cast<double>(state.elapsed.count()) / 1000);
    out += fmt::format("  {}/s", amount_text(rate, state.unit));
    if (state.done < state.total) {
      const auto left_s = static_cast<std::int64_t>(std::ceil(std::min((total - done) / rate, 8.64e6)));
      out += fmt::format("  {} left", format_duration(Duration{left_s * 1000}));
    }
  }
  return clipped(out, columns);
}

std::unique_ptr<Progress> make_progress_bar(std::function<void(std::string_view)> write,
                                            std::function<Duration()> clock,
                                            std::function<std::size_t()> columns) {
  return std::make_unique<Bar>(std::move(write), std::move(clock), std::move(columns));
}

std::unique_ptr<Progress> make_progress(bool quiet) {
  if (quiet) return make_silent_progress();
  const char* term = std::getenv("TERM");
  const bool capable = term != nullptr && *term != '\0' && std::string_view(term) != "dumb";
  if (!capable || ::isatty(STDERR_FILENO) == 0) return std::make_unique<NotesOnly>();
  return make_progress_bar(write_to_stderr, steady_now, terminal_columns);
}

std::unique_ptr<Progress> make_silent_progress() { return std::make_unique<SilentProgress>(); }

}  // namespace culprit
