#include "data/next_version.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/testing.h"
#include "data/import.h"
#include "data/inspect.h"
#include "data/rows.h"
#include "handoff/types.h"

namespace yupu::data {
namespace {

using ::testing::HasSubstr;

class NextVersionTest : public ::testing::Test {
 protected:
  void SetUp() override {
    store_ = store::open_store("sqlite::memory:").value();
    std::ofstream(dir_.file("a.jsonl")) << R"({"text":"where is it","label":"order","part":"train"}
{"text":"my parcel","label":"order","part":"train"}
{"text":"money back","label":"refund","part":"train"}
{"text":"return it","label":"refund","part":"train"}
{"text":"valid text","label":"order","part":"valid"}
{"text":"test text","label":"refund","part":"test"}
)";
    handoff::SilentProgress progress;
    base_ = import_dataset({.name = "shop",
                            .sources = {{.path = dir_.file("a.jsonl"), .name = "a.jsonl", .split_column = "part"}}},
                           dir_.path(), *store_, clock_, progress)
                .value();
  }
  Result<NextVersion> next(std::vector<handoff::Row> additions) {
    return next_version(base_, std::move(additions), {}, dir_.path(), *store_, clock_);
  }
  std::string file(const handoff::Record& record, const std::string& name) {
    return dir_.path() + "/" + record.body["directory"].get<std::string>() + "/" + name;
  }
  static handoff::Row row(const std::string& text, const std::string& label, const std::string& id) {
    return {.text = text, .label = label, .lang = "", .source = "feedback:" + id};
  }

