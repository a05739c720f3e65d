#include "server/account.h"

#include <fmt/format.h>

#include "server/api_fault.h"
#include "server/query_jobs.h"

namespace culprit::server {

namespace {

Time real_now() { return std::chrono::floor<Duration>(std::chrono::system_clock::now()); }

class FixedEvidence : public EvidenceSource {
 public:
  explicit FixedEvidence(Evidence store) : store_(std::move(store)) {}
  Result<Evidence> current() override { return store_; }

 private:
  const Evidence store_;
};

// arn:partition:service:region:account:resource
std::optional<AccountName> name_in_arn(std::string_view arn) {
  std::vector<std::string_view> parts;
  for (std::size_t at = 0; at <= arn.size() && parts.size() < 5;) {
    const std::size_t end = std::min(arn.find(':', at), arn.size());
    parts.push_back(arn.substr(at, end - at));
    at = end + 1;
  }
  if (parts.size() < 5 || parts[0] != "arn" || parts[3].empty() || parts[4].size() != 12) return std::nullopt;
  return AccountName{std::string(parts[4]), std::string(parts[3]), {}};
}

std::optional<AccountName> name_in_states(const Store& store) {
  static constexpr std::pair<std::string_view, std::string_view> kArns[] = {
      {"ecs:service", "serviceArn"},
      {"rds:db-instance", "DBInstanceArn"},
      {"logs:log-group", "arn"},
      {"ecs:task", "taskArn"}};
  for (const auto& [kind, member] : kArns) {
    const auto states = store.states(kind);
    if (!states) continue;
    for (const auto& state : *states) {
      const auto* object = state.document.if_object();
      const auto* arn = object == nullptr ? nullptr : object->if_contains(member);
      if (arn == nullptr || !arn->is_string()) continue;
      if (auto name = name_in_arn(arn->get_string())) return name;
    }
  }
  return std::nullopt;
}

}  // namespace

std::unique_ptr<EvidenceSource> fixed_evidence(std::shared_ptr<const Store> store) {
  return std::make_unique<FixedEvidence>(std::move(store));
}

AccountClock::AccountClock(Time replayed, double speed)
    : replayed_(replayed), speed_(speed), started_(real_now()) {}

Time AccountClock::now() const {
  const Time real = real_now();
  if (!replayed_) return real;
  const auto passed = static_cast<double>((real - started_).count()) * speed_;
  return *replayed_ + Duration{static_cast<std::int64_t>(passed)};
}

AccountName name_of(const Store& store) {
  AccountName name = name_in_states(store).value_or(AccountName{});
  const auto noted = [&](std::string_view key, std::string& to) {
    const auto value = store.note(key);
    if (value && *value && !(*value)->empty()) to = **value;
  };
  noted("aws.account", name.id);
  noted("aws.region", name.region);
  noted("aws.arn", name.arn);
  if (name.arn.empty()) name.arn = fmt::format("arn:aws:iam::{}:user/culprit", name.id);
  return name;
}

Account::Account(std::unique_ptr<EvidenceSource> source, AccountClock clock, AccountName name)
    : source_(std::move(source)),
      clock_(clock),
      name_(std::move(name)),
      queries_(std::make_unique<QueryJobs>()) {}

Account::~Account() = default;

Evidence Account::evidence() const { return taken(source_->current()); }

Live& Account::live() const {
  if (live_ == nullptr) throw ApiFault{"AccessDeniedException", "What is served here cannot be changed."};
  return *live_;
}

Time Account::horizon() const { return replays() ? now() + Duration{1} : Time::max(); }

void throw_store_error(const Error& error) {
  throw ApiFault{"InternalServiceError", error.message(), error.code == ErrorCode::kNotFound ? 400 : 500};
}

}  // namespace culprit::server
