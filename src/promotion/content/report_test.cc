#include "promotion/content/report.h"

#include <string>

#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/testing.h"
#include "handoff/live_release.h"
#include "handoff/types.h"
#include "promotion/content/facts.h"
#include "promotion/content/page_check.h"

namespace yupu::promotion {
namespace {

constexpr std::int64_t kStart_ns = 1'790'000'000'000'000'000;

Json label_figures(double f1, int support) {
  return {{"precision", f1}, {"recall", f1}, {"f1-score", f1}, {"support", support}};
}

Json whole_report() {
  return {
      {"row_count", 412},
      {"accuracy", 0.8731},
      {"macro avg", label_figures(0.861, 412)},
      {"micro avg", label_figures(0.8731, 412)},
      {"weighted avg", label_figures(0.87, 412)},
      {"expected_calibration_error", 0.034},
      {"labels",
       {{"top_10", label_figures(0.95, 30)}, {"a/b~c", label_figures(0.4, 12)}, {"<b>&\"'", label_figures(0.7, 9)}}},
      {"slices",
       {{"zh", {{"accuracy", 0.9}, {"macro_f1", 0.88}, {"support", 200}}},
        {"lang2", {{"accuracy", 0.8}, {"macro_f1", 0.79}, {"support", 212}}}}},
      {"confusions", {{{"truth", "top_10"}, {"predicted", "a/b~c"}, {"count", 7}}}},
      {"reliability",
       {{{"confidence", 0.55}, {"accuracy", 0.5}, {"count", 20}},
        {{"confidence", 0.95}, {"accuracy", 0.97}, {"count", 300}}}},
      {"learning_curve",
       {{{"epoch", 1}, {"loss", 3.1}, {"valid_accuracy", 0.3}},
        {{"epoch", 2}, {"loss", 1.2}, {"valid_accuracy", 0.8}}}}};
}

class ReportTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto opened = store::open_store("sqlite:" + directory_.file("yupu.db"));
    ASSERT_TRUE(opened.ok()) << opened.status().to_string();
    store_ = std::move(opened).value();
  }

  handoff::Record add_dataset() {
    handoff::Dataset dataset;
    dataset.content_sha256 = std::string(64, '7');
    dataset.row_counts = {{"train", 2200}, {"valid", 300}, {"test", 412}};
    dataset.labels = {"top_10", "a/b~c"};
    dataset.source_sha256 = {{"data/train-2026.csv", std::string(64, '3')}};
    return add("dataset", dataset.to_json(), {}, kStart_ns);
  }

  handoff::Record add_run(const std::string& dataset_id, Json report, std::int64_t created_ns, std::uint64_t seed = 7) {
    handoff::Run run;
    run.dataset_id = dataset_id;
    run.task = "classify";
    run.weights_sha256 = std::string(64, '5');
    run.config = {{"seed", seed}, {"encoder", {{"hidden_size", 128}}}, {"betas", {0.9, 0.98}}};
    run.version = "0.1.0";
    run.figures = {{"test.accuracy", 0.8731}, {"train.seconds", 61.25}};
    run.report = std::move(report);
    return add("run", run.to_json(), {dataset_id}, created_ns);
  }

  handoff::Record add_release(const std::string& run_id) {
    handoff::Release release;
    release.run_id = run_id;
    release.gate = {{"reason", "0.8731 beats 0.6"}, {"candidate", 0.8731}, {"pass", true}};
    handoff::Record record = add("release", release.to_json(), {run_id}, kStart_ns + 5);
    EXPECT_TRUE(handoff::set_live_release(*store_, "shop", record.id, "first release", kStart_ns + 6).ok());
    return record;
  }

  handoff::Record add(std::string_view kind, Json body, std::vector<std::string> parents, std::int64_t created_ns) {
    handoff::Record record = handoff::make_record(kind, "shop", std::move(parents), std::move(body), created_ns);
    const Status put = handoff::put_record(*store_, record);
    EXPECT_TRUE(put.ok()) << put.to_string();
    return record;
  }

  std::string render(const std::string& lang) {
    const Result<std::string> page = render_report(*store_, {.model = "shop", .lang = lang});
    EXPECT_TRUE(page.ok()) << page.status().to_string();
    return page.ok() ? page.value() : std::string();
  }

  testing::TempDir directory_;
  std::unique_ptr<store::Store> store_;
};

