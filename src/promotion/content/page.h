// The parts of the report page, from facts to HTML.  Each part is empty when its figures are not there.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "promotion/content/facts.h"
#include "promotion/content/words.h"

namespace yupu::promotion {

// Which records the page is about; all are in `facts`.
struct ReportSubject {
  std::string model;
  std::string run_id;
  std::string dataset_id;                   // empty: not in the store
  std::string release_id;                   // empty: none is live
  std::optional<std::string> newer_run_id;  // made after the run reported here
};

std::string report_page(const Facts& facts, const ReportSubject& subject, const ReportWords& words);

}  // namespace yupu::promotion
