// For commands that go on until they are interrupted.
#pragma once

namespace culprit {

// From then on SIGINT and SIGTERM ask to stop, once; a second one ends the process.
void catch_stop_signals();
bool stop_asked();

}  // namespace culprit