TEST_F(ReportTest, SaysItsFiguresBoundToTheirRecords) {
  const handoff::Record run = add_run(add_dataset().id, whole_report(), kStart_ns + 1);
  const handoff::Record release = add_release(run.id);
  for (const std::string lang : {"zh", "en"}) {
    const std::string page = render(lang);
    EXPECT_NE(page.find("<data value=\"0.8731\" data-fact=\"" + run.id +
                        ":/body/report/accuracy\" data-format=\"percent\">87.3%</data>"),
              std::string::npos);
    EXPECT_NE(page.find(release.id), std::string::npos);
    EXPECT_NE(page.find(">95.0%</data>"), std::string::npos);
    EXPECT_NE(page.find("a/b~c</data>"), std::string::npos);  // a label that needs a pointer's escapes
    EXPECT_NE(page.find("&lt;b&gt;&amp;&quot;&apos;</data>"), std::string::npos);  // and one that is markup
    EXPECT_EQ(page.find("<b>"), std::string::npos);
    EXPECT_NE(page.find("class=\"dot\""), std::string::npos);
    EXPECT_NE(page.find("class=\"line accuracy\""), std::string::npos);
    EXPECT_EQ(page.find("class=\"stale\""), std::string::npos);
    EXPECT_EQ(page.find("<script"), std::string::npos);
    EXPECT_EQ(page.find("://"), std::string::npos);                    // self-contained
    EXPECT_LT(page.find("top_10</data>"), page.find("a/b~c</data>"));  // best F1 first
  }
  EXPECT_NE(render("zh").find("lang=\"zh-CN\""), std::string::npos);
}

TEST_F(ReportTest, SameRecordsGiveTheSameBytes) {
  add_release(add_run(add_dataset().id, whole_report(), kStart_ns + 1).id);
  EXPECT_EQ(render("zh"), render("zh"));
  FakeClock early(kStart_ns + 10);
  FakeClock late(kStart_ns + 999);
  const auto first = write_report(*store_, directory_.path(), {.model = "shop"}, early);
  ASSERT_TRUE(first.ok()) << first.status().to_string();
  const auto second = write_report(*store_, directory_.path(), {.model = "shop"}, late);
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(first.value().id, second.value().id);
  const auto written = read_file(directory_.file("site/report.en.html"));
  ASSERT_TRUE(written.ok());
  EXPECT_EQ(written.value(), render("en"));
  EXPECT_EQ(first.value().body["pages"]["en"]["sha256"], sha256_hex(written.value()));
  const auto stored = handoff::get_record(*store_, first.value().id);
  ASSERT_TRUE(stored.ok());
  EXPECT_EQ(stored.value().parents.size(), 3U);
}

TEST_F(ReportTest, SaysThatItIsStaleWhenANewerRunExists) {
  const std::string dataset = add_dataset().id;
  add_release(add_run(dataset, whole_report(), kStart_ns + 1).id);
  const handoff::Record newer = add_run(dataset, whole_report(), kStart_ns + 100, 8);
  const std::string page = render("en");
  const std::size_t note = page.find("class=\"stale\"");
  ASSERT_NE(note, std::string::npos);
  EXPECT_NE(page.find(newer.id, note), std::string::npos);
}

TEST_F(ReportTest, ReadsAnOddReportDefensively) {
  Json odd = {{"accuracy", "high"},
              {"labels", {{"x", 3}, {"y", nullptr}}},
              {"slices", Json::array({1, 2})},
              {"confusions", {{{"count", "many"}}, 7}},
              {"reliability", {{{"confidence", 1}}}},
              {"learning_curve", {1, 2}}};
  for (const Json& report : {odd, Json(), Json(3), Json::array(), Json::object()}) {
    auto opened = store::open_store("sqlite::memory:");
    ASSERT_TRUE(opened.ok());
    store_ = std::move(opened).value();
    add_run("ds_gone_from_here", report, kStart_ns + 1);
    EXPECT_NE(render("en").find("Nothing has been released yet"), std::string::npos);
  }
}

TEST_F(ReportTest, RefusesWhatItCannotReport) {
  EXPECT_EQ(render_report(*store_, {.model = "shop"}).status().code(), Code::kNotFound);
  add_run(add_dataset().id, whole_report(), kStart_ns + 1);
  EXPECT_EQ(render_report(*store_, {.model = "shop", .lang = "fr"}).status().code(), Code::kInvalidArgument);
}

class PageCheckTest : public ::testing::Test {
 protected:
  PageCheckTest() {
    facts_.add({.id = "run_1",
                .kind = "run",
                .name = "shop",
                .parents = {},
                .created_ns = kStart_ns,
                .body = {{"accuracy", 0.8731}, {"rows", 412}, {"name9", "v2"}}});
  }
  Code check(const std::string& html) { return check_page(html, facts_).code(); }
  Facts facts_;
};

