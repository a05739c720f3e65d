// Tellers of the PostgreSQL report: each renders a SqlReport and computes nothing.
#pragma once

#include <string>

#include "report/report.h"
#include "sql_report/sql_report.h"

namespace culprit {

std::string render_sql_text(const SqlReport& report, const TextStyle& style);
std::string render_sql_html(const SqlReport& report);  // one file, no network
std::string render_sql_json(const SqlReport& report);  // schemas/sql-report.schema.json

// Literals, addresses and other personal data out of its texts (report/redact.h). Statements have none: they
// are normalised; users and databases stay.
void redact(SqlReport& report);

}  // namespace culprit
