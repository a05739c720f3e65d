#include "server/live_group_filters.h"

namespace culprit::server {

namespace {

std::string id_of(const std::string& group, const std::string& name) { return group + "\n" + name; }

void need_written(const Result<void>& written) {
  if (!written) throw ApiFault{"ServiceUnavailableException", written.error().message(), 500};
}

}  // namespace

Result<void> load_filters(LiveStore& store, const FilterKind& kind, const GroupCreated& created,
                          const std::function<void(const boost::json::object&)>& visit) {
  const auto evidence = store.current();
  if (!evidence) return tl::unexpected(evidence.error());
  const auto states = (*evidence)->states(kind.states);
  if (!states) return tl::unexpected(states.error());
  for (std::size_t i = 0; i < states->size(); ++i) {
    const auto& state = (*states)[i];
    const auto* description = state.document.if_object();
    const bool last = i + 1 == states->size() || (*states)[i + 1].id != state.id;
    if (!last || description == nullptr || description->contains("Deleted")) continue;
    // One that is older than its group was of a group of that name that was deleted.
    const auto since = created(text_of(*description, "logGroupName"));
    if (since && *since <= state.observed_at) visit(*description);
  }
  return {};
}

void keep_filter(LiveStore& store, const FilterKind& kind, const boost::json::object& description, Time now) {
  const std::string id = id_of(text_of(description, "logGroupName"), text_of(description, "filterName"));
  need_written(store.write([&](StoreWriter& writer) {
    return writer.put_state({std::string(kind.states), id, now, description});
  }));
}

void keep_deleted_filters(LiveStore& store, const FilterKind& kind, const NamedFilters& filters, Time now) {
  need_written(store.write([&](StoreWriter& writer) -> Result<void> {
    for (const auto& [group, name] : filters)
      if (auto put = writer.put_state(
              {std::string(kind.states), id_of(group, name), now,
               boost::json::object{{"logGroupName", group}, {"filterName", name}, {"Deleted", true}}});
          !put)
        return put;
    return {};
  }));
}

}  // namespace culprit::server
