#include "sources/aws/collect_aws.h"

#include <fmt/format.h>

#include <span>

#include "sources/aws/collection.h"
#include "sources/aws/preflight.h"
#include "sources/aws/wire.h"

namespace culprit::aws {

namespace {

// Prints through, when asked; owns what it prints for.
class OwningDebugTransport : public HttpTransport {
 public:
  explicit OwningDebugTransport(std::unique_ptr<HttpTransport> inner)
      : inner_(std::move(inner)), debug_(make_debug_transport(*inner_)) {}
  TransportResult<HttpResponse> send(const HttpRequest& request) override { return debug_->send(request); }

 private:
  std::unique_ptr<HttpTransport> inner_;
  std::unique_ptr<HttpTransport> debug_;
};

}  // namespace

std::unique_ptr<HttpTransport> open_transport(const Session& session) {
  CurlOptions options;
  options.verify_tls = session.verify_tls;
  options.ca_bundle =
      session.environment.get("AWS_CA_BUNDLE").value_or(session.settings.get("ca_bundle").value_or(""));
  auto transport = make_curl_transport(std::move(options));
  if (session.debug) transport = std::make_unique<OwningDebugTransport>(std::move(transport));
  return transport;
}

namespace {

struct Collector {
  void (*collect)(Client&, Collection&);
  std::string_view what;
};
constexpr Collector kCollectors[] = {
    {collect_identity, "the caller's identity"},     {collect_ecs, "ECS services and tasks"},
    {collect_rds, "RDS instances and their events"}, {collect_metrics, "CloudWatch metrics"},
    {collect_alarms, "CloudWatch alarms"},           {collect_logs, "log events"}};

// What an end before its time leaves unseen must not look as if it were not there.
void tell_ended(Collection& collection, std::span<const Collector> left, const Error& why) {
  bool begun = true;
  for (const auto& collector : left) {
    Gap gap;
    gap.reason = GapReason::kNotAsked;
    gap.subject = collector.what;
    gap.detail = fmt::format("{}: the collection ended early ({})",
                             begun ? "asked in part only" : "not asked", why.what);
    begun = false;
    gap.window = collection.span();
    collection.put(gap);
  }
}

}  // namespace

Result<void> collect_with(Client& client, Collection& collection) {
  std::span<const Collector> left(kCollectors);
  while (!left.empty()) {
    left.front().collect(client, collection);
    if (!collection.going()) break;
    left = left.subspan(1);
  }
  collection.progress().finish();
  if (const auto error = collection.stopped_by()) {
    tell_ended(collection, left, *error);
    return tl::unexpected(*error);
  }
  return collection.check_anything_came(client);
}

}  // namespace culprit::aws

namespace culprit {

Result<Preflight> plan_collection(const System& system, const CollectAwsOptions& options) {
  const auto session = aws::open_session(aws::Environment::of_process(), options.aws, system);
  if (!session) return tl::unexpected(session.error());
  const auto source = aws::name_credential_source(*session);
  if (!source) return tl::unexpected(source.error());
  Preflight out = aws::make_preflight(system, options, *session, aws::system_clock().now());
  out.credential_source = *source;
  return out;
}

Result<void> collect_aws(const System& system, const CollectAwsOptions& options, StoreWriter& store,
                         Progress& progress) {
  const auto plan = plan_collection(system, options);
  if (!plan) return tl::unexpected(plan.error());
  if (options.max_cost_usd && plan->total_usd > *options.max_cost_usd)
    return fail(ErrorCode::kCostCap,
                fmt::format("the collection would cost about ${:.4f}, more than ${:.4f}", plan->total_usd,
                            *options.max_cost_usd),
                {}, "raise --max-cost, or ask for a shorter window or fewer metrics");
  const auto session = aws::open_session(aws::Environment::of_process(), options.aws, system);
  if (!session) return tl::unexpected(session.error());
  const auto transport = aws::open_transport(*session);
  aws::Collection collection(system, options, store, progress, aws::system_clock());
  aws::Client client(
      *session, *transport, aws::system_clock(),
      [&collection](const JournalEntry& entry) { collection.put(entry); },
      [&progress](std::string_view line) { progress.note(line); });
  if (auto done = aws::collect_with(client, collection); !done) return done;
  return store.commit();
}

}  // namespace culprit
