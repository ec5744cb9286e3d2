#include "products/service/knowledge/mined_pairs.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

namespace yupu::products {
namespace {

std::string text_of(const FoundPassage& passage) {
  return searchable_text(passage.title, passage.headings, passage.text);
}

// Nothing: the document went while the search was at work.
Result<std::optional<FoundPassage>> first_passage(Retriever& retriever, const std::string& source) {
  std::optional<FoundPassage> first;
  YUPU_RETURN_IF_ERROR(retriever.store().read([&](store::Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(
        const auto rows,
        transaction.query("SELECT p.id FROM knowledge_passage p JOIN knowledge_document d ON d.tenant_id = p.tenant_id "
                          "AND d.id = p.document_id WHERE p.tenant_id = ? AND d.source = ? ORDER BY p.id LIMIT 1",
                          {retriever.tenant_id(), source}));
    if (rows.empty()) return ok_status();
    const std::int64_t ids[] = {rows[0].integer(0)};
    YUPU_ASSIGN_OR_RETURN(auto found, find_passages(transaction, retriever.tenant_id(), ids));
    if (!found.empty()) first = std::move(found.begin()->second);
    return ok_status();
  }));
  return first;
}

}  // namespace

OrderedJson MinedPair::to_json() const {
  return {{"text", query}, {"text_b", passage}, {"label", right ? 1 : 0}, {"query", fmt::format("q{}", question)}};
}

Result<MinedPairs> mine_pairs(Retriever& retriever, std::span<const Question> questions, std::size_t wrong_count) {
  YUPU_RETURN_IF_ERROR(check_sources(retriever, questions));
  MinedPairs mined;
  std::int64_t number = 0;
  for (const Question& question : questions) {
    ++number;
    YUPU_ASSIGN_OR_RETURN(const auto hits, retriever.search(question.text, SIZE_MAX));
    const auto add = [&](const FoundPassage& passage, bool right) {
      mined.pairs.push_back({.query = question.text, .passage = text_of(passage), .right = right, .question = number});
    };
    for (const std::string& source : question.sources) {
      const auto best =
          std::find_if(hits.begin(), hits.end(), [&](const Hit& hit) { return hit.passage.source == source; });
      if (best != hits.end()) {
        add(best->passage, true);
        continue;
      }
      ++mined.unfound_count;
      YUPU_ASSIGN_OR_RETURN(const auto first, first_passage(retriever, source));
      if (first) add(*first, true);
    }
    std::size_t wrong = 0;
    for (const Hit& hit : hits) {
      const auto& right = question.sources;
      if (wrong == wrong_count) break;
      if (std::find(right.begin(), right.end(), hit.passage.source) != right.end()) continue;
      add(hit.passage, false);
      ++wrong;
    }
  }
  return mined;
}

}  // namespace yupu::products
