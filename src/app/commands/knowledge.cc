// yupu knowledge: documents a bot may quote, searched and quoted from the command line.
#include <chrono>
#include <filesystem>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/commands/commands.h"
#include "app/commands/task_commands.h"
#include "app/workplace.h"
#include "base/file.h"
#include "commerce/tenants/tenants.h"
#include "data/text_columns.h"
#include "products/service/knowledge/evaluation.h"
#include "products/service/knowledge/library.h"
#include "products/service/knowledge/quotes.h"
#include "products/service/knowledge/readers/readers.h"
#include "products/service/knowledge/retriever.h"

namespace yupu::app {
namespace {

constexpr const char* kOwnTenant = "local";  // without --tenant: no tenant's id, which begin with "tn_"

// What every verb reads.
struct Common {
  WorkplaceOptions where;
  std::string tenant;
  bool json = false;
};
Common read_common(Arguments& arguments) {
  Common common;
  common.where = read_workplace(arguments);
  common.tenant = arguments.text("--tenant");
  common.json = arguments.flag("--json");
  return common;
}

struct Place {
  Workplace workplace;
  std::string tenant_id;
};
Result<Place> open_place(const Common& common, bool must_exist) {
  YUPU_ASSIGN_OR_RETURN(auto workplace, open_workplace(common.where, must_exist));
  std::string tenant_id = kOwnTenant;
  if (!common.tenant.empty()) {
    YUPU_ASSIGN_OR_RETURN(const auto tenant, commerce::find_tenant(*workplace.store, common.tenant));
    tenant_id = tenant.id;
  }
  return Place{std::move(workplace), std::move(tenant_id)};
}

// --embedder DIR, --reranker DIR and --words-weight X.
struct ModelFlags {
  std::string embedder, reranker;
  double words_weight = 1.0;
  ModelRun run;
};
ModelFlags read_model_flags(Arguments& arguments) {
  ModelFlags flags;
  flags.embedder = arguments.text("--embedder");
  flags.reranker = arguments.text("--reranker");
  flags.words_weight = arguments.number("--words-weight", flags.words_weight, 0.0, 1000.0);
  flags.run = read_model_run(arguments);
  return flags;
}

// The retriever and what it borrows.
struct Search {
  std::unique_ptr<tasks::Embedder> embedder;
  std::unique_ptr<tasks::PairModel> reranker;
  std::unique_ptr<engine::ExecutionContext> context;
  std::unique_ptr<products::Retriever> retriever;
};
Result<Search> open_search(Place& place, const ModelFlags& flags) {
  Search search;
  if (!flags.embedder.empty()) {
    YUPU_ASSIGN_OR_RETURN(search.embedder, tasks::Embedder::load(flags.embedder, model::Placement::kMapped));
  }
  if (!flags.reranker.empty()) {
    YUPU_ASSIGN_OR_RETURN(search.reranker,
                          tasks::PairModel::load(flags.reranker, {.placement = model::Placement::kMapped}));
  }
  if (search.embedder != nullptr || search.reranker != nullptr)
    search.context.reset(new engine::ExecutionContext(open_context(flags.run)));
  YUPU_ASSIGN_OR_RETURN(search.retriever, products::Retriever::open(*place.workplace.store, place.tenant_id,
                                                                    {.embedder = search.embedder.get(),
                                                                     .reranker = search.reranker.get(),
                                                                     .context = search.context.get()},
                                                                    {.words_weight = flags.words_weight}));
  return search;
}

Result<std::int64_t> changed_ns(const std::string& path) {
  std::error_code error;
  const auto time = std::filesystem::last_write_time(path, error);
  if (error) return errno_status(error.value(), path);
  const auto since = std::chrono::file_clock::to_sys(time).time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(since).count();
}

// `named`: the source's name instead of the path.
Result<products::NewDocument> read_file_to_add(const std::string& path, const std::string& named,
                                               const products::PassageOptions& options) {
  const std::string source = named.empty() ? std::filesystem::path(path).lexically_normal().string() : named;
  YUPU_ASSIGN_OR_RETURN(const auto* format, products::format_of(path));
  YUPU_ASSIGN_OR_RETURN(const std::string bytes, read_file(path, format->file_bytes_max));
  YUPU_ASSIGN_OR_RETURN(const std::int64_t dated_ns, changed_ns(path));
  YUPU_ASSIGN_OR_RETURN(auto added, products::read_new_document(path, bytes, dated_ns, options));
  added.source = source;
  YUPU_RETURN_IF_ERROR(products::check_source(source));
  return added;
}

Status add(Arguments& arguments) {
  const Common common = read_common(arguments);
  const ModelFlags flags = read_model_flags(arguments);
  const std::string named = arguments.text("--source");
  products::PassageOptions options;
  options.length_max = arguments.integer("--passage-length", options.length_max, 1, 10'000);
  YUPU_ASSIGN_OR_RETURN(const auto files, arguments.finish(1, 1'000'000, "file"));
  if (!named.empty() && files.size() != 1) return invalid_argument("--source names one file", "--source");
  // All are read before one is added: a file that cannot be read leaves everything as it was.
  std::vector<products::NewDocument> documents;
  for (const std::string& file : files) {
    YUPU_ASSIGN_OR_RETURN(auto document, read_file_to_add(file, named, options));
    documents.push_back(std::move(document));
  }
  YUPU_ASSIGN_OR_RETURN(Place place, open_place(common, false));
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
  const Common common = read_common(arguments);
  YUPU_RETURN_IF_ERROR(arguments.finish(0, 0).status());
  YUPU_ASSIGN_OR_RETURN(const Place place, open_place(common, true));
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
  const Common common = read_common(arguments);
  YUPU_ASSIGN_OR_RETURN(const auto words, arguments.finish(1, 1, "source"));
  YUPU_ASSIGN_OR_RETURN(const Place place, open_place(common, true));
  YUPU_RETURN_IF_ERROR(
      products::remove_document(*place.workplace.store, *place.workplace.clock, place.tenant_id, words[0]));
  common.json ? print_json(Json{{"removed", words[0]}}) : print_text("removed " + words[0]);
  return ok_status();
}

// "shop/returns.md version 2 (2026-11-27), Returns > Fees, bytes 120 to 240"
std::string citation(const std::string& source, std::int64_t version, std::int64_t dated_ns,
                     const std::vector<std::string>& headings, std::size_t begin, std::size_t end) {
  std::string text = fmt::format("{} version {} ({})", source, version, format_utc(dated_ns).substr(0, 10));
  if (!headings.empty()) text += fmt::format(", {}", fmt::join(headings, " > "));
  return text + fmt::format(", bytes {} to {}", begin, end);
}

Status search(Arguments& arguments) {
  const Common common = read_common(arguments);
  const ModelFlags flags = read_model_flags(arguments);
  const auto count = static_cast<std::size_t>(arguments.integer("--top-k", 5, 1, 50));
  YUPU_ASSIGN_OR_RETURN(const auto words, arguments.finish(1, 1, "query"));
  YUPU_ASSIGN_OR_RETURN(Place place, open_place(common, true));
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
    }
    print_json(OrderedJson{{"query", words[0]}, {"stage", stage}, {"passages", rows}});
    return ok_status();
  }
  std::string text = fmt::format("{} passages by {}", hits.size(), stage);
  for (const products::Hit& hit : hits) {
    const products::FoundPassage& found = hit.passage;
    text += fmt::format("\n\n{:.4f}  {}\n{}", hit.score,
                        citation(found.source, found.version, found.dated_ns, found.headings, found.begin, found.end),
                        found.text);
  }
  print_text(text);
  return ok_status();
}

Status answer(Arguments& arguments) {
  const Common common = read_common(arguments);
  const ModelFlags flags = read_model_flags(arguments);
  products::QuoteOptions options;
  options.threshold = arguments.number("--threshold", options.threshold, 0.0, 1.0);
  YUPU_ASSIGN_OR_RETURN(const auto words, arguments.finish(1, 1, "query"));
  YUPU_ASSIGN_OR_RETURN(Place place, open_place(common, true));
  YUPU_ASSIGN_OR_RETURN(const Search opened, open_search(place, flags));
  YUPU_ASSIGN_OR_RETURN(const auto quotes, products::quote(*opened.retriever, words[0], options));
  if (common.json) {
    OrderedJson rows = OrderedJson::array();
    for (const products::Quote& quote : quotes) rows.push_back(quote.to_json());
    print_json(OrderedJson{{"query", words[0]}, {"quotes", rows}});
    return ok_status();
  }
  std::string text;
  for (const products::Quote& quote : quotes)
    text += fmt::format("{}{}\n  {:.2f}  {}", text.empty() ? "" : "\n", quote.text, quote.score,
                        citation(quote.source, quote.version, quote.dated_ns, quote.headings, quote.begin, quote.end));
  print_text(text.empty() ? "no sentence of the documents answers this" : text);
  return ok_status();
}

// Rows with the same query are one question with several right documents.
Result<std::vector<products::Question>> read_questions(const std::string& path, const std::string& query,
                                                       const std::string& source) {
  using Kind = data::TextColumn::Kind;
  const std::vector<data::TextColumn> columns = {{query, Kind::kText}, {source, Kind::kLabel}};
  YUPU_ASSIGN_OR_RETURN(auto rows, data::read_columns(path, columns));
  std::vector<products::Question> questions;
  std::map<std::string, std::size_t> index;
  for (data::ColumnsRow& row : rows) {
    const auto [place, is_new] = index.emplace(row.cells[0], questions.size());
    if (is_new) questions.push_back({.text = row.cells[0], .sources = {}});
    questions[place->second].sources.push_back(std::move(row.cells[1]));
  }
  return questions;
}

Status evaluate(Arguments& arguments) {
  const Common common = read_common(arguments);
  const ModelFlags flags = read_model_flags(arguments);
  const std::string path = arguments.required_text("--data");
  const std::string query = arguments.text("--query", "query");
  const std::string source = arguments.text("--source", "source");
  YUPU_RETURN_IF_ERROR(arguments.finish(0, 0).status());
  YUPU_ASSIGN_OR_RETURN(const auto questions, read_questions(path, query, source));
  YUPU_ASSIGN_OR_RETURN(Place place, open_place(common, true));
  YUPU_ASSIGN_OR_RETURN(const Search opened, open_search(place, flags));
  const auto evaluation = products::evaluate(*opened.retriever, questions);
  if (!evaluation.ok()) return evaluation.status().with_context(path);
  common.json ? print_json(evaluation->to_json()) : print_text(evaluation->to_text());
  return ok_status();
}

}  // namespace

Status knowledge_command(Arguments& arguments) {
  YUPU_ASSIGN_OR_RETURN(const std::string verb,
                        arguments.verb({"add", "list", "remove", "search", "answer", "evaluate"}));
  if (verb == "add") return add(arguments);
  if (verb == "list") return list(arguments);
  if (verb == "remove") return remove(arguments);
  if (verb == "search") return search(arguments);
  if (verb == "answer") return answer(arguments);
  return evaluate(arguments);
}

}  // namespace yupu::app
