// `culprit incident followups|followup|done|recurrence|learn`: what comes after an incident (runbook row H7).
#pragma once

namespace CLI {
class App;
}

namespace culprit {

void add_incident_after(CLI::App& incident, int& exit);

}  // namespace culprit
