#include "strategy/knowledge_plan.h"

#include <filesystem>
#include <map>

#include <fmt/format.h>
#include <glob.h>

#include "base/file.h"
#include "data/text_columns.h"
#include "strategy/service_reader.h"
#include "strategy/strategy.h"

namespace yupu::strategy {
namespace {

// A path whose characters all stand for themselves.
std::string escaped(const std::string& path) {
  std::string out;
  for (const char c : path) {
    if (c == '*' || c == '?' || c == '[' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

Result<std::vector<std::string>> matching(const std::string& pattern) {
  glob_t found = {};
  const int code = ::glob(pattern.c_str(), 0, nullptr, &found);
  std::vector<std::string> paths;
  if (code == 0) paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  ::globfree(&found);
  if (code == 0 || code == GLOB_NOMATCH) return paths;
  return Status(code == GLOB_NOSPACE ? Code::kResourceExhausted : Code::kInternal,
                fmt::format("{}: cannot be searched", pattern));
}

void read_threshold(TomlReader& reader, KnowledgePlan& plan) {
  double number = 0.0;
  reader.number("threshold", number, 0.0, 1.0);
  if (reader.has("threshold")) plan.threshold = number;
  products::ThresholdWish wish;
  reader.number("target", wish.target, 1e-6, 0.99);
  reader.number("confidence", number, 0.5, 0.999999);
  if (reader.has("confidence")) wish.confidence = number;
  reader.text("questions", plan.questions);
  reader.text("query", plan.query_column);
  reader.text("source", plan.source_column);
  if (reader.has("target")) plan.wish = wish;
  if (plan.threshold && plan.wish) reader.fail("target", "stands beside threshold: give one of the two");
  if (plan.wish && plan.questions.empty())
    reader.fail("questions", "is missing; it must be a file of questions to fit the target on");
  for (const char* key : {"questions", "confidence"}) {
    if (reader.has(key) && !plan.wish) reader.fail(key, "is for a target, and there is none");
  }
}

}  // namespace

Status read_knowledge(const toml::table& table, Strategy& strategy, bool check_files) {
  KnowledgePlan plan;
  TomlReader reader(table, strategy.path, "knowledge");
  reader.texts("documents", plan.documents);
  reader.text("embedder", plan.embedder);
  reader.text("reranker", plan.reranker);
  reader.text("weigh", plan.weigh);
  double words_weight = 1.0;
  reader.number("words_weight", words_weight, 0.0, 1000.0);
  if (reader.has("words_weight")) plan.words_weight = words_weight;
  reader.integer("passage_length", plan.passages.length_max, 1, 10'000);
  read_threshold(reader, plan);
  if (!plan.weigh.empty() && plan.words_weight) reader.fail("weigh", "stands beside words_weight: give one of the two");
  if (!plan.weigh.empty() && plan.embedder.empty() && plan.reranker.empty())
    reader.fail("weigh", "words alone have one order: it is for an embedder or a reranker");
  for (const auto& [key, path] : {std::pair("embedder", &plan.embedder), std::pair("reranker", &plan.reranker),
                                  std::pair("weigh", &plan.weigh), std::pair("questions", &plan.questions)}) {
    if (check_files && !path->empty() && !file_exists(strategy.resolve(*path)))
      reader.fail(key, fmt::format("there is no file {}", strategy.resolve(*path)));
  }
  strategy.knowledge = std::move(plan);
  if (check_files) {
    const auto files = document_files(strategy);
    if (!files.ok()) reader.fail("documents", files.status().message());
  }
  return reader.finish();
}

Result<std::vector<DocumentFile>> document_files(const Strategy& strategy) {
  std::map<std::string, std::string> files;
  if (!strategy.knowledge) return std::vector<DocumentFile>();
  const std::string folder = strategy.folder + "/";
  for (const std::string& pattern : strategy.knowledge->documents) {
    const bool is_absolute = std::filesystem::path(pattern).is_absolute();
    YUPU_ASSIGN_OR_RETURN(const auto paths, matching(is_absolute ? pattern : escaped(folder) + pattern));
    if (paths.empty()) return not_found(fmt::format("no file is called {}", pattern));
    for (const std::string& path : paths) {
      if (std::filesystem::is_directory(path))
        return invalid_argument(fmt::format("{} is a folder; name the files in it, as {}/*.md", pattern, pattern));
      const std::string named = is_absolute ? path : path.substr(folder.size());
      files[std::filesystem::path(named).lexically_normal().string()] = path;
    }
  }
  std::vector<DocumentFile> out;
  for (const auto& [source, path] : files) out.push_back({.source = source, .path = path});
  return out;
}

Result<std::vector<products::Question>> read_questions(const std::string& path, const std::string& query_column,
                                                       const std::string& source_column) {
  using Kind = data::TextColumn::Kind;
  const std::vector<data::TextColumn> columns = {{query_column, Kind::kText}, {source_column, Kind::kLabels}};
  // A cell is one name, whatever is in it: no line break is.
  YUPU_ASSIGN_OR_RETURN(auto rows, data::read_columns(path, columns, {.separator = "\n"}));
  std::vector<products::Question> questions;
  std::map<std::string, std::size_t> index;
  for (data::ColumnsRow& row : rows) {
    const auto [place, is_new] = index.emplace(row.cells[0], questions.size());
    if (is_new) questions.push_back({.text = row.cells[0], .sources = {}});
    for (std::string& source : row.lists.at(0)) questions[place->second].sources.push_back(std::move(source));
  }
  return questions;
}

Result<KnowledgeModels> load_models(const Strategy& strategy) {
  const KnowledgePlan& plan = *strategy.knowledge;
  KnowledgeModels models;
  if (!plan.embedder.empty()) {
    YUPU_ASSIGN_OR_RETURN(models.embedder,
                          tasks::Embedder::load(strategy.resolve(plan.embedder), model::Placement::kMapped));
  }
  if (plan.reranker.empty()) return models;
  YUPU_ASSIGN_OR_RETURN(models.reranker, tasks::PairModel::load(strategy.resolve(plan.reranker),
                                                                {.placement = model::Placement::kMapped}));
  if (models.reranker->target() == tasks::PairTarget::kScore || models.reranker->positive()) return models;
  return invalid_argument(plan.reranker + ": has classes and none of them is the positive one: it orders nothing",
                          "knowledge.reranker");
}

Result<std::unique_ptr<products::KnowledgeBase>> open_knowledge(const Strategy& strategy, store::Store& store) {
  if (!strategy.knowledge) return std::unique_ptr<products::KnowledgeBase>();
  const KnowledgePlan& plan = *strategy.knowledge;
  YUPU_ASSIGN_OR_RETURN(KnowledgeModels models, load_models(strategy));
  return std::make_unique<products::KnowledgeBase>(
      store, std::move(models.embedder),
      products::KnowledgeOptions{.threshold = plan.threshold, .retriever = {.words_weight = plan.words_weight}},
      std::move(models.reranker));
}

}  // namespace yupu::strategy
