#include "server/live_documents.h"

#include <algorithm>

#include "server/api_fault.h"
#include "server/live.h"
#include "server/states.h"

namespace culprit::server {

namespace {

void need_written(const Result<void>& written, std::string_view kind) {
  if (!written)
    throw ApiFault{kind.starts_with("logs:") ? "ServiceUnavailableException" : "InternalServiceError",
                   written.error().message(), 500};
}

}  // namespace

Result<void> LiveDocuments::load() {
  const auto evidence = store_.current();
  if (!evidence) return tl::unexpected(evidence.error());
  for (const auto kind : {kinds::kDashboard, kinds::kAnomalyDetector, kinds::kTags, kinds::kExportTask}) {
    const auto states = (*evidence)->states(kind);
    if (!states) return tl::unexpected(states.error());
    auto& documents = documents_[std::string(kind)];
    for (const auto& state : *states) {
      documents.erase(state.id);
      const auto* document = state.document.if_object();
      if (document != nullptr && !document->contains("Deleted")) documents.emplace(state.id, *document);
    }
  }
  return {};
}

void LiveDocuments::put(std::string_view kind, const std::string& id, boost::json::object document,
                        Time now) {
  need_written(store_.write([&](StoreWriter& writer) {
    return writer.put_state({std::string(kind), id, now, document});
  }),
               kind);
  const std::lock_guard lock(mutex_);
  documents_[std::string(kind)].insert_or_assign(id, std::move(document));
}

void LiveDocuments::remove(std::string_view kind, const std::vector<std::string>& ids, Time now) {
  need_written(store_.write([&](StoreWriter& writer) -> Result<void> {
    for (const auto& id : ids)
      if (find(kind, id))
        if (auto put = writer.put_state({std::string(kind), id, now, boost::json::object{{"Deleted", true}}});
            !put)
          return put;
    return {};
  }),
               kind);
  const std::lock_guard lock(mutex_);
  for (const auto& id : ids) documents_[std::string(kind)].erase(id);
}

std::optional<boost::json::object> LiveDocuments::find(std::string_view kind, const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto of_kind = documents_.find(kind);
  if (of_kind == documents_.end()) return std::nullopt;
  const auto found = of_kind->second.find(id);
  return found == of_kind->second.end() ? std::nullopt : std::optional(found->second);
}

std::vector<boost::json::object> LiveDocuments::all(std::string_view kind) const {
  const std::lock_guard lock(mutex_);
  std::vector<boost::json::object> out;
  if (const auto of_kind = documents_.find(kind); of_kind != documents_.end())
    for (const auto& [id, document] : of_kind->second) out.push_back(document);
  return out;
}

std::vector<boost::json::object> documents_of(const Account& account, std::string_view kind) {
  if (account.is_live()) return account.live().documents.all(kind);
  auto out = states_at(account, *account.evidence(), kind);
  std::erase_if(out, [](const auto& each) { return each.contains("Deleted"); });
  return out;
}

}  // namespace culprit::server
