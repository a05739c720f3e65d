// Messages over the wire, with libcurl: one POST, or one mail.
#pragma once

#include "notify/delivery.h"

namespace culprit {

struct SendOptions {
  Duration connect_timeout{5'000};
  Duration timeout{15'000};
};

// Any thread. TLS is verified; a mail goes out without it to a server on this machine only. Redirects are not
// followed. Nothing that it says holds more of an address than scheme, host and port.
Delivered send_delivery(const Delivery& delivery, const SendOptions& options = {});

// "https://hooks.slack.com" of a URL: what may be shown of it.
std::string shown_address(std::string_view url);

// What an HTTP answer means for a message.
Delivered judge_status(int status, std::string_view address, std::string_view retry_after);

}  // namespace culprit