  yupu::testing::TempDir dir_;
  std::unique_ptr<store::Store> store_;
  FakeClock clock_{1'000};
  handoff::Record base_;
};

TEST_F(NextVersionTest, CorrectionsJoinTrainAndWinOverWhatStoodThere) {
  const auto result = next({row("brand new", "order", "fb_1"), row("Money BACK", "order", "fb_2"),
                            row("my parcel", "order", "fb_3"), row("hello moon", "out_of_scope", "fb_4")});
  ASSERT_TRUE(result.ok()) << result.status().to_string();
  const NextVersion& version = result.value();
  EXPECT_EQ(version.added_count, 3);
  EXPECT_EQ(version.superseded_count, 1);
  EXPECT_EQ(version.duplicate_count, 1);
  EXPECT_EQ(version.refused_count, 0);
  EXPECT_EQ(version.record.parents, std::vector<std::string>{base_.id});
  const auto train = read_rows(file(version.record, "train.jsonl")).value();
  ASSERT_EQ(train.size(), 6u);
  EXPECT_EQ(train[3].text, "brand new");
  EXPECT_EQ(train[4].text, "Money BACK");
  EXPECT_EQ(train[4].label, "order");
  EXPECT_EQ(train[5].source, "feedback:fb_4");
  for (const std::string split : {"valid.jsonl", "test.jsonl"}) {
    EXPECT_EQ(read_file(file(version.record, split)).value(), read_file(file(base_, split)).value());
  }
  const Json superseded = version.report["rejects"][0];
  EXPECT_EQ(superseded["reason"], "duplicate");
  EXPECT_THAT(version.report["rejects"][1]["detail"].get<std::string>(),
              HasSubstr("corrected to 'order' by feedback:fb_2"));
  EXPECT_EQ(version.report["rejects"][1]["line"], 3);
}

TEST_F(NextVersionTest, NothingReachesTestOrValid) {
  const auto version =
      next({row("TEST text", "order", "fb_1"), row("valid text", "refund", "fb_2"), row("x", "no_such_label", "fb_3"),
            row("  ", "order", "fb_4"), row("y", "order", "fb_5"), row("Y", "refund", "fb_6")})
          .value();
  EXPECT_EQ(version.added_count, 0);
  EXPECT_EQ(version.refused_count, 6);
  EXPECT_EQ(version.record.id, base_.id);  // nothing new: no new version
  std::vector<std::string> reasons;
  for (const Json& reject : version.report["rejects"]) reasons.push_back(reject["reason"]);
  EXPECT_THAT(reasons,
              ::testing::ElementsAre("unknown_label", "blank_text", "conflict", "conflict", "in_test", "in_valid"));
}

TEST_F(NextVersionTest, NewLabelsWithTwoTextsAreLearned) {
  const auto version = next_version(base_,
                                    {row("do you sell cups", "cups", "fb_1"), row("Do you sell CUPS", "cups", "fb_2"),
                                     row("a big cup", "cups", "fb_3"), row("where to park", "parking", "fb_4"),
                                     row("test text", "parking", "fb_5"), row("no such", "unheard_of", "fb_6")},
                                    {.new_labels = {"cups", "parking"}}, dir_.path(), *store_, clock_);
  ASSERT_TRUE(version.ok()) << version.status().to_string();
  EXPECT_EQ(version->added_count, 2);
  EXPECT_EQ(version->duplicate_count, 1);
  std::vector<std::string> reasons;
  for (const Json& reject : version->report["rejects"]) reasons.push_back(reject["reason"]);
  EXPECT_THAT(reasons, ::testing::ElementsAre("unknown_label", "duplicate", "in_test", "thin_label"));
  const auto dataset = handoff::Dataset::from_json(version->record.body).value();
  EXPECT_THAT(dataset.labels, ::testing::ElementsAre("cups", "order", "refund"));
}

TEST_F(NextVersionTest, TheSameAdditionsGiveTheSameVersion) {
  const auto first = next({row("brand new", "order", "fb_1")}).value();
  clock_.advance_ns(5);
  const auto second = next({row("brand new", "order", "fb_1")}).value();
  EXPECT_EQ(first.record.id, second.record.id);
  EXPECT_EQ(second.record.created_ns, first.record.created_ns);
}

TEST_F(NextVersionTest, WhatIsForgottenIsLeftOut) {
  const auto learned = next({row("call me at 555", "order", "fb_1"), row("another one", "order", "fb_2")});
  ASSERT_TRUE(learned.ok());
  const auto without = [&](const std::set<std::string>& forgotten) {
    return next_version(learned->record, {}, {.forgotten = forgotten}, dir_.path(), *store_, clock_);
  };
  const auto after = without({"feedback:fb_1", "feedback:fb_never"});
  ASSERT_TRUE(after.ok()) << after.status().to_string();
  EXPECT_EQ(after->forgotten_count, 1);
  EXPECT_EQ(after->added_count, 0);
  EXPECT_NE(after->record.id, learned->record.id);
  for (const std::string name : {"train.jsonl", "rejects.jsonl"}) {
    const auto bytes = read_file(file(after->record, name));
    EXPECT_TRUE(!bytes.ok() || bytes->find("555") == std::string::npos) << name;
  }
  EXPECT_NE(read_file(file(after->record, "train.jsonl")).value().find("another one"), std::string::npos);
  EXPECT_EQ(without({"feedback:fb_never"})->record.id, learned->record.id);
}

TEST_F(NextVersionTest, OnlyADatasetHasANextVersion) {
  base_.kind = "run";
  EXPECT_EQ(next({}).status().code(), Code::kInvalidArgument);
}

TEST_F(NextVersionTest, ShowCheckAndDiff) {
  const auto version = next({row("brand new", "order", "fb_1"), row("money back", "order", "fb_2")}).value();
  const Json shown = show(version.record, dir_.path()).value();
  EXPECT_EQ(shown["splits"]["train"], 5);
  EXPECT_EQ(shown["labels"]["order"]["train"], 4);
  EXPECT_EQ(shown["samples"]["test"][0]["text"], "test text");

  const Json checked = check(base_, dir_.path()).value();
  EXPECT_EQ(checked["ok"], true) << checked.dump(2);
  const Json thin = check(version.record, dir_.path()).value();
  EXPECT_EQ(thin["ok"], false);
  EXPECT_EQ(thin["thin_labels"][0]["label"], "refund");

  const Json changes = diff(base_, version.record, dir_.path()).value();
  EXPECT_EQ(changes["added"], 1);
  EXPECT_EQ(changes["removed"], 0);
  EXPECT_EQ(changes["relabelled"], 1);
  EXPECT_EQ(changes["unchanged"], 5);
  EXPECT_EQ(changes["examples"]["relabelled"][0],
            (Json{{"text", "money back"}, {"from", "refund"}, {"to", "order"}, {"split", "train"}}));
  EXPECT_EQ(diff(version.record, base_, dir_.path()).value()["removed"], 1);
}

TEST_F(NextVersionTest, CheckFindsDamage) {
  std::ofstream(file(base_, "train.jsonl"), std::ios::app) << R"({"text":"TEST text","label":"refund"})"
                                                           << "\n";
  const Json damaged = check(base_, dir_.path()).value();
  EXPECT_EQ(damaged["ok"], false);
  EXPECT_EQ(damaged["files"]["train.jsonl"], "changed");
  EXPECT_EQ(damaged["leakage"], 1);
  std::filesystem::remove(file(base_, "valid.jsonl"));
  EXPECT_EQ(check(base_, dir_.path()).value()["files"]["valid.jsonl"], "missing");
}

TEST_F(NextVersionTest, PersonalDataOfCorrectionsStaysOut) {
  const auto version = next({row("call 13812345678", "order", "fb_1"), row("at 13912345678", "nosuch", "fb_2")});
  ASSERT_TRUE(version.ok()) << version.status().to_string();
  EXPECT_THAT(read_file(file(version->record, "train.jsonl")).value(), HasSubstr("call [phone]"));
  EXPECT_THAT(read_file(file(version->record, "rejects.jsonl")).value(), HasSubstr("at [phone]"));
  EXPECT_EQ(to_text(version->report).find("13912345678"), std::string::npos);
}

}  // namespace
}  // namespace yupu::data
