// A search for people and for programs: a table, one JSON document, one HTML page that needs nothing else.
// Threads  pure functions.
#pragma once

#include <string>

#include "base/json.h"
#include "training/tune/study.h"

namespace yupu::training::tune {

// {"metric", "settings", "space", "best": {trial, figure, epochs, point} | null, "epochs": all trials', "trials":
//  [{"trial", "bracket", "state", "epochs", "figure", "seconds", "reason", "point", "rungs": [...]}], "progress":
//  [{"epochs", "best"}]}: progress is the best figure so far over the epochs spent, in the order in which rungs ended.
Json results_json(const Study& study, const std::string& metric);

// The trials, best first, at most `rows_most` of them.
std::string results_table(const Study& study, const std::string& metric, std::size_t rows_most = 20);

// Parallel coordinates (one axis per parameter, one line per trial, coloured by figure, the best in front), the best
// figure over the epochs spent, and the table.  Inline SVG, no script, nothing fetched.
std::string report_html(const Study& study, const std::string& metric);

// Further along first, then by figure, then by number; failed ones last.
std::vector<const Trial*> ranked(const Study& study);

// A value as table and page show it: four digits of a fraction, a string without its quotes.
std::string short_text(const Json& value);

}  // namespace yupu::training::tune
