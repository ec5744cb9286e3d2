#include "products/service/answers_json.h"

#include "base/clock.h"

namespace yupu::products {
namespace {

Json instant(const std::optional<std::int64_t>& ns) { return ns ? Json(format_utc(*ns)) : Json(); }

const char* holds(const Answer& answer, std::int64_t now_ns) {
  if (answer.valid_from_ns && now_ns < *answer.valid_from_ns) return "later";
  return answer.valid_until_ns && now_ns >= *answer.valid_until_ns ? "over" : "now";
}

}  // namespace

Json answers_json(const ApprovedAnswers& answers, std::int64_t now_ns) {
  Json rows = Json::array();
  for (const auto& [intent, approved] : answers.by_intent()) {
    for (const ApprovedAnswer& one : approved) {
      const Answer& answer = one.answer;
      rows.push_back({{"intent", intent},
                      {"title_zh", answer.title_zh},
                      {"title_en", answer.title_en},
                      {"text_zh", answer.text_zh},
                      {"text_en", answer.text_en},
                      {"source", answer.source},
                      {"channels", answer.channels},
                      {"valid_from", instant(answer.valid_from_ns)},
                      {"valid_until", instant(answer.valid_until_ns)},
                      {"holds", holds(answer, now_ns)}});
    }
  }
  return rows;
}

}  // namespace yupu::products
