#include "cli/stop_signal.h"

#include <csignal>

namespace culprit {

namespace {

volatile std::sig_atomic_t asked = 0;

void ask_to_stop(int) { asked = 1; }

}  // namespace

void catch_stop_signals() {
  struct sigaction action {};
  action.sa_handler = ask_to_stop;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

bool stop_asked() { return asked != 0; }

}  // namespace culprit