TEST_F(PageCheckTest, APlantedNumberIsRefused) {
  const std::string bound = facts_.html("run_1", "/body/accuracy", Format::kPercent);
  const std::string good = "<p title=\"rows\">Accuracy " + bound +
                           "</p><style>.a{width:10px}</style><svg width=\"9\"><text>" +
                           facts_.svg("run_1", "/body/rows", Format::kInteger) + "</text></svg>";
  EXPECT_EQ(check(good), Code::kOk);
  EXPECT_EQ(check(good + "<p>and 99% of all</p>"), Code::kInvalidArgument);
  EXPECT_EQ(check(good + "99"), Code::kInvalidArgument);
  EXPECT_EQ(check(good + "<p>９成</p>"), Code::kInvalidArgument);
  EXPECT_EQ(check(good + "<p>&#57;</p>"), Code::kInvalidArgument);
  EXPECT_EQ(check(good + "<p title=\"99 of 100\"></p>"), Code::kInvalidArgument);
  EXPECT_EQ(check("<svg><text>7</text></svg>"), Code::kInvalidArgument);
  EXPECT_EQ(check("<script>1</script>"), Code::kInvalidArgument);
}

TEST_F(PageCheckTest, ABoundNumberMustSayWhatTheRecordSays) {
  EXPECT_EQ(check(R"(<data data-fact="run_1:/body/accuracy" data-format="percent">87.3%</data>)"), Code::kOk);
  EXPECT_EQ(check(R"(<data data-fact="run_1:/body/accuracy" data-format="percent">97.3%</data>)"),
            Code::kInvalidArgument);
  EXPECT_EQ(check(R"(<data data-fact="run_2:/body/accuracy" data-format="percent">87.3%</data>)"), Code::kNotFound);
  EXPECT_EQ(check(R"(<data data-fact="run_1:/body/other" data-format="percent">87.3%</data>)"), Code::kNotFound);
  EXPECT_EQ(check(R"(<data data-fact="run_1:/body/accuracy" data-format="guess">87.3%</data>)"), Code::kNotFound);
  EXPECT_EQ(check(R"(<data data-fact="run_1:/body/accuracy" data-format="percent">87.3%<b>8</b></data>)"),
            Code::kInvalidArgument);
  EXPECT_EQ(check(R"(<data data-fact="run_1:/body/accuracy" data-format="percent">87)"), Code::kInvalidArgument);
}

TEST_F(PageCheckTest, SurvivesBrokenMarkup) {
  for (const char* html : {"", "<", "<p", "<p title=\"", "<p title=\"x", "<style>1",
                           "<data data-fact=\"run_1:/body/rows\"", "<>", "<a =>", "</"}) {
    (void)check(html);
  }
  EXPECT_EQ(check("<p title=\">\">1</p>"), Code::kInvalidArgument);  // the '>' in quotes does not hide the number
}

TEST(Facts, WriteEachFormatAndSayNothingForWhatIsNotThere) {
  Facts facts;
  facts.add({.id = "run_1",
             .kind = "run",
             .name = "n",
             .parents = {"ds_1"},
             .created_ns = kStart_ns,
             .body = {{"share", 0.12345},
                      {"whole", 9'007'199'254'740'993},
                      {"text", "<8>"},
                      {"a/b~", true},
                      {"list", {1, 2, 3}},
                      {"none", nullptr}}});
  const auto say = [&](const char* place, const char* format) {
    const auto said = facts.say(std::string("run_1:") + place, format);
    return said.ok() ? said.value() : std::string(code_name(said.status().code()));
  };
  EXPECT_EQ(say("/body/share", "percent"), "12.3%");
  EXPECT_EQ(say("/body/share", "fixed"), "0.123");
  EXPECT_EQ(say("/body/share", "tenths"), "0.1");
  EXPECT_EQ(say("/body/whole", "integer"), "9007199254740993");
  EXPECT_EQ(say("/created_ns", "date"), "2026-09-21 14:13");
  EXPECT_EQ(say("/body/list", "count"), "3");
  EXPECT_EQ(say("/body/a~1b~0", "key"), "a/b~");
  EXPECT_EQ(say("/body/a~1b~0", "text"), "true");
  EXPECT_EQ(say("/body/text", "percent"), "invalid_argument");
  EXPECT_EQ(say("/body/list/9", "text"), "not_found");
  EXPECT_EQ(say("/body/list/01", "text"), "not_found");
  EXPECT_EQ(say("body", "text"), "not_found");
  EXPECT_EQ(facts.html("run_1", "/body/none", Format::kText), "–");
  EXPECT_EQ(facts.html("run_9", "/body/share", Format::kText), "–");
  EXPECT_NE(facts.html("run_1", "/body/text", Format::kText).find(">&lt;8&gt;</data>"), std::string::npos);
  EXPECT_EQ(pointer({"body", "a/b~"}), "/body/a~1b~0");
}

}  // namespace
}  // namespace yupu::promotion
