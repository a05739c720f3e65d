// `culprit incident learn`: what the system file should know after an incident, as a diff (runbook row H7).
#pragma once

namespace CLI {
class App;
}

namespace culprit {

void add_incident_learn(CLI::App& incident, int& exit);

}  // namespace culprit
