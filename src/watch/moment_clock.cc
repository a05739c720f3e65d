#include "watch/moment_clock.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <ctime>

#include "base/file.h"

namespace culprit {

namespace {

Time wall_now() { return std::chrono::floor<Duration>(std::chrono::system_clock::now()); }

// One boot of this machine; empty where it does not tell.
std::string boot_id() {
  auto text = read_file("/proc/sys/kernel/random/boot_id");
  if (!text) return "";
  text->erase(std::min(text->find('\n'), text->size()));
  return *text;
}

class MachineClock : public MomentClock {
 public:
  Moment now() const override {
    timespec t{};
    ::clock_gettime(CLOCK_BOOTTIME, &t);
    return {wall_now(), Duration{static_cast<std::int64_t>(t.tv_sec) * 1000 + t.tv_nsec / 1'000'000}, boot_};
  }

 private:
  std::string boot_ = boot_id();
};

class DrillClock : public MomentClock {
 public:
  DrillClock(Time really_since, Time start, double speed)
      : really_since_(really_since), start_(start), speed_(speed) {}
  Moment now() const override {
    const auto passed = Duration{static_cast<std::int64_t>(
        static_cast<double>(std::max(Duration{0}, wall_now() - really_since_).count()) * speed_)};
    return {start_ + passed, passed, "drill"};
  }
  Duration really(Duration of_this_clock) const override {
    return Duration{static_cast<std::int64_t>(static_cast<double>(of_this_clock.count()) / speed_)};
  }

 private:
  Time really_since_, start_;
  double speed_;
};

}  // namespace

std::unique_ptr<MomentClock> machine_clock() { return std::make_unique<MachineClock>(); }

Result<std::unique_ptr<MomentClock>> drill_clock(const std::filesystem::path& file, Time start,
                                                 double speed) {
  Time since = wall_now();
  auto text = read_file(file);
  if (!text && text.error().code == ErrorCode::kNotFound) {
    const boost::json::object fresh{{"since_ms", to_epoch_ms(since)}};
    if (auto written = write_file_atomically(file, boost::json::serialize(fresh) + "\n"); !written)
      return tl::unexpected(written.error());
    text = boost::json::serialize(fresh);
  }
  if (!text) return tl::unexpected(text.error());
  boost::json::error_code ec;
  const auto parsed = boost::json::parse(*text, ec);
  const auto* o = ec ? nullptr : parsed.if_object();
  const auto* ms = o == nullptr ? nullptr : o->if_contains("since_ms");
  if (ms == nullptr || !ms->is_int64())
    return fail(ErrorCode::kDamaged, "is no clock of a drill", file.string());
  since = from_epoch_ms(ms->get_int64());
  return std::make_unique<DrillClock>(since, start, speed);
}

}  // namespace culprit
