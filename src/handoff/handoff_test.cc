#include <chrono>
#include <thread>

#include <gtest/gtest.h>

#include "handoff/admission.h"
#include "handoff/live_release.h"
#include "handoff/progress.h"
#include "handoff/record.h"
#include "handoff/types.h"
#include "store/store.h"
#include "store/testing.h"

namespace yupu::handoff {
namespace {

class Handoff : public ::testing::Test {
 protected:
  std::unique_ptr<store::Store> store_ = store::open_store(yupu::testing::fresh_url()).value();
};

TEST_F(Handoff, ARecordIsNamedByWhatItSays) {
  const Record record = make_record("dataset", "shop", {"ds_parent"}, {{"rows", 3}}, 5);
  EXPECT_TRUE(record.id.starts_with("ds_"));
  EXPECT_EQ(record.id, make_record("dataset", "shop", {"ds_parent"}, {{"rows", 3}}, 99).id)
      << "the time is no part of it";
  EXPECT_NE(record.id, make_record("dataset", "shop", {"ds_parent"}, {{"rows", 4}}, 5).id);
  EXPECT_NE(record.id, make_record("dataset", "shop2", {"ds_parent"}, {{"rows", 3}}, 5).id);
  EXPECT_NE(record.id, make_record("dataset", "shop", {}, {{"rows", 3}}, 5).id);
  ASSERT_TRUE(put_record(*store_, record).ok());
  ASSERT_TRUE(put_record(*store_, record).ok());
  const auto found = get_record(*store_, record.id.substr(0, 10));
  ASSERT_TRUE(found.ok()) << found.status().to_string();
  EXPECT_EQ(found.value().id, record.id);
  EXPECT_EQ(found.value().kind, "dataset");
  EXPECT_EQ(found.value().name, "shop");
  EXPECT_EQ(found.value().parents, record.parents);
  EXPECT_EQ(found.value().body, record.body);
  EXPECT_EQ(found.value().created_ns, 5);
  EXPECT_EQ(list_records(*store_, "dataset").value().size(), 1u);
}

TEST_F(Handoff, UnknownRecordsAreNotFound) {
  EXPECT_EQ(get_record(*store_, "ds_00000000").status().code(), Code::kNotFound);
  EXPECT_EQ(get_record(*store_, "%%%%%%%%%").status().code(), Code::kNotFound);
  EXPECT_FALSE(get_record(*store_, "ds_").ok());
  EXPECT_FALSE(latest_record(*store_, "run", "shop").value().has_value());
}

TEST_F(Handoff, NewestFirst) {
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(put_record(*store_, make_record("run", i < 3 ? "a" : "b", {}, {{"i", i}}, i)).ok());
  }
  EXPECT_EQ(latest_record(*store_, "run", "a").value()->body["i"], 2);
  const auto all = list_records(*store_, "run", {}, 2);
  ASSERT_EQ(all.value().size(), 2u);
  EXPECT_EQ(all.value()[0].body["i"], 4);
}

TEST_F(Handoff, ReleasesGoLiveAndBack) {
  EXPECT_FALSE(live_release(*store_, "shop").value().has_value());
  EXPECT_EQ(roll_back(*store_, "shop", "why", 1).status().code(), Code::kNotFound);
  ASSERT_TRUE(set_live_release(*store_, "shop", "rel_a", "first release", 1).ok());
  EXPECT_EQ(roll_back(*store_, "shop", "why", 2).status().code(), Code::kNotFound);
  ASSERT_TRUE(set_live_release(*store_, "shop", "rel_b", "gate passed", 3).ok());
  ASSERT_TRUE(set_live_release(*store_, "other", "rel_x", "first release", 4).ok());
  EXPECT_EQ(live_release(*store_, "shop").value()->release_id, "rel_b");
  const auto back = roll_back(*store_, "shop", "rollback by operator", 5);
  ASSERT_TRUE(back.ok()) << back.status().to_string();
  EXPECT_EQ(back.value().release_id, "rel_a");
  EXPECT_EQ(live_release(*store_, "shop").value()->release_id, "rel_a");
  EXPECT_EQ(live_history(*store_, "shop").value().size(), 3u) << "history only grows";
  EXPECT_EQ(live_release(*store_, "other").value()->release_id, "rel_x");
}

TEST(Types, GoThroughJsonUnchanged) {
  Dataset dataset;
  dataset.directory = "datasets/x";
  dataset.labels = {"a", "b"};
  dataset.row_counts = {{"train", 3}};
  const auto read = Dataset::from_json(dataset.to_json());
  ASSERT_TRUE(read.ok()) << read.status().to_string();
  EXPECT_EQ(read.value().to_json(), dataset.to_json());
  Json broken = dataset.to_json();
  broken["labels"] = 7;
  const Status wrong = Dataset::from_json(broken).status();
  EXPECT_EQ(wrong.code(), Code::kInvalidArgument);
  EXPECT_EQ(wrong.field(), "labels");
  broken.erase("labels");
  EXPECT_EQ(Dataset::from_json(broken).status().field(), "labels");
}

TEST(Caller, MayWhatItsKeySays) {
  const Caller caller{"tn_1", "key_1", {"inference", "read"}};
  EXPECT_TRUE(caller.may("read"));
  EXPECT_FALSE(caller.may("admin"));
  EXPECT_FALSE(caller.may("rea"));
}

TEST(TimeLeft, IsToldByThePaceOfThisSitting) {
  EXPECT_EQ(time_left_ns(1000, 4, 8), 2000);
  TerminalProgress progress(true);
  ::testing::internal::CaptureStderr();
  progress.begin("training", 100'000, 90'000);
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  progress.update(90'001, "");  // one of 10,000 in 20 ms or more: 200 s left, and not 2 ms
  const std::string drawn = ::testing::internal::GetCapturedStderr();
  EXPECT_NE(drawn.find(" left"), std::string::npos) << drawn;
  EXPECT_EQ(drawn.find("0:00 left"), std::string::npos) << drawn;
}

}  // namespace
}  // namespace yupu::handoff
