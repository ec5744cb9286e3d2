// For tests only: a store with documents in it, and small models.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/testing.h"
#include "products/service/knowledge/library.h"
#include "products/service/knowledge/retriever.h"
#include "store/testing.h"
#include "text/tokenizers/wordpiece/wordpiece.h"

namespace yupu::products::testing {

inline constexpr std::int64_t kDated = 1'790'784'000'000'000'000;  // 2026-09-30

inline std::unique_ptr<text::Tokenizer> small_tokenizer() {
  return text::make_wordpiece({"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "return", "fee", "tea", "days", "ship",
                               "退", "款", "天", "we", "pay", "the"})
      .value();
}

inline model::EncoderConfig small_config() {
  model::EncoderConfig config;
  config.vocab_size = 16;
  config.hidden_size = 16;
  config.intermediate_size = 32;
  config.position_count = 32;
  config.initializer_range = 0.3f;
  return config;
}

inline std::unique_ptr<tasks::Embedder> small_embedder(std::uint64_t seed = 1) {
  return tasks::Embedder::create(small_config(), small_tokenizer(), {.seed = seed, .max_length = 30}).value();
}

inline std::unique_ptr<tasks::PairModel> small_reranker(std::optional<std::string> positive = "1") {
  return tasks::PairModel::create(small_config(), small_tokenizer(),
                                  {.target = tasks::PairTarget::kClasses,
                                   .labels = {"0", "1", "2"},
                                   .positive = std::move(positive),
                                   .scale = {},
                                   .seed = 1,
                                   .max_length = 30})
      .value();
}

// A store on disk, which may be closed and opened again.
class Shelf {
 public:
  Shelf() { reopen(); }
  void reopen() {
    store_.reset();
    store_ = store::open_store(url_).value();
  }
  store::Store& store() { return *store_; }
  const Clock& clock() const { return clock_; }

  Added add(const std::string& source, const std::string& bytes, const std::string& tenant = "shop",
            std::int64_t dated_ns = kDated) {
    const auto document = read_new_document(source, bytes, dated_ns);
    EXPECT_TRUE(document.ok()) << document.status().to_string();
    const auto added = add_document(*store_, clock_, tenant, *document);
    EXPECT_TRUE(added.ok()) << added.status().to_string();
    return *added;
  }
  Status remove(const std::string& source, const std::string& tenant = "shop") {
    return remove_document(*store_, clock_, tenant, source);
  }
  std::unique_ptr<Retriever> retriever(Models models = {}, const std::string& tenant = "shop",
                                       RetrieverOptions options = {}) {
    return Retriever::open(*store_, tenant, models, options).value();
  }
  std::int64_t count(const std::string& sql) {
    std::int64_t found = -1;
    EXPECT_TRUE(store_
                    ->read([&](store::Transaction& transaction) -> Status {
                      YUPU_ASSIGN_OR_RETURN(const auto rows, transaction.query(sql));
                      found = rows.at(0).integer(0);
                      return ok_status();
                    })
                    .ok());
    return found;
  }

 private:
  yupu::testing::TempDir folder_;
  const std::string url_ = yupu::testing::url_in(folder_);
  FakeClock clock_{kDated};
  std::unique_ptr<store::Store> store_;
};

// Sources of the hits, in order.
inline std::vector<std::string> sources_of(const std::vector<Hit>& hits) {
  std::vector<std::string> out;
  for (const Hit& hit : hits) out.push_back(hit.passage.source);
  return out;
}

}  // namespace yupu::products::testing
