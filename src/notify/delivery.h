// A message in the form of its channel, ready for the wire; and what became of it.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/time.h"

namespace culprit {

struct Delivery {
  enum class Form { kPost, kMail } form = Form::kPost;
  std::string url;  // may be a secret itself: never printed
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;  // of a mail with its header lines
  std::string from;
  std::vector<std::string> to;
  std::string user, password;
  std::string ca;
};

struct Delivered {
  enum class Outcome {
    kDone,
    kLater,    // no answer, too busy, a fault of the receiver: the same may work later
    kRefused,  // the receiver will not have it as things stand: address, key or message are wrong
  };
  Outcome outcome = Outcome::kLater;
  std::string what;  // what went wrong, without secrets
  std::string hint;
  std::optional<Duration> wait;  // Retry-After
};

}  // namespace culprit
