#include "store/text_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/testing.h"
#include "store/testing.h"

namespace yupu::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> engines() {
  std::vector<std::string> all = {"sqlite"};
  if (testing::has_postgres()) all.push_back("postgres");
  return all;
}

class TextIndex : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override { open(); }
  void open() {
    store_.reset();
    auto opened = open_store(url_);
    ASSERT_TRUE(opened.ok()) << opened.status().to_string();
    store_ = std::move(opened).value();
  }
  void add(std::string_view index, std::int64_t id, const std::vector<std::string>& terms) {
    const Status status =
        store_->write([&](Transaction& transaction) { return add_text(transaction, index, id, terms); });
    ASSERT_TRUE(status.ok()) << status.to_string();
  }
  void remove(std::string_view index, std::int64_t id) {
    ASSERT_TRUE(store_->write([&](Transaction& transaction) { return remove_text(transaction, index, id); }).ok());
  }
  std::vector<TextHit> hits(std::string_view index, const std::vector<std::string>& terms, std::size_t hits_max = 10) {
    std::vector<TextHit> found;
    const Status status = store_->read([&](Transaction& transaction) -> Status {
      YUPU_ASSIGN_OR_RETURN(found, search_texts(transaction, index, terms, hits_max));
      return ok_status();
    });
    EXPECT_TRUE(status.ok()) << status.to_string();
    return found;
  }
  std::vector<std::int64_t> found(std::string_view index, const std::vector<std::string>& terms,
                                  std::size_t hits_max = 10) {
    std::vector<std::int64_t> ids;
    for (const TextHit& hit : hits(index, terms, hits_max)) ids.push_back(hit.id);
    return ids;
  }
  TermCounts counts(std::string_view index, const std::vector<std::string>& terms) {
    TermCounts out;
    EXPECT_TRUE(store_
                    ->read([&](Transaction& transaction) -> Status {
                      YUPU_ASSIGN_OR_RETURN(out, count_terms(transaction, index, terms));
                      return ok_status();
                    })
                    .ok());
    return out;
  }

  testing::TempDir folder_;
  const std::string url_ = GetParam() == "postgres" ? testing::fresh_url() : "sqlite:" + folder_.file("yupu.db");
  std::unique_ptr<Store> store_;
};

TEST_P(TextIndex, FindsTheBestFirstAndNothingElse) {
  add("a", 1, {"red", "tea"});
  add("a", 2, {"red", "red", "tea"});
  add("a", 3, {"black", "coffee", "退款", "退", "款", "café"});
  add("a", 4, {"green", "leaves"});
  EXPECT_THAT(found("a", {"red"}), ElementsAre(2, 1));
  EXPECT_THAT(found("a", {"tea", "red"}, 1), ElementsAre(2));
  EXPECT_THAT(found("a", {"退款"}), ElementsAre(3));
  EXPECT_THAT(found("a", {"款"}), ElementsAre(3));
  EXPECT_THAT(found("a", {"café"}), ElementsAre(3));
  EXPECT_THAT(found("a", {"cafe", "tee"}), IsEmpty());
  EXPECT_THAT(found("a", {}), IsEmpty());
  for (const TextHit& hit : hits("a", {"red", "red"})) EXPECT_GT(hit.score, 0.0);
  EXPECT_EQ(hits("a", {"red", "red"})[0].score, hits("a", {"red"})[0].score);
}

TEST_P(TextIndex, EqualTextsAreInTheOrderOfTheirIds) {
  for (const std::int64_t id : {5, 3, 9}) add("a", id, {"same", "words"});
  EXPECT_THAT(found("a", {"same"}), ElementsAre(3, 5, 9));
}

TEST_P(TextIndex, OneIndexTellsNothingOfAnother) {
  add("a", 1, {"red", "tea"});
  add("a", 2, {"black", "tea"});
  const auto alone = hits("a", {"red", "tea"});
  for (std::int64_t id = 1; id < 30; ++id) add("b", id, {"red", "coffee"});
  const auto beside = hits("a", {"red", "tea"});
  ASSERT_EQ(beside.size(), alone.size());
  for (std::size_t i = 0; i < alone.size(); ++i) {
    EXPECT_EQ(beside[i].id, alone[i].id);
    EXPECT_EQ(beside[i].score, alone[i].score);
  }
  EXPECT_THAT(found("a", {"coffee"}), IsEmpty());
  EXPECT_THAT(found("c", {"tea"}), IsEmpty());
  EXPECT_THAT(counts("a", {"tea", "red", "coffee"}).texts_with, ElementsAre(2, 1, 0));
  EXPECT_EQ(counts("a", {}).text_count, 2);
  EXPECT_EQ(counts("c", {"tea"}).text_count, 0);
}

