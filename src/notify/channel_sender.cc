#include "notify/channel_sender.h"

#include <fmt/format.h>

#include "notify/render_notice.h"
#include "notify/send_delivery.h"

namespace culprit {

std::function<Delivered(const OutboxEntry&)> channel_sender(const System& system, std::function<Time()> clock,
                                                            Getenv getenv) {
  return
      [&system, clock = std::move(clock), getenv = std::move(getenv)](const OutboxEntry& entry) -> Delivered {
        const Channel* channel = system.channel(entry.channel);
        if (channel == nullptr)
          return {Delivered::Outcome::kLater,
                  fmt::format("the system file has no channel '{}' any more", entry.channel),
                  "Put it back, or move the message out of the outbox.",
                  {}};
        const auto delivery = render_notice(entry.notice, *channel, {entry.key, clock(), getenv});
        if (!delivery)
          return {Delivered::Outcome::kLater,
                  fmt::format("{}: {}", delivery.error().where, delivery.error().what),
                  delivery.error().hint,
                  {}};
        return send_delivery(*delivery);
      };
}

}  // namespace culprit
