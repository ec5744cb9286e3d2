// What the console shows of a shop, and what a manager may change.
#include <gtest/gtest.h>

#include "console/intents.h"
#include "console/releases.h"
#include "console/shop_routes.h"
#include "console/test_log.h"
#include "console/usage.h"
#include "handoff/live_release.h"
#include "handoff/record.h"
#include "handoff/shadow.h"
#include "handoff/types.h"
#include "store/testing.h"

namespace yupu::console {
namespace {

constexpr std::int64_t kDayNs = 86'400'000'000'000;
constexpr std::int64_t kNow = 20'784 * kDayNs;  // 2026-11-27, 08:00 in the shop

class ShopTest : public ::testing::Test {
 protected:
  void SetUp() override { store_ = std::move(store::open_store(yupu::testing::fresh_url())).value(); }
  void write(const std::string& sql, const std::vector<store::Value>& values = {}) {
    const Status written = store_->write([&](store::Transaction& transaction) {
      return transaction.execute(sql, std::span<const store::Value>(values)).status();
    });
    ASSERT_TRUE(written.ok()) << written.to_string();
  }
  std::string put(const std::string& kind, const Json& body) {
    clock_.advance_ns(1'000'000'000);
    const auto record = handoff::make_record(kind, "shop", {}, body, clock_.now_ns());
    EXPECT_TRUE(handoff::put_record(*store_, record).ok());
    return record.id;
  }
  std::string run(double accuracy) {
    handoff::Dataset dataset;
    dataset.directory = "datasets/x";
    dataset.row_counts = {{"train", 90}, {"test", 10}};
    dataset.label_counts = {{"hours", 60}, {"refund", 30}, {"out_of_scope", 10}};
    dataset.labels = {"hours", "refund"};
    handoff::Run run;
    run.dataset_id = put("dataset", dataset.to_json());
    run.task = "classify";
    run.model_directory = "runs/x/model";
    run.figures = {{"test.accuracy", accuracy}, {"train.seconds", 3.0}};
    return put("run", run.to_json());
  }
  std::string release(double accuracy, const std::string& replaces) {
    handoff::Release made;
    made.run_id = run(accuracy);
    made.model_directory = "runs/x/model";
    made.replaces = replaces;
    made.gate = {{"pass", true}, {"reason", "better"}, {"slices", Json::array()}};
    const std::string id = put("release", made.to_json());
    EXPECT_TRUE(handoff::set_live_release(*store_, "shop", id, "gate passed", clock_.now_ns()).ok());
    return id;
  }
  Json releases() { return list_releases(*store_, "shop", "served_1").value(); }
  std::string live() { return handoff::live_release(*store_, "shop").value()->release_id; }

  FakeClock clock_{kNow};
  std::unique_ptr<store::Store> store_;
};

TEST_F(ShopTest, ReleasesHaveTheirFiguresAndTheirGate) {
  EXPECT_EQ(releases().at("live"), "");
  EXPECT_EQ(releases().at("back_to"), "");
  const std::string first = release(0.8, "");
  const std::string second = release(0.9, first);
  const std::string refused = run(0.7);
  write("INSERT INTO stage (strategy, stage, input_sha256, output, finished_ns) VALUES ('shop', 'improve', 'x', ?, 1)",
        {to_text(Json{{"output", {{"run_id", refused}, {"reason", "of before"}}}})});
  EXPECT_EQ(releases().at("refused")[0].at("reason"), "of before");
  write(
      "INSERT INTO shop_round (id, shop, kind, why, input, corrections, started_ns, ended_ns, outcome, reason, run_id, "
      "release_id) VALUES ('rnd_1', 'shop', 'improve', '03:00', '', 4, 1, 2, 'refused', ?, ?, '')",
      {"lang=zh falls by 0.1", refused});
  const Json json = releases();
  EXPECT_EQ(json.at("live"), second);
  EXPECT_EQ(json.at("served"), "served_1");
  EXPECT_EQ(json.at("back_to"), first);
  ASSERT_EQ(json.at("releases").size(), 2U);
  const Json& newest = json.at("releases")[0];
  EXPECT_EQ(newest.at("release_id"), second);
  EXPECT_EQ(newest.at("live"), true);
  EXPECT_EQ(newest.at("replaces"), first);
  EXPECT_EQ(newest.at("figures"), (Json{{"test.accuracy", 0.9}}));
  EXPECT_EQ(newest.at("gate"), (Json{{"pass", true}, {"reason", "better"}}));
  EXPECT_EQ(newest.at("dataset").at("rows"), 100);
  EXPECT_EQ(newest.at("dataset").at("labels"), 2);
  EXPECT_EQ(json.at("releases")[1].at("live"), false);
  ASSERT_EQ(json.at("refused").size(), 1U);
  EXPECT_EQ(json.at("refused")[0].at("reason"), "lang=zh falls by 0.1");
  EXPECT_EQ(json.at("refused")[0].at("figures").at("test.accuracy"), 0.7);
  ASSERT_EQ(json.at("rounds").size(), 1U);
  EXPECT_EQ(json.at("rounds")[0].at("outcome"), "refused");
  EXPECT_EQ(json.at("rounds")[0].at("reason"), "lang=zh falls by 0.1");
  EXPECT_EQ(json.at("rounds")[0].at("why"), "03:00");
}

TEST_F(ShopTest, AReleaseIsTakenBackOnce) {
  const std::string first = release(0.8, "");
  const std::string second = release(0.9, first);
  const ReleaseChoice back{.model = "shop", .release_id = first, .instead_of = second, .by = "Wang"};
  ASSERT_TRUE(make_live(*store_, clock_, back).ok());
  EXPECT_EQ(live(), first);
  ASSERT_TRUE(make_live(*store_, clock_, back).ok());  // the same again
  EXPECT_EQ(releases().at("history").size(), 3U);
  EXPECT_EQ(releases().at("history")[0].at("reason"), "chosen in the console by Wang");
  // Somebody who has not seen the change does not undo it.
  const auto late = make_live(*store_, clock_, {.model = "shop", .release_id = second, .instead_of = second, .by = ""});
  EXPECT_EQ(late.status().code(), Code::kConflict);
  EXPECT_EQ(late.status().field(), "instead_of");
  for (const std::string& wrong : {std::string(), std::string("release"), run(0.1), first.substr(0, 20)}) {
    const auto status =
        make_live(*store_, clock_, {.model = "shop", .release_id = wrong, .instead_of = first, .by = ""});
    EXPECT_EQ(status.status().code(), Code::kNotFound) << wrong;
  }
  const auto other = make_live(*store_, clock_, {.model = "tea", .release_id = first, .instead_of = "", .by = ""});
  EXPECT_EQ(other.status().field(), "release_id");
  EXPECT_EQ(live(), first);
}

TEST_F(ShopTest, UsageIsTheLedgersAndTheLogs) {
  write("INSERT INTO plan (name, changed_ns) VALUES ('p', 1)");
  for (const char* name : {"t_1", "t_2"}) {
    const std::string tenant = name;
    write("INSERT INTO tenant (id, name, plan, status, created_ns) VALUES (?, ?, 'p', 'active', 1)", {tenant, tenant});
  }
  int number = 0;
  const auto charge = [&](const std::string& tenant, const std::string& meter, std::int64_t tokens,
                          std::int64_t at_ns) {
    write(
        "INSERT INTO usage_event (tenant_id, source, event_id, key_id, meter, model, release_id, tokens, plan, "
        "price_version, price_ufen, month, occurred_ns, received_ns, body_sha256) VALUES (?, 's', ?, 'k', ?, 'shop', "
        "'r', ?, 'p', 1, ?, '2026-11', ?, 1, '')",
        {tenant, std::to_string(++number), meter, tokens, tokens * 1000, at_ns});
  };
  charge("t_1", "answer_tokens", 7, kNow);
  charge("t_1", "answer_tokens", 5, kNow - 9 * 3'600'000'000'000);  // yesterday by the shop's clocks
  charge("t_1", "classify_tokens", 2, kNow);
  charge("t_1", "answer_tokens", 99, kNow - 3 * kDayNs);  // before
  charge("t_2", "answer_tokens", 50, kNow);
  for (const char* route : {"/v1/answer", "/v1/chat/completions", "/v1/classify"}) {
    write(
        "INSERT INTO trace (trace_id, tenant_id, route, model, release_id, text, decision, label, score, body, "
        "created_ns) VALUES (?, 't_1', ?, 'shop', 'r', 'x', 'refuse', '', 0.5, '{}', ?)",
        {std::string("tr_") + route, std::string(route), kNow});
  }
  const auto json = usage(*store_, "t_1", {.now_ns = kNow, .days = 2});
  ASSERT_TRUE(json.ok()) << json.status().to_string();
  EXPECT_EQ(json->at("calls"), 3);
  EXPECT_EQ(json->at("tokens"), 14);
  EXPECT_EQ(json->at("price_ufen"), 14'000);
  EXPECT_EQ(json->at("answers"), 2);
  EXPECT_EQ(json->at("decisions").at("refuse"), 2);
  EXPECT_EQ(json->at("meters").size(), 2U);
  EXPECT_EQ(
      json->at("meters")[0],
      (Json{{"meter", "answer_tokens"}, {"model", "shop"}, {"calls", 2}, {"tokens", 12}, {"price_ufen", 12'000}}));
  EXPECT_EQ(json->at("days")[0], (Json{{"day", "2026-11-26"},
                                       {"calls", 1},
                                       {"tokens", 5},
                                       {"price_ufen", 5000},
                                       {"answer", 0},
                                       {"clarify", 0},
                                       {"refuse", 0},
                                       {"handoff", 0}}));
  EXPECT_EQ(json->at("days")[1].at("tokens"), 9);
  EXPECT_EQ(json->at("days")[1].at("refuse"), 2);
}

TEST_F(ShopTest, IntentsHaveRowsAnswersAndHits) {
  const Json answers = {{{"intent", "hours"}, {"text_en", "Ten to six."}},
                        {{"intent", "hours"}, {"text_en", "Closed."}},
                        {{"intent", "parking"}, {"text_en", "Behind the shop."}}};
  const Json entries = {{{"intent", "hours"}, {"calls", 5}, {"hits", 4}, {"misses", 1}},
                        {{"intent", ""}, {"calls", 2}, {"hits", 0}, {"misses", 2}}};
  const Json before = list_intents(*store_, "shop", answers, entries).value();
  EXPECT_EQ(before.at("release_id"), "");
  EXPECT_EQ(before.at("intents").size(), 2U);
  const std::string first = release(0.8, "");
  const Json json = list_intents(*store_, "shop", answers, entries).value();
  EXPECT_EQ(json.at("release_id"), first);
  const Json& rows = json.at("intents");
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].at("intent"), "hours");
  EXPECT_EQ(rows[0].at("rows"), 60);
  EXPECT_EQ(rows[0].at("answers").size(), 2U);
  EXPECT_EQ(rows[0].at("hits"), 4);
  EXPECT_EQ(rows[1].at("intent"), "parking");
  EXPECT_TRUE(rows[1].at("rows").is_null());  // nothing was taught
  EXPECT_EQ(rows[2].at("answers").size(), 0U);
}

const Json kScripts = {{{"name", "a"}, {"channel", ""}, {"turns", Json::array()}},
                       {{"name", "b"}, {"channel", ""}, {"turns", Json::array()}}};
const Json kFailing = {{"tests", 2}, {"turns", 3}, {"failures", Json::array({Json{{"test", "b"}, {"turn", 1}}})}};

TEST_F(ShopTest, TheNewestRunOfTheTestsCounts) {
  const auto results = [&](const Json& scripts) {
    const Json json = tests_with_results(*store_, "shop", scripts).value();
    std::string all;
    for (const Json& test : json.at("tests")) all += test.at("result").get<std::string>() + " ";
    return all + json.at("by").get<std::string>();
  };
  EXPECT_EQ(results(kScripts), "unknown unknown ");
  write("INSERT INTO stage (strategy, stage, input_sha256, output, finished_ns) VALUES ('shop', 'test', 'x', ?, ?)",
        {to_text(Json{{"output", {{"tests", 2}, {"turns", 3}, {"failures", Json::array()}}}}), kNow});
  EXPECT_EQ(results(kScripts), "passed passed ");
  EXPECT_EQ(results(Json::array({kScripts[0]})), "unknown ");  // the file has changed since
  clock_.advance_ns(1);
  ASSERT_TRUE(keep_test_run(*store_, clock_,
                            {.model = "shop", .release_id = "r", .by = "Wang", .names = {"a", "b"}, .report = kFailing})
                  .ok());
  EXPECT_EQ(results(kScripts), "passed failed Wang");
  const Json more = {kScripts[0], kScripts[1], {{"name", "c"}, {"channel", ""}, {"turns", Json::array()}}};
  EXPECT_EQ(results(more), "passed failed unknown Wang");
}

TEST_F(ShopTest, RoutesAskForAManager) {
  const std::string first = release(0.8, "");
  const std::string second = release(0.9, first);
  int looked = 0;
  ShopSources sources;
  sources.model = "shop";
  sources.door = [](const http::Request& request) -> Result<handoff::Person> {
    const std::string name(request.headers.get("x-name"));
    if (name.empty()) return Status(Code::kUnauthenticated, "who?");
    return handoff::Person{.tenant_id = "t_1", .name = name, .is_manager = name == "Wang"};
  };
  sources.served = [&] { return second; };
  sources.look_now = [&] { ++looked; };
  sources.answers = [] { return Json::array(); };
  sources.entries = [](const std::string&, std::int64_t) -> Result<Json> { return Json::array(); };
  sources.scripts = kScripts;
  std::string played;
  sources.play = [&](const std::string& release_id) -> Result<Json> {
    played = release_id;
    return kFailing;
  };
  http::Router router;
  add_shop_routes(router, *store_, clock_, sources);
  const auto call = [&](const std::string& name, const std::string& method, const std::string& path,
                        const std::string& body = {}) {
    http::Request request;
    request.method = method;
    request.path = "/v1/console/" + path;
    request.body = body;
    if (!name.empty()) request.headers.add("x-name", name);
    return router.dispatch(request);
  };
  EXPECT_TRUE(parse_json(call("Mei", "GET", "releases").body)->at("shadow").is_null());
  const std::string trained = run(0.95);
  ASSERT_TRUE(handoff::begin_shadow(*store_, {.model = "shop", .candidate_id = trained, .started_by = "a round"}).ok());
  const handoff::ShadowVerdict answers{.decision = "answer", .label = "hours", .score = 0.9},
      refuses{.decision = "refuse"};
  handoff::ShadowReads reads;
  for (const std::string tenant : {"t_1", "t_2"}) {
    write(
        "INSERT INTO trace (trace_id, tenant_id, route, model, release_id, text, decision, label, score, body, "
        "created_ns) VALUES (?, ?, '/v1/answer', 'shop', ?, ?, 'answer', 'hours', 0.9, '{}', 1)",
        {"tr_" + tenant, tenant, second, "open? " + tenant});
    reads.reads.push_back(
        {.tenant_id = tenant, .trace_id = "tr_" + tenant, .release_id = second, .live = answers, .candidate = refuses});
  }
  ASSERT_TRUE(handoff::keep_shadow(*store_, "shop", trained, reads, kNow).ok());
  const Json shown = *parse_json(call("Mei", "GET", "releases").body);
  EXPECT_EQ(shown.at("shadow").at("calls"), 2);
  ASSERT_EQ(shown.at("shadow").at("examples").size(), 1U);  // another tenant's visitors are not this one's to read
  EXPECT_EQ(shown.at("shadow").at("examples")[0].at("text"), "open? t_1");
  EXPECT_TRUE(shown.at("refused").empty());  // it may become a release yet
  const std::string back = to_text(Json{{"release_id", first}, {"instead_of", second}});
  for (const char* path : {"releases", "intents", "tests", "usage"}) {
    EXPECT_EQ(call("", "GET", path).status, 401) << path;
    EXPECT_EQ(call("Mei", "GET", path).status, 200) << path;
  }
  EXPECT_EQ(call("", "POST", "releases/live", back).status, 401);
  EXPECT_EQ(call("Mei", "POST", "releases/live", back).status, 403);
  EXPECT_EQ(call("Mei", "POST", "tests/run").status, 403);
  for (const char* bad : {"", "[]", "{}", R"({"release_id": 7, "instead_of": ""})", R"({"release": "x"})"}) {
    EXPECT_EQ(call("Wang", "POST", "releases/live", bad).status, 400) << bad;
  }
  EXPECT_EQ(live(), second);
  EXPECT_EQ(looked, 0);
  EXPECT_EQ(call("Wang", "POST", "releases/live", back).status, 200);
  EXPECT_EQ(live(), first);
  EXPECT_EQ(looked, 1);
  const Json tests = *parse_json(call("Wang", "POST", "tests/run").body);
  EXPECT_EQ(played, first);
  EXPECT_EQ(tests.at("passed"), 1);
  EXPECT_EQ(tests.at("failed"), 1);
  EXPECT_EQ(tests.at("by"), "Wang");
  EXPECT_EQ(tests.at("tests")[1].at("failure").at("turn"), 1);
}

}  // namespace
}  // namespace yupu::console
