// yupu knowledge: documents a bot may quote, searched and quoted from the command line.
#include <filesystem>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/commands/commands.h"
#include "app/commands/knowledge_place.h"
#include "app/workplace.h"
#include "products/service/knowledge/document_file.h"
#include "products/service/knowledge/evaluation.h"
#include "products/service/knowledge/library.h"
#include "products/service/knowledge/quotes.h"
#include "products/service/knowledge/threshold.h"
#include "strategy/knowledge_plan.h"

namespace yupu::app {
namespace {

Status add(Arguments& arguments) {
  const TenantFlags common = read_tenant_flags(arguments);
  const ModelFlags flags = read_model_flags(arguments);
  const std::string named = arguments.text("--source");
  products::PassageOptions options;
  options.length_max = arguments.integer("--passage-length", options.length_max, 1, 10'000);
  YUPU_ASSIGN_OR_RETURN(const auto files, arguments.finish(1, 1'000'000, "file"));
  if (!named.empty() && files.size() != 1) return invalid_argument("--source names one file", "--source");
  // All are read before one is added: a file that cannot be read leaves everything as it was.
  std::vector<products::NewDocument> documents;
  for (const std::string& file : files) {
    const std::string source = named.empty() ? std::filesystem::path(file).lexically_normal().string() : named;
    YUPU_ASSIGN_OR_RETURN(auto document, products::read_document_file(file, source, options));
    documents.push_back(std::move(document));
  }
  YUPU_ASSIGN_OR_RETURN(TenantPlace place, open_tenant_place(common, false));
  YUPU_ASSIGN_OR_RETURN(const Search opened, open_search(place, flags));
  OrderedJson rows = OrderedJson::array();
  std::string text;
  for (const products::NewDocument& document : documents) {
    YUPU_ASSIGN_OR_RETURN(const auto added, products::add_document(*place.workplace.store, *place.workplace.clock,
                                                                   place.tenant_id, document));
    const auto outcome = products::outcome_name(added.outcome);
    rows.push_back({{"source", document.source},
                    {"outcome", outcome},
                    {"version", added.version},
                    {"passages", added.passage_count}});
    text +=
        fmt::format("{:<9} {} version {}, {} passages\n", outcome, document.source, added.version, added.passage_count);
  }
  YUPU_ASSIGN_OR_RETURN(const std::int64_t embedded, opened.retriever->refresh());
  if (common.json) {
    print_json(OrderedJson{{"documents", rows}, {"passages_embedded", embedded}});
  } else {
    text += fmt::format("{} documents", documents.size());
    if (!flags.embedder.empty()) text += fmt::format(", {} passages embedded", embedded);
    print_text(text);
  }
  return ok_status();
}

Status list(Arguments& arguments) {
  const TenantFlags common = read_tenant_flags(arguments);
  YUPU_RETURN_IF_ERROR(arguments.finish(0, 0).status());
  YUPU_ASSIGN_OR_RETURN(const TenantPlace place, open_tenant_place(common, true));
  YUPU_ASSIGN_OR_RETURN(const auto documents, products::list_documents(*place.workplace.store, place.tenant_id));
  if (common.json) {
    OrderedJson rows = OrderedJson::array();
    for (const auto& document : documents) rows.push_back(document.to_json());
    print_json(OrderedJson{{"documents", rows}});
    return ok_status();
  }
  std::string text = fmt::format("{:>7} {:>8} {:<24}  {}", "VERSION", "PASSAGES", "DATED", "SOURCE: TITLE");
  for (const auto& document : documents)
    text += fmt::format("\n{:>7} {:>8} {:<24}  {}: {}", document.version, document.passage_count,
                        format_utc(document.dated_ns), document.source, document.title);
  print_text(text);
  return ok_status();
}

Status remove(Arguments& arguments) {
  const TenantFlags common = read_tenant_flags(arguments);
  YUPU_ASSIGN_OR_RETURN(const auto words, arguments.finish(1, 1, "source"));
  YUPU_ASSIGN_OR_RETURN(const TenantPlace place, open_tenant_place(common, true));
  YUPU_RETURN_IF_ERROR(
      products::remove_document(*place.workplace.store, *place.workplace.clock, place.tenant_id, words[0]));
  common.json ? print_json(Json{{"removed", words[0]}}) : print_text("removed " + words[0]);
  return ok_status();
}

// "shop/returns.md version 2 (2026-11-27), Returns > Fees, bytes 120 to 240".  `cited`: a passage or a quote.
template <typename Cited>
std::string citation(const Cited& cited) {
  std::string text =
      fmt::format("{} version {} ({})", cited.source, cited.version, format_utc(cited.dated_ns).substr(0, 10));
  if (!cited.headings.empty()) text += fmt::format(", {}", fmt::join(cited.headings, " > "));
  if (cited.page) text += fmt::format(", page {}", *cited.page);
  return text + fmt::format(", bytes {} to {}", cited.begin, cited.end);
}

Status search(Arguments& arguments) {
  const TenantFlags common = read_tenant_flags(arguments);
  const ModelFlags flags = read_model_flags(arguments);
  const auto count = static_cast<std::size_t>(arguments.integer("--top-k", 5, 1, 50));
  YUPU_ASSIGN_OR_RETURN(const auto words, arguments.finish(1, 1, "query"));
  YUPU_ASSIGN_OR_RETURN(TenantPlace place, open_tenant_place(common, true));
  YUPU_ASSIGN_OR_RETURN(const Search opened, open_search(place, flags));
  YUPU_ASSIGN_OR_RETURN(const auto hits, opened.retriever->search(words[0], count));
  const auto stage = products::stage_name(opened.retriever->last_stage());
  if (common.json) {
    OrderedJson rows = OrderedJson::array();
    for (const products::Hit& hit : hits) {
      const products::FoundPassage& found = hit.passage;
      rows.push_back({{"score", hit.score},
                      {"source", found.source},
                      {"title", found.title},
                      {"headings", found.headings},
                      {"version", found.version},
                      {"begin", found.begin},
                      {"end", found.end},
                      {"dated", format_utc(found.dated_ns)},
                      {"text", found.text}});
      if (found.page) rows.back()["page"] = *found.page;
    }
    print_json(OrderedJson{{"query", words[0]}, {"stage", stage}, {"passages", rows}});
    return ok_status();
  }
  std::string text = fmt::format("{} passages by {}", hits.size(), stage);
  for (const products::Hit& hit : hits) {
    text += fmt::format("\n\n{:.4f}  {}\n{}", hit.score, citation(hit.passage), hit.passage.text);
  }
  print_text(text);
  return ok_status();
}

Status answer(Arguments& arguments) {
  const TenantFlags common = read_tenant_flags(arguments);
  const ModelFlags flags = read_model_flags(arguments);
  products::QuoteOptions options;
  constexpr double kNotGiven = -1.0;
  const double threshold = arguments.number("--threshold", kNotGiven, 0.0, 1.0);
  YUPU_ASSIGN_OR_RETURN(const auto words, arguments.finish(1, 1, "query"));
  YUPU_ASSIGN_OR_RETURN(TenantPlace place, open_tenant_place(common, true));
  YUPU_ASSIGN_OR_RETURN(const Search opened, open_search(place, flags));
  YUPU_ASSIGN_OR_RETURN(const auto fitted, products::fitted_threshold(*place.workplace.store, place.tenant_id,
                                                                      opened.retriever->embedder_id()));
  options.threshold = threshold != kNotGiven ? threshold : fitted.value_or(options.threshold);
  YUPU_ASSIGN_OR_RETURN(const auto quotes, products::quote(*opened.retriever, words[0], options));
  if (common.json) {
    OrderedJson rows = OrderedJson::array();
    for (const products::Quote& quote : quotes) rows.push_back(quote.to_json());
    print_json(OrderedJson{{"query", words[0]}, {"threshold", options.threshold}, {"quotes", rows}});
    return ok_status();
  }
  std::string text;
  for (const products::Quote& quote : quotes)
    text += fmt::format("{}{}\n  {:.2f}  {}", text.empty() ? "" : "\n", quote.text, quote.score, citation(quote));
  print_text(text.empty() ? "no sentence of the documents answers this" : text);
  return ok_status();
}

Status evaluate(Arguments& arguments) {
  const TenantFlags common = read_tenant_flags(arguments);
  const ModelFlags flags = read_model_flags(arguments);
  const std::string path = arguments.required_text("--data");
  const std::string query = arguments.text("--query", "query");
  const std::string source = arguments.text("--source", "source");
  YUPU_RETURN_IF_ERROR(arguments.finish(0, 0).status());
  YUPU_ASSIGN_OR_RETURN(const auto questions, strategy::read_questions(path, query, source));
  for (const products::Question& question : questions) {
    if (question.sources.empty())
      return invalid_argument(
          fmt::format("{}: '{}' names no document: only `fit` takes such rows", path, question.text), "source");
  }
  YUPU_ASSIGN_OR_RETURN(TenantPlace place, open_tenant_place(common, true));
  YUPU_ASSIGN_OR_RETURN(const Search opened, open_search(place, flags));
  const auto evaluation = products::evaluate(*opened.retriever, questions);
  if (!evaluation.ok()) return evaluation.status().with_context(path);
  common.json ? print_json(evaluation->to_json()) : print_text(evaluation->to_text());
  return ok_status();
}

}  // namespace

Status knowledge_command(Arguments& arguments) {
  YUPU_ASSIGN_OR_RETURN(const std::string verb, arguments.verb({"add", "list", "remove", "search", "answer", "evaluate",
                                                                "fit", "weigh", "pairs"}));
  if (verb == "add") return add(arguments);
  if (verb == "list") return list(arguments);
  if (verb == "remove") return remove(arguments);
  if (verb == "search") return search(arguments);
  if (verb == "answer") return answer(arguments);
  if (verb == "fit") return knowledge_fit(arguments);
  if (verb == "weigh") return knowledge_weigh(arguments);
  if (verb == "pairs") return knowledge_pairs(arguments);
  return evaluate(arguments);
}

}  // namespace yupu::app