TEST_P(TextIndex, RemovedTextsAreGoneAndAllSurvivesAClosedStore) {
  add("a", 1, {"red", "tea"});
  add("a", 2, {"red"});
  remove("a", 1);
  remove("a", 77);
  remove("nobody", 1);
  EXPECT_THAT(found("a", {"red", "tea"}), ElementsAre(2));
  open();
  EXPECT_THAT(found("a", {"red", "tea"}), ElementsAre(2));
  add("a", 1, {"red", "tea"});
  EXPECT_THAT(counts("a", {"red"}).texts_with, ElementsAre(2));
}

TEST_P(TextIndex, AFailedTransactionLeavesNoWord) {
  const Status status = store_->write([&](Transaction& transaction) -> Status {
    const std::vector<std::string> terms = {"tea"};
    YUPU_RETURN_IF_ERROR(add_text(transaction, "a", 1, terms));
    YUPU_ASSIGN_OR_RETURN(const auto inside, search_texts(transaction, "a", terms, 5));
    EXPECT_EQ(inside.size(), 1u);
    return invalid_argument("changed my mind");
  });
  EXPECT_EQ(status.code(), Code::kInvalidArgument);
  EXPECT_THAT(found("a", {"tea"}), IsEmpty());
  add("a", 1, {"tea"});
  EXPECT_THAT(found("a", {"tea"}), ElementsAre(1));
}

TEST_P(TextIndex, AWordMayBeLong) {
  const std::string longest(20'000, 'a'), other(20'000, 'b');
  add("a", 1, {longest, "tea"});
  EXPECT_THAT(found("a", {longest}), ElementsAre(1));
  EXPECT_THAT(found("a", {other}), IsEmpty());
  EXPECT_THAT(counts("a", {longest, other}).texts_with, ElementsAre(1, 0));
}

TEST_P(TextIndex, AQueryMayHaveManyTerms) {
  std::vector<std::string> terms;
  for (int i = 0; i < 1000; ++i) terms.push_back("w" + std::to_string(i));
  add("a", 1, {"w999"});
  EXPECT_THAT(found("a", terms), ElementsAre(1));
}

// By hand: 4 texts, 2 with "tea", 1 with "cup"; lengths 2, 3, 2, 1: 2 on average; k1 = 1.2, b = 0.75.
TEST_P(TextIndex, ScoresAreThoseOfBm25) {
  add("a", 1, {"red", "tea"});
  add("a", 2, {"black", "tea", "tea"});
  add("a", 3, {"red", "coffee"});
  add("a", 4, {"cup"});
  const auto found = hits("a", {"cup", "tea"});
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0].id, 4);
  // One text in four has it: ln((4 - 1 + 0.5) / (1 + 0.5)); it is half as long as texts are.
  EXPECT_NEAR(found[0].score, 0.8472978603872034 * 2.2 / (1.0 + 1.2 * (0.25 + 0.75 * 0.5)), 1e-9);
  // Half of the texts have it: ln(1) is not above 0, so a millionth.
  EXPECT_EQ(found[1].id, 2);
  EXPECT_NEAR(found[1].score, 1e-6 * 2.0 * 2.2 / (2.0 + 1.2 * (0.25 + 0.75 * 1.5)), 1e-15);
  EXPECT_EQ(found[2].id, 1);
  EXPECT_NEAR(found[2].score, 1e-6 * 2.2 / (1.0 + 1.2), 1e-15);
}

INSTANTIATE_TEST_SUITE_P(Engines, TextIndex, ::testing::ValuesIn(engines()),
                         [](const auto& engine) { return engine.param; });

TEST(TextIndexDeathTest, ATermIsAWord) {
  const auto store = open_store("sqlite::memory:").value();
  for (const char* bad : {"", "two words", "Big", "a\"b", "x*"}) {
    EXPECT_DEATH(static_cast<void>(store->read([&](Transaction& transaction) {
                   const std::vector<std::string> terms = {bad};
                   return add_text(transaction, "a", 1, terms);
                 })),
                 "");
  }
}

}  // namespace
}  // namespace yupu::store
