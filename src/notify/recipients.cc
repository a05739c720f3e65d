#include "notify/recipients.h"

#include <fmt/format.h>

#include <algorithm>

namespace culprit {

std::vector<Recipient> recipients(const System& system, std::string_view severity) {
  std::vector<Recipient> all;
  const auto wanted = [&](const auto& person) {
    return std::ranges::find(person.severities, severity) != person.severities.end();
  };
  for (const auto& contact : system.contacts)
    if (wanted(contact))
      for (const auto& channel : contact.notify) all.push_back({contact.role, channel, contact.after, true});
  for (const auto& holder : system.stakeholders)
    if (wanted(holder))
      for (const auto& channel : holder.notify) all.push_back({holder.name, channel, {}, false});
  std::ranges::stable_sort(all, {}, &Recipient::after);
  std::vector<Recipient> out;
  for (auto& one : all)
    if (std::ranges::find(out, one.channel, &Recipient::channel) == out.end()) out.push_back(std::move(one));
  return out;
}

Result<void> check_recipients(const System& system) {
  for (const auto& contact : system.contacts)
    if (!contact.notify.empty()) return {};
  return fail(ErrorCode::kUsage,
              fmt::format("the system '{}' names no contact that can be notified{}", system.name,
                          system.channels.empty() ? ": it has no channels" : ""),
              "",
              "Add `channels` and name them in a contact's `notify` (docs/system-file.md, contacts): "
              "channels: [{id: chat, kind: slack, url: \"env:SLACK_WEBHOOK_URL\"}], "
              "contacts: [{role: On-call, notify: [chat]}]");
}

}  // namespace culprit
