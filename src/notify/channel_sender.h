// From an entry of the outbox to its receiver, by the channels of a system file.
#pragma once

#include <functional>

#include "notify/delivery.h"
#include "notify/outbox_entry.h"
#include "notify/secret.h"
#include "system/system.h"

namespace culprit {

// `system` must outlive it. May be called from several threads at once. A channel that the file does not have
// (any more), or a secret that is not there, is put off: the file may be mended.
std::function<Delivered(const OutboxEntry&)> channel_sender(const System& system, std::function<Time()> clock,
                                                            Getenv getenv = getenv_of_process);

}  // namespace culprit
