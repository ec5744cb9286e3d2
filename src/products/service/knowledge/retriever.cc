#include "products/service/knowledge/retriever.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"
#include "base/ids.h"
#include "store/text_index.h"
#include "text/bm25/bm25.h"

namespace yupu::products {
namespace {

constexpr std::size_t kQueryTermsMax = 256;  // of a longer query the first count

using store::Row;
using store::Transaction;

// Vectors of two models, or of one that reads texts differently, are not compared.
std::string id_of(const tasks::Embedder& embedder) {
  return content_id("em", fmt::format("{} {} {} {}", embedder.weights_sha256(), tasks::pooling_name(embedder.pooling()),
                                      embedder.normalizes(), embedder.max_length()));
}

std::string id_of(const tasks::PairModel& reranker) {
  return content_id("rr",
                    fmt::format("{} {}", reranker.classifier().weights_sha256(), reranker.classifier().max_length()));
}

static_assert(std::endian::native == std::endian::little, "vectors are stored as the machine has them");

std::string bytes_of(std::span<const float> vector) {
  std::string bytes(vector.size_bytes(), '\0');
  std::memcpy(bytes.data(), vector.data(), bytes.size());
  return bytes;
}

std::vector<float> vector_of(const std::string& bytes) {
  std::vector<float> vector(bytes.size() / sizeof(float));
  std::memcpy(vector.data(), bytes.data(), vector.size() * sizeof(float));
  return vector;
}

std::vector<std::string> query_terms(std::string_view query) {
  std::vector<std::string> terms = text::bm25_terms(query);
  if (terms.size() > kQueryTermsMax) terms.resize(kQueryTermsMax);
  return terms;
}

}  // namespace

// What a refresh has to do.
struct Retriever::Change {
  std::int64_t sequence = 0;
  std::vector<std::int64_t> stored;    // passages that have a vector
  std::vector<std::int64_t> unstored;  // passages that have none
};

std::string_view stage_name(Stage stage) {
  switch (stage) {
    case Stage::kWords:
      return "words";
    case Stage::kVectors:
      return "vectors";
    case Stage::kHybrid:
      return "hybrid";
    case Stage::kReranked:
      return "reranked";
  }
  return {};
}

Retriever::Retriever(store::Store& store, OrderPlace place, Models models, RetrieverOptions options)
    : store_(store),
      tenant_id_(std::move(place.tenant_id)),
      models_(models),
      options_(options),
      embedder_id_(std::move(place.embedder_id)),
      reranker_id_(std::move(place.reranker_id)) {
  if (models_.embedder != nullptr)
    vectors_.emplace(static_cast<std::size_t>(models_.embedder->width()), options_.vectors);
}

Result<std::unique_ptr<Retriever>> Retriever::open(store::Store& store, std::string tenant_id, Models models,
                                                   RetrieverOptions options) {
  CHECK(models.context != nullptr || (models.embedder == nullptr && models.reranker == nullptr),
        "models need a context to run in");
  if (models.reranker != nullptr && models.reranker->target() == tasks::PairTarget::kClasses &&
      !models.reranker->positive())
    return invalid_argument("the reranker has classes and none of them is the positive one: it orders nothing",
                            "reranker");
  OrderPlace place{.tenant_id = std::move(tenant_id), .embedder_id = {}, .reranker_id = {}};
  if (models.embedder != nullptr) place.embedder_id = id_of(*models.embedder);
  if (models.reranker != nullptr) place.reranker_id = id_of(*models.reranker);
  return std::unique_ptr<Retriever>(new Retriever(store, std::move(place), models, options));
}

bool Retriever::has(Stage stage) const {
  switch (stage) {
    case Stage::kWords:
      return true;
    case Stage::kVectors:
    case Stage::kHybrid:
      return models_.embedder != nullptr;
    case Stage::kReranked:
      return models_.reranker != nullptr;
  }
  return false;
}

Stage Retriever::last_stage() const {
  if (has(Stage::kReranked)) return Stage::kReranked;
  return has(Stage::kHybrid) ? Stage::kHybrid : Stage::kWords;
}

Result<std::vector<std::vector<float>>> Retriever::embed(std::span<const std::string> texts) {
  std::vector<text::Encoding> encodings;
  encodings.reserve(texts.size());
  for (const std::string& text : texts) encodings.push_back(models_.embedder->encode(text));
  return models_.embedder->embed(*models_.context, encodings);
}

Result<Retriever::Change> Retriever::read_change() {
  Change change;
  YUPU_RETURN_IF_ERROR(store_.read([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(const auto sequence,
                          transaction.query("SELECT sequence FROM knowledge_change WHERE tenant_id = ?", {tenant_id_}));
    change.sequence = sequence.empty() ? 0 : sequence[0].integer(0);
    if (change.sequence == seen_sequence_) return ok_status();
    YUPU_ASSIGN_OR_RETURN(
        const auto rows,
        transaction.query("SELECT p.id, v.passage_id FROM knowledge_passage p LEFT JOIN knowledge_vector v ON "
                          "v.passage_id = p.id AND v.embedder = ? WHERE p.tenant_id = ? ORDER BY p.id",
                          {embedder_id_, tenant_id_}));
    for (const Row& row : rows) (row.is_null(1) ? change.unstored : change.stored).push_back(row.integer(0));
    return ok_status();
  }));
  return change;
}

Result<std::int64_t> Retriever::refresh() {
  if (!vectors_) return std::int64_t{0};
  YUPU_ASSIGN_OR_RETURN(const Change change, read_change());
  if (change.sequence == seen_sequence_) return std::int64_t{0};
  const std::unordered_set<std::int64_t> stored(change.stored.begin(), change.stored.end());
  for (const std::int64_t id : vectors_->ids()) {
    if (!stored.contains(id)) YUPU_RETURN_IF_ERROR(vectors_->remove(id));
  }
  std::vector<std::int64_t> wanted;
  for (const std::int64_t id : change.stored) {
    if (!vectors_->contains(id)) wanted.push_back(id);
  }
  YUPU_RETURN_IF_ERROR(load_vectors(wanted));
  for (std::size_t begin = 0; begin < change.unstored.size(); begin += options_.embed_batch) {
    const auto first = change.unstored.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto last = change.unstored.begin() +
                      static_cast<std::ptrdiff_t>(std::min(begin + options_.embed_batch, change.unstored.size()));
    YUPU_RETURN_IF_ERROR(embed_passages({first, last}));
  }
  seen_sequence_ = change.sequence;
  return static_cast<std::int64_t>(change.unstored.size());
}

Status Retriever::load_vectors(const std::vector<std::int64_t>& ids) {
  return store_.read([&](Transaction& transaction) -> Status {
    for (const std::int64_t id : ids) {
      YUPU_ASSIGN_OR_RETURN(
          const auto rows, transaction.query("SELECT vector FROM knowledge_vector WHERE tenant_id = ? AND embedder = ? "
                                             "AND passage_id = ?",
                                             {tenant_id_, embedder_id_, id}));
      if (rows.empty()) continue;  // removed since: the change after this one says so
      const std::vector<float> vector = vector_of(rows[0].text(0));
      if (vector.size() != vectors_->width())
        return internal_error(fmt::format("the stored vector of passage {} has {} numbers, not {}", id, vector.size(),
                                          vectors_->width()));
      YUPU_RETURN_IF_ERROR(vectors_->add(id, vector));
    }
    return ok_status();
  });
}

Status Retriever::embed_passages(const std::vector<std::int64_t>& ids) {
  std::map<std::int64_t, FoundPassage> passages;
  YUPU_RETURN_IF_ERROR(store_.read([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(passages, find_passages(transaction, tenant_id_, ids));
    return ok_status();
  }));
  std::vector<std::string> texts;
  for (const auto& [id, passage] : passages)
    texts.push_back(searchable_text(passage.title, passage.headings, passage.text));
  YUPU_ASSIGN_OR_RETURN(const auto vectors, embed(texts));
  std::vector<std::int64_t> kept;
  YUPU_RETURN_IF_ERROR(store_.write([&](Transaction& transaction) -> Status {
    kept.clear();
    std::size_t index = 0;
    for (const auto& [id, passage] : passages) {
      const std::string bytes = bytes_of(vectors[index++]);
      // Only where the passage still is; another process may have stored the same.
      YUPU_ASSIGN_OR_RETURN(const auto rows,
                            transaction.query("SELECT id FROM knowledge_passage WHERE tenant_id = ? AND "
                                              "id = ?",
                                              {tenant_id_, id}));
      if (rows.empty()) continue;
      YUPU_RETURN_IF_ERROR(transaction
                               .execute("INSERT INTO knowledge_vector (passage_id, embedder, tenant_id, vector) VALUES "
                                        "(?, ?, ?, ?) ON CONFLICT (passage_id, embedder) DO NOTHING",
                                        {id, embedder_id_, tenant_id_, bytes})
                               .status());
      kept.push_back(id);
    }
    return ok_status();
  }));
  std::size_t index = 0;
  for (const auto& [id, passage] : passages) {
    const std::vector<float>& vector = vectors[index++];
    if (std::binary_search(kept.begin(), kept.end(), id) && !vectors_->contains(id))
      YUPU_RETURN_IF_ERROR(vectors_->add(id, vector));
  }
  return ok_status();
}

Result<std::vector<Ranked>> Retriever::by_words(std::string_view query) {
  std::vector<Ranked> order;
  YUPU_RETURN_IF_ERROR(store_.read([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(const auto hits,
                          store::search_texts(transaction, word_index(tenant_id_), query_terms(query), options_.depth));
    for (const store::TextHit& hit : hits) order.push_back({hit.id, hit.score});
    return ok_status();
  }));
  return order;
}

Result<Retriever::Orders> Retriever::orders(std::string_view query, Stage last) {
  Orders orders;
  const auto at = [&](Stage stage) -> std::optional<std::vector<Ranked>>& {
    return orders[static_cast<std::size_t>(stage)];
  };
  const bool is_empty = query_terms(query).empty();
  for (const Stage stage : kStages) {
    if (has(stage) && is_empty) at(stage).emplace();
  }
  if (is_empty) return orders;
  YUPU_ASSIGN_OR_RETURN(const OrderWeights weighed, weights());
  YUPU_ASSIGN_OR_RETURN(at(Stage::kWords), by_words(query));
  if (has(Stage::kVectors) && last != Stage::kWords) {
    YUPU_RETURN_IF_ERROR(refresh().status());
    const std::vector<std::string> texts = {std::string(query)};
    YUPU_ASSIGN_OR_RETURN(const auto vectors, embed(texts));
    at(Stage::kVectors) = vectors_->nearest(vectors[0], options_.depth);
    const std::vector<Ranked> both[] = {*at(Stage::kWords), *at(Stage::kVectors)};
    const double of_both[] = {weighed.words, 1.0};
    at(Stage::kHybrid) = fuse(both, of_both);
  }
  if (has(Stage::kReranked) && last == Stage::kReranked) {
    const std::vector<Ranked>& before = has(Stage::kHybrid) ? *at(Stage::kHybrid) : *at(Stage::kWords);
    std::vector<Ranked> read;
    if (weighed.rerank > 0.0) {
      YUPU_ASSIGN_OR_RETURN(read, relevance_order(query, before));
    }
    at(Stage::kReranked) = blend(before, read, weighed.rerank);
  }
  return orders;
}

Result<std::vector<Hit>> Retriever::find(std::span<const Ranked> order) {
  std::vector<std::int64_t> ids;
  for (const Ranked& ranked : order) ids.push_back(ranked.id);
  std::vector<Hit> hits;
  YUPU_RETURN_IF_ERROR(store_.read([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(auto found, find_passages(transaction, tenant_id_, ids));
    for (const Ranked& ranked : order) {
      if (const auto passage = found.find(ranked.id); passage != found.end())
        hits.push_back({std::move(passage->second), ranked.score});
    }
    return ok_status();
  }));
  return hits;
}

Result<std::vector<Hit>> Retriever::search(std::string_view query, std::size_t count, Stage stage) {
  CHECK(has(stage), "a stage whose model is there");
  YUPU_ASSIGN_OR_RETURN(const Orders all, orders(query, stage));
  const std::vector<Ranked>& order = *all[static_cast<std::size_t>(stage)];
  return find(std::span<const Ranked>(order).first(std::min(count, order.size())));
}

}  // namespace yupu::products
