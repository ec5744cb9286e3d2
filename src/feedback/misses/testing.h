// A store with calls in it, for the tests of this folder.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/clock.h"
#include "feedback/feedback.h"
#include "handoff/live_release.h"
#include "handoff/record.h"
#include "handoff/types.h"
#include "store/store.h"

namespace yupu::feedback::testing {

inline constexpr std::int64_t kDayNs = 86'400'000'000'000;

struct Call {
  std::string text;
  std::string conversation = {};  // empty: one of its own
  std::string visitor = {};       // of the conversation
  std::string decision = "refuse";
  std::string label = "order";
  double score = 0.2;
  Json notes = Json::object();  // more members of the trace's body
  std::string tenant = "t1";
};

class MissFixture : public ::testing::Test {
 protected:
  // The trace's id. Each call is a second after the one before.
  std::string call(const Call& made) {
    clock_.advance_ns(1'000'000'000);
    const std::string number = std::to_string(++call_count_);
    const std::string trace_id = "tr_" + number;
    const std::string conversation = made.conversation.empty() ? "cv_" + number : made.conversation;
    Json body = made.notes;
    body["conversation"] = conversation;
    body["lang"] = "en";
    const Status written = store_->write([&](store::Transaction& transaction) -> Status {
      YUPU_RETURN_IF_ERROR(
          transaction
              .execute("INSERT INTO conversation (id, tenant_id, bot, channel, status, priority, turn_count, state, "
                       "created_ns, active_ns, visitor) VALUES (?, ?, 'shop', 'web', 'bot', 0, 1, '{}', 1, 1, ?) ON "
                       "CONFLICT (id) DO NOTHING",
                       {conversation, made.tenant, made.visitor})
              .status());
      return transaction
          .execute(
              "INSERT INTO trace (trace_id, tenant_id, route, model, release_id, text, decision, label, score, "
              "body, created_ns) VALUES (?, ?, '/v1/answer', 'shop', 'rel_1', ?, ?, ?, ?, ?, ?)",
              {trace_id, made.tenant, made.text, made.decision, made.label, made.score, to_text(body), clock_.now_ns()})
          .status();
    });
    EXPECT_TRUE(written.ok()) << written.to_string();
    return trace_id;
  }
  void say(const std::string& trace_id, std::optional<int> rating, const std::optional<std::string>& correction = {}) {
    handoff::Feedback feedback;
    feedback.tenant_id = "t1";
    feedback.trace_id = trace_id;
    feedback.rating = rating;
    feedback.correction = correction;
    const std::vector<std::string> labels = {"order", "refund"};
    const auto stored = record_feedback(*store_, clock_, feedback, labels);
    ASSERT_TRUE(stored.ok()) << stored.status().to_string();
  }
  // A release of model "shop" whose dataset has the intents order and refund.
  void make_live() {
    handoff::Dataset dataset;
    dataset.directory = "datasets/x";
    dataset.labels = {"order", "refund"};
    const std::string dataset_id = put("dataset", dataset.to_json());
    handoff::Run run;
    run.dataset_id = dataset_id;
    run.task = "classify";
    run.model_directory = "runs/x/model";
    const std::string run_id = put("run", run.to_json());
    handoff::Release release;
    release.run_id = run_id;
    release.model_directory = "runs/x/model";
    const std::string release_id = put("release", release.to_json());
    ASSERT_TRUE(handoff::set_live_release(*store_, "shop", release_id, "first release", clock_.now_ns()).ok());
  }

  std::unique_ptr<store::Store> store_ = store::open_store("sqlite::memory:").value();
  FakeClock clock_{20'000 * kDayNs};

 private:
  std::string put(const std::string& kind, const Json& body) {
    const auto record = handoff::make_record(kind, "shop", {}, body, clock_.now_ns());
    EXPECT_TRUE(handoff::put_record(*store_, record).ok());
    return record.id;
  }
  int call_count_ = 0;
};

}  // namespace yupu::feedback::testing
