// Who asks: STS GetCallerIdentity.
#include "sources/aws/answer.h"
#include "sources/aws/collection.h"

namespace culprit::aws {

void collect_identity(Client& client, Collection& collection) {
  const Asked asked{Service::kSts, "GetCallerIdentity", "the caller's identity", "", std::nullopt};
  collection.note("source", "aws");
  if (client.session().profile != "default") collection.note("aws.profile", client.session().profile);
  collection.note("aws.region", client.session().region);
  collection.note("aws.endpoint", endpoint_url(client.session(), Service::kLogs));
  const auto answer = client.call(Service::kSts, asked.operation, {});
  if (!answer) return collection.failed(asked, answer.error());
  collection.note("aws.account", text_at(*answer, "Account"));
  collection.note("aws.arn", text_at(*answer, "Arn"));
  if (const auto credentials = client.credentials().get())
    collection.note("aws.credential_source", credentials->source);
}

}  // namespace culprit::aws
