// The whole way of a call on real sockets: key, quota, engine, charge, trace, answer.
#include "serving/service.h"

#include <gtest/gtest.h>

#include "base/log.h"
#include "base/testing.h"
#include "handoff/live_release.h"
#include "handoff/record.h"
#include "handoff/shadow.h"
#include "http/client.h"
#include "http/openapi.h"
#include "serving/adapter_pool.h"
#include "serving/assets.h"
#include "serving/forget.h"
#include "serving/release_watcher.h"
#include "serving/shadow.h"
#include "serving/testing.h"
#include "store/testing.h"

namespace yupu::serving {
namespace {

using testing::CountingAdmission;
using testing::DigitModel;

// Says the best label, or asks back. A tap is a label for the trace of the conversation's name; "moved" has moved on
// whenever its turn is kept for the first time. Who names a visitor is quoted a document of that name.
class EchoTurn final : public BotTurn {
 public:
  explicit EchoTurn(VisitorMessage message) : message_(std::move(message)) {}
  const std::string& text() const override { return message_.text.empty() ? message_.option : message_.text; }
  Status recall(const ModelCard&, std::span<const ScoredText> earlier) override {
    recalled_.clear();
    for (const ScoredText& scored : earlier) recalled_ += " after " + scored.ranked.front().label;
    return {};
  }
  Result<BotAnswer> answer(const ModelCard& card, const ScoredText& scored, const std::string& trace_id) override {
    const std::vector<LabelScore>& ranked = scored.ranked;
    ++decision_count_;
    trace_id_ = trace_id;
    BotAnswer said;
    said.decision = ranked.front().score >= card.answer_threshold ? "answer" : "clarify";
    said.text = "about " + text() + recalled_;
    said.intent = ranked.front().label;
    said.score = ranked.front().score;
    said.lang = "en";
    said.sources = {"policy#1"};
    if (!message_.visitor.empty())
      said.quotes = {{.document = message_.visitor + ".md",
                      .version = 2,
                      .begin = 3,
                      .end = 9,
                      .title = "T",
                      .date = "2026-11-27",
                      .score = 0.75}};
    said.options = {{"n1", "One"}};
    said.conversation = message_.conversation.empty() ? "cv_new" : message_.conversation;
    said.began_anew = message_.conversation == "old";
    said.slot = message_.channel;
    said.notes["decisions"] = decision_count_;
    if (!message_.option.empty()) said.label = TraceLabel{message_.conversation, message_.option};
    return said;
  }
  Status keep(store::Transaction& transaction) const override {
    if (message_.conversation == "moved" && decision_count_ == 1) return conflict("another message came first");
    if (message_.conversation == "moving") return conflict("another message came first");
    return transaction
        .execute(
            "INSERT INTO message (tenant_id, conversation_id, sequence, author, text, trace_id, created_ns) VALUES "
            "(?, ?, 0, 'visitor', ?, ?, 0)",
            {message_.tenant_id, trace_id_, text(), trace_id_})
        .status();
  }

 private:
  VisitorMessage message_;
  std::string trace_id_;
  std::string recalled_;
  int decision_count_ = 0;
};

class EchoBot final : public Bot {
 public:
  const std::string& name() const override { return name_; }
  const std::string& model() const override { return model_; }
  Result<std::unique_ptr<BotTurn>> hear(VisitorMessage message) const override {
    if (message.conversation == "foreign") return Status(Code::kNotFound, "no such conversation", "conversation");
    return std::unique_ptr<BotTurn>(new EchoTurn(std::move(message)));
  }
  Json about() const override { return {{"titles", {{"n1", {{"zh", "一"}, {"en", "One"}}}}}}; }

 private:
  std::string name_ = "shop";
  std::string model_ = "digits";
};

constexpr Asset kAssets[] = {{"/", "text/html; charset=utf-8", "<p>hello"},
                             {"/assets/a-1.js", "text/javascript", "let a;"}};

class ServiceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    log::set_level(log::Level::kNone);
    auto store = store::open_store(yupu::testing::url_in(dir_));
    ASSERT_TRUE(store.ok()) << store.status().to_string();
    store_ = std::move(store).value();
    admission_ = std::make_unique<CountingAdmission>(*store_);
    engine_ = std::make_unique<EngineWorker>(metrics_, EngineOptions{});
    const ModelLoader loader = [this](const std::string& directory) -> Result<std::unique_ptr<TextModel>> {
      if (directory.find("corrupt") != std::string::npos) return invalid_argument(directory + ": truncated");
      if (directory == "shares") return std::unique_ptr<TextModel>(new testing::ShareModel());
      if (directory == "lengths") return std::unique_ptr<TextModel>(new testing::LengthModel());
      return std::unique_ptr<TextModel>(new DigitModel(watch_));
    };
    host_ = std::make_unique<ModelHost>(clock_, *engine_, metrics_, loader, std::vector<std::string>{"digits"});
  }
  void start(ServiceOptions options = {}, http::ServerOptions http_options = {}) {
    ServiceHooks hooks;
    hooks.usage = [](const handoff::Caller& caller, const ServiceHooks::Query& query) -> Result<Json> {
      const auto month = query.find("month");
      if (month != query.end() && month->second == "bad") return invalid_argument("month is not YYYY-MM", "month");
      return Json{{"tenant", caller.tenant_id}};
    };
    hooks.feedback = [this](handoff::Feedback said,
                            const std::vector<std::string>& labels) -> Result<handoff::Feedback> {
      labels_seen_ = labels.size();
      said.id = "fb_" + std::to_string(++feedback_count_);
      return said;
    };
    hooks.label = [this](store::Transaction&, handoff::Feedback label, const std::vector<std::string>& labels) {
      labels_seen_ = labels.size();
      if (label.trace_id == "gone") return not_found("no trace");
      tapped_ = label.trace_id + " " + label.tenant_id + " " + *label.correction;
      return ok_status();
    };
    service_ = std::make_unique<Service>(clock_, *store_, *admission_, *host_, *engine_, metrics_, std::move(options),
                                         std::move(hooks));
    service_->add_bot(std::make_unique<EchoBot>());
    http::Router router;
    service_->add_routes(router);
    add_assets(router, kAssets);
    http::add_openapi(router, "yupu", "test");
    http_options.listen.port = 0;
    http_options.on_exchange = [this](const http::Exchange& exchange) { metrics_.count_exchange(exchange); };
    auto server = http::Server::start(std::move(http_options), std::move(router));
    ASSERT_TRUE(server.ok()) << server.status().to_string();
    server_ = std::move(server).value();
    service_->set_server(server_.get());
  }
  // Adapters "one" and "two" that are paged in, and "torn", which does not load.
  class Adapters final : public AdapterSource {
   public:
    explicit Adapters(std::shared_ptr<DigitModel::Watch> watch) : watch_(std::move(watch)) {}
    std::string stamp(std::string_view name) const override {
      return name == "one" || name == "two" || name == "torn" ? "1" : "";
    }
    std::string directory(std::string_view name) const override { return "tenants/" + std::string(name); }
    Result<std::unique_ptr<TextModel>> open(const std::string& name) override {
      if (name == "torn") return invalid_argument("torn/adapter_config.json: 'r' is missing", "r");
      return std::unique_ptr<TextModel>(new DigitModel(watch_));
    }

   private:
    std::shared_ptr<DigitModel::Watch> watch_;
  };
  void page_adapters() {
    pool_ = std::make_unique<AdapterPool>(clock_, metrics_, std::make_unique<Adapters>(watch_), AdapterPoolOptions{});
    host_->set_pool(*pool_);
  }
  void load() { ASSERT_TRUE(host_->load("digits", "rel_1", "one").ok()); }
  void TearDown() override {
    watch_->hold = false;
    if (service_ != nullptr) service_->set_server(nullptr);
    server_.reset();
    service_.reset();
    host_.reset();
    engine_.reset();
    pool_.reset();
  }
  http::Client client() { return http::Client({.port = server_->port(), .timeout_ms = 20'000}); }
  static http::Headers key(const std::string& bearer = "yp_good") { return {{"authorization", "Bearer " + bearer}}; }
  http::Response post(const std::string& path, const std::string& body, http::Headers headers = key()) {
    auto response = client().post_json(path, body, std::move(headers));
    EXPECT_TRUE(response.ok()) << response.status().to_string();
    return response.ok() ? *response : http::Response{.status = 0, .headers = {}, .body = {}};
  }
  static std::string question(const std::string& text) { return R"({"model":"digits","input":")" + text + "\"}"; }
  std::int64_t count(const std::string& table) {
    std::int64_t rows = 0;
    EXPECT_TRUE(store_
                    ->read([&](store::Transaction& transaction) -> Status {
                      YUPU_ASSIGN_OR_RETURN(const auto found, transaction.query("SELECT COUNT(*) FROM " + table));
                      rows = found[0].integer(0);
                      return {};
                    })
                    .ok());
    return rows;
  }

  yupu::testing::TempDir dir_;
  SystemClock clock_;
  Metrics metrics_;
  std::shared_ptr<DigitModel::Watch> watch_ = std::make_shared<DigitModel::Watch>();
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<CountingAdmission> admission_;
  std::unique_ptr<EngineWorker> engine_;
  std::unique_ptr<AdapterPool> pool_;
  std::unique_ptr<ModelHost> host_;
  std::unique_ptr<Service> service_;
  std::unique_ptr<http::Server> server_;
  std::atomic<int> feedback_count_{0};
  std::atomic<std::size_t> labels_seen_{0};
  std::string tapped_;  // written before the answer is sent
};

TEST_F(ServiceTest, AdaptersAreLoadedWhenACallAsksForThem) {
  page_adapters();
  start();
  const auto ask = [&](const std::string& model) {
    return post("/v1/classify", R"({"model":")" + model + R"(","input":"what is 7"})");
  };
  EXPECT_EQ(ask("nobody").status, 404);
  EXPECT_EQ(ask("../one").status, 404);
  const http::Response torn = ask("torn");
  EXPECT_EQ(torn.status, 503);
  EXPECT_NE(torn.body.find("model 'torn' does not load: torn/adapter_config.json: 'r' is missing"), std::string::npos)
      << torn.body;
  EXPECT_EQ(admission_->charged(), 0);
  for (const char* name : {"one", "two", "one"}) {
    const http::Response answer = ask(name);
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_NE(answer.body.find("\"label\":\"n7\""), std::string::npos) << answer.body;
    EXPECT_NE(answer.body.find(std::string("directory:tenants/") + name), std::string::npos) << answer.body;
  }
  EXPECT_EQ(admission_->charged(), 3);
  EXPECT_EQ(admission_->open(), 0u);
  const std::string models = client().get("/v1/models", key())->body;
  EXPECT_NE(models.find("\"id\":\"two\""), std::string::npos) << models;
}

TEST_F(ServiceTest, ClassifyIsAnsweredChargedAndTraced) {
  load();
  start();
  const http::Response response = post("/v1/classify", R"({"model":"digits","input":["a1","b22"],"top_k":2})");
  ASSERT_EQ(response.status, 200) << response.body;
  const Json body = *parse_json(response.body);
  EXPECT_EQ(body.at("results").size(), 2U);
  EXPECT_EQ(body.at("results")[1].at("labels").size(), 2U);
  EXPECT_EQ(body.at("results")[1].at("labels")[0].at("label"), "n2");
  EXPECT_EQ(body.at("results")[1].at("decision"), "answer");
  EXPECT_EQ(body.at("release_id"), "rel_1");
  EXPECT_EQ(body.at("usage").at("tokens"), 9);  // 2+2 and 3+2: special tokens count
  EXPECT_NE(response.headers.get("server-timing").find("engine;dur="), std::string::npos);
  EXPECT_EQ(admission_->tokens("classify_tokens"), 9);
  EXPECT_EQ(admission_->charged(), 1);
  EXPECT_EQ(count("trace"), 2);
}

TEST_F(ServiceTest, AShadowHearsOfQuestionsThatWereAnsweredAndOfNothingElse) {
  load();
  start();
  const auto release = handoff::make_record("release", "digits", {}, {{"run_id", "a"}, {"model_directory", "m"}}, 1);
  ASSERT_TRUE(handoff::put_record(*store_, release).ok());
  ASSERT_TRUE(handoff::set_live_release(*store_, "digits", "rel_1", "first", 1).ok());
  const ModelLoader loader = [this](const std::string&) -> Result<std::unique_ptr<TextModel>> {
    return std::unique_ptr<TextModel>(new DigitModel(watch_));
  };
  const ReleaseResolver resolver = [](const std::string&) -> Result<ReleaseFiles> { return ReleaseFiles{}; };
  Shadow shadow(clock_, *store_, loader, resolver, {.model = "digits"});
  service_->set_shadow(shadow);
  const auto ask = [&](const std::string& more, http::Headers headers = key()) {
    const http::Response answer = post("/v1/answer", R"({"bot":"shop",)" + more + "}", std::move(headers));
    EXPECT_EQ(answer.status, 200) << answer.body;
    return parse_json(answer.body)->at("text").get<std::string>();
  };
  const std::string before = ask(R"("text":"what is 7")");
  EXPECT_EQ(shadow.read(), 0U);  // nobody reads beside
  ASSERT_TRUE(handoff::begin_shadow(*store_, {.model = "digits", .candidate_id = release.id, .started_by = "x"}).ok());
  ASSERT_TRUE(shadow.look().ok());
  EXPECT_EQ(ask(R"("text":"what is 7")"), before);
  http::Headers again = key();
  again.add("idempotency-key", "k1");
  ask(R"("text":"what is 8")", again);
  ask(R"("text":"what is 8")", again);  // a replay is no call
  ask(R"("option":"n1","conversation":"c")");
  EXPECT_EQ(post("/v1/classify", question("7")).status, 200);
  watch_->fail = true;
  EXPECT_NE(post("/v1/answer", R"({"bot":"shop","text":"9"})").status, 200);
  watch_->fail = false;
  EXPECT_EQ(shadow.read(), 2U);
  ASSERT_TRUE(shadow.keep().ok());
  const auto figures = handoff::shadow_figures(*store_, "digits", {}).value().value();
  EXPECT_EQ(figures.call_count, 2);
  EXPECT_EQ(figures.changed_count, 0);
  ASSERT_EQ(figures.intents.size(), 2U);
  EXPECT_EQ(figures.intents[0].intent, "n7");
  EXPECT_NE(client().get("/metrics")->body.find("\nserving_shadow_agreed_total 2\n"), std::string::npos);
}

TEST_F(ServiceTest, EmbeddingsHaveOpenAisShapeAndAreCharged) {
  load();
  ASSERT_TRUE(host_->load("lengths", "rel_2", "lengths").ok());
  start();
  const http::Response response =
      post("/v1/embeddings", R"({"model":"lengths","input":["!","!!"],"dimensions":3,"user":"u"})");
  ASSERT_EQ(response.status, 200) << response.body;
  EXPECT_EQ(*parse_json(response.body), *parse_json(R"({"object":"list","model":"lengths",
    "data":[{"object":"embedding","index":0,"embedding":[33.0,1.0,1.0]},
            {"object":"embedding","index":1,"embedding":[66.0,2.0,1.0]}],
    "usage":{"prompt_tokens":3,"total_tokens":3}})"));
  const http::Response packed = post("/v1/embeddings", R"({"model":"lengths","input":"!","encoding_format":"base64"})");
  EXPECT_EQ((*parse_json(packed.body))["data"][0]["embedding"], "AAAEQgAAgD8AAIA/");  // 33, 1, 1
  EXPECT_EQ(admission_->tokens("embedding_tokens"), 4);
  EXPECT_EQ(admission_->charged(), 2);
  EXPECT_EQ(count("trace"), 0);
}

TEST_F(ServiceTest, DocumentsAreOrderedByWhatTheyHaveOfTheQueryAndCharged) {
  ASSERT_TRUE(host_->load("shares", "rel_3", "shares").ok());
  start();
  const http::Response all =
      post("/v1/rerank", R"({"model":"shares","query":"ab","documents":["xxxx","aaxx","abab","bbxx"]})");
  ASSERT_EQ(all.status, 200) << all.body;
  EXPECT_EQ(*parse_json(all.body), *parse_json(R"({"model":"shares","release_id":"rel_3",
    "results":[{"index":2,"score":1.0},{"index":1,"score":0.5},{"index":3,"score":0.5},{"index":0,"score":0.0}],
    "usage":{"tokens":28}})"));
  const http::Response two =
      post("/v1/rerank", R"({"model":"shares","query":"a","documents":["x","a","b"],"top_n":1})");
  EXPECT_EQ((*parse_json(two.body))["results"], *parse_json(R"([{"index":1,"score":1.0}])"));
  EXPECT_EQ(admission_->tokens("pair_tokens"), 28 + 9);
  EXPECT_EQ(admission_->charged(), 2);
  EXPECT_EQ(count("trace"), 0);
}

TEST_F(ServiceTest, WrongCallsForAnOrderNameWhatIsWrongAndCostNothing) {
  load();
  ASSERT_TRUE(host_->load("shares", "rel_3", "shares").ok());
  start();
  std::string many = "\"x\"";
  for (int i = 0; i < 128; ++i) many += ",\"x\"";
  struct Row {
    std::string path, body;
    int status;
    const char* field;
  };
  const Row rows[] = {
      {"/v1/rerank", R"({"model":"digits","query":"a","documents":["b"]})", 400, "model"},
      {"/v1/classify", R"({"model":"shares","input":"a"})", 400, "model"},
      {"/v1/embeddings", R"({"model":"shares","input":"a"})", 400, "model"},
      {"/v1/rerank", R"({"model":"nobody","query":"a","documents":["b"]})", 404, "model"},
      {"/v1/rerank", R"({"model":"shares","documents":["b"]})", 400, "query"},
      {"/v1/rerank", R"({"model":"shares","query":" ","documents":["b"]})", 400, "query"},
      {"/v1/rerank", R"({"model":"shares","query":"a"})", 400, "documents"},
      {"/v1/rerank", R"({"model":"shares","query":"a","documents":"b"})", 400, "documents"},
      {"/v1/rerank", R"({"model":"shares","query":"a","documents":[]})", 400, "documents"},
      {"/v1/rerank", R"({"model":"shares","query":"a","documents":["b",{"text":"c"}]})", 400, "documents[1]"},
      {"/v1/rerank", R"({"model":"shares","query":"a","documents":[)" + many + "]}", 413, "documents"},
      {"/v1/rerank", R"({"model":"shares","query":"a","documents":["b"],"top_n":0})", 400, "top_n"},
      {"/v1/rerank", R"({"model":"shares","query":"a","documents":["b"],"top_k":1})", 400, "top_k"},
  };
  for (const Row& row : rows) {
    const http::Response response = post(row.path, row.body);
    EXPECT_EQ(response.status, row.status) << row.body.substr(0, 80);
    EXPECT_EQ((*parse_json(response.body)).value("field", ""), row.field) << row.body.substr(0, 80) << response.body;
  }
  EXPECT_EQ(post("/v1/rerank", R"({"model":"shares","query":"a","documents":["b"]})", {}).status, 401);
  EXPECT_EQ(admission_->charged(), 0);
  EXPECT_EQ(admission_->open(), 0U);
}

TEST_F(ServiceTest, WrongCallsForVectorsNameWhatIsWrongAndCostNothing) {
  load();
  ASSERT_TRUE(host_->load("lengths", "rel_2", "lengths").ok());
  start();
  struct Row {
    std::string path, body;
    int status;
    const char* field;
  };
  const Row rows[] = {
      {"/v1/embeddings", R"({"model":"digits","input":"a"})", 400, "model"},
      {"/v1/classify", R"({"model":"lengths","input":"a"})", 400, "model"},
      {"/v1/embeddings", R"({"model":"nobody","input":"a"})", 404, "model"},
      {"/v1/embeddings", R"({"model":"lengths","input":"a","dimensions":2})", 400, "dimensions"},
      {"/v1/embeddings", R"({"model":"lengths","input":"a","dimensions":"3"})", 400, "dimensions"},
      {"/v1/embeddings", R"({"model":"lengths","input":"a","encoding_format":"hex"})", 400, "encoding_format"},
      {"/v1/embeddings", R"({"model":"lengths","input":[[1,2]]})", 400, "input[0]"},
      {"/v1/embeddings", R"({"model":"lengths","input":" "})", 400, "input"},
      {"/v1/embeddings", R"({"model":"lengths","input":[]})", 400, "input"},
      {"/v1/embeddings", R"({"model":"lengths"})", 400, "input"},
      {"/v1/embeddings", R"({"model":"lengths","input":"a","top_k":2})", 400, "top_k"},
  };
  for (const Row& row : rows) {
    const http::Response response = post(row.path, row.body);
    EXPECT_EQ(response.status, row.status) << row.body;
    EXPECT_EQ((*parse_json(response.body)).value("field", ""), row.field) << row.body << response.body;
  }
  EXPECT_EQ(post("/v1/embeddings", R"({"model":"lengths","input":"a"})", {}).status, 401);
  EXPECT_EQ(admission_->charged(), 0);
  EXPECT_EQ(admission_->open(), 0U);
}

TEST_F(ServiceTest, AnswerThenFeedback) {
  load();
  start();
  const http::Response response = post("/v1/answer", R"({"bot":"shop","text":"question 7"})");
  ASSERT_EQ(response.status, 200) << response.body;
  const Json body = *parse_json(response.body);
  EXPECT_EQ(body.at("decision"), "answer");
  EXPECT_EQ(body.at("intent"), "n7");
  EXPECT_EQ(body.at("options")[0].at("title"), "One");
  const std::string trace = body.at("trace_id");
  EXPECT_EQ(post("/v1/feedback", R"({"trace_id":")" + trace + R"(","rating":1})").status, 200);
  EXPECT_EQ(labels_seen_, 10U);
  EXPECT_EQ(post("/v1/feedback", R"({"trace_id":")" + trace + R"(","rating":1})", key("yp_other")).status, 404);
  EXPECT_EQ(post("/v1/feedback", R"({"trace_id":"tr_none","rating":1})").status, 404);
  http::Headers once = key();
  once.add("idempotency-key", "k");
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(post("/v1/feedback", R"({"trace_id":")" + trace + R"(","rating":-1})", once).status, 200);
  }
  EXPECT_EQ(feedback_count_, 2);
}

TEST_F(ServiceTest, AConversationGoesOnWithItsIdAndTaps) {
  load();
  start();
  const auto ask = [&](const std::string& more) { return post("/v1/answer", R"({"bot":"shop")" + more + "}"); };
  const Json begun = *parse_json(ask(R"(,"text":"a 7")").body);
  EXPECT_EQ(begun.at("conversation"), "cv_new");
  EXPECT_FALSE(begun.contains("began_anew"));
  EXPECT_FALSE(begun.contains("slot"));
  EXPECT_FALSE(begun.contains("decisions"));  // a note is for the trace
  const Json other = *parse_json(ask(R"(,"text":"a 7","conversation":"old","channel":"mail")").body);
  EXPECT_EQ(other.at("began_anew"), true);
  EXPECT_EQ(other.at("slot"), "mail");
  const http::Response tap = ask(R"(,"option":"n4","conversation":"tr_1")");
  ASSERT_EQ(tap.status, 200) << tap.body;
  EXPECT_EQ(parse_json(tap.body)->at("text"), "about n4");
  EXPECT_EQ(tapped_, "tr_1 t_1 n4");
  EXPECT_EQ(labels_seen_, 10U);
  EXPECT_EQ(ask(R"(,"option":"n5","conversation":"gone")").status, 200);
  EXPECT_EQ(ask(R"(,"option":"unlearned","conversation":"tr_2")").status, 200);
  EXPECT_EQ(tapped_, "tr_1 t_1 n4");
  EXPECT_EQ(count("message"), 5);
  EXPECT_EQ(count("trace"), 5);
}

TEST_F(ServiceTest, AChatIsAnsweredInOpenAisShapeAndCharged) {
  load();
  start();
  const auto ask = [&](const std::string& said, const std::string& more, http::Headers headers = key()) {
    return post("/v1/chat/completions", R"({"model":"shop","messages":[)" + said + "]" + more + "}",
                std::move(headers));
  };
  const std::string first = R"({"role":"user","content":"a 3"},{"role":"assistant","content":"b"},)";
  const std::string last = R"({"role":"user","content":"c 7"})";
  const http::Response response = ask(first + last, "");
  ASSERT_EQ(response.status, 200) << response.body;
  const Json body = *parse_json(response.body);
  EXPECT_EQ(body.at("object"), "chat.completion");
  EXPECT_EQ(body.at("choices")[0].at("message").at("content"), "about c 7 after n3\n- One");
  EXPECT_EQ(body.at("usage").at("total_tokens"), 10);  // both texts, with two special tokens each
  EXPECT_EQ(body.at("yupu").at("decision"), "answer");
  EXPECT_EQ(body.at("yupu").at("conversation"), "cv_new");
  EXPECT_EQ(body.at("id"), body.at("yupu").at("trace_id"));
  EXPECT_EQ(admission_->tokens("answer_tokens"), 10);
  EXPECT_EQ(count("trace"), 1);
  EXPECT_EQ(post("/v1/feedback", R"({"trace_id":")" + body.at("id").get<std::string>() + R"(","rating":1})").status,
            200);

  const std::string on = R"(,"metadata":{"conversation":"cv_1","channel":"mail"})";
  const Json further = *parse_json(ask(first + last, on).body);
  EXPECT_EQ(further.at("choices")[0].at("message").at("content"), "about c 7\n- One");
  EXPECT_EQ(further.at("usage").at("total_tokens"), 5);
  EXPECT_EQ(further.at("yupu").at("conversation"), "cv_1");
  EXPECT_EQ(further.at("yupu").at("slot"), "mail");
  ask(last, R"(,"metadata":{"conversation":"tr_1","option":"n4"})");
  EXPECT_EQ(tapped_, "tr_1 t_1 n4");
  EXPECT_EQ(admission_->charged(), 3);
}

TEST_F(ServiceTest, AStreamedChatIsStoredOnceAndSentAsEventsEachTime) {
  load();
  start();
  const std::string body =
      R"({"model":"shop","messages":[{"role":"user","content":"a 7"}],"stream":true,"stream_options":{"include_usage":true}})";
  http::Headers once = key();
  once.add("idempotency-key", "k");
  const http::Response first = post("/v1/chat/completions", body, once);
  ASSERT_EQ(first.status, 200) << first.body;
  EXPECT_EQ(first.headers.get("content-type"), "text/event-stream; charset=utf-8");
  EXPECT_NE(first.headers.get("server-timing"), "");
  EXPECT_EQ(first.body.substr(first.body.size() - 14), "data: [DONE]\n\n");
  EXPECT_NE(first.body.find(R"("total_tokens":5)"), std::string::npos);
  const http::Response again = post("/v1/chat/completions", body, once);
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(again.headers.get("idempotent-replayed"), "true");
  EXPECT_EQ(admission_->charged(), 1);
}

TEST_F(ServiceTest, WrongChatsSaySoAsOpenAisClientsReadItAndCostNothing) {
  load();
  start();
  struct Row {
    std::string more;
    http::Headers headers;
    int status;
    const char* type;
    Json field;
  };
  const Row rows[] = {
      {R"("model":"none")", key(), 404, "invalid_request_error", "model"},
      {R"("model":"digits")", key(), 404, "invalid_request_error", "model"},  // a model, no bot
      {R"("model":"shop","n":2)", key(), 400, "invalid_request_error", "n"},
      {R"("model":"shop","tools":[{}],"stream":true)", key(), 400, "invalid_request_error", "tools"},
      {R"("model":"shop","metadata":{"conversation":"foreign"})", key(), 404, "invalid_request_error",
       "metadata.conversation"},
      {R"("model":"shop")", {}, 401, "invalid_request_error", nullptr},
      {R"("model":"shop")", key("yp_read"), 403, "invalid_request_error", nullptr},
  };
  for (const Row& row : rows) {
    const http::Response response =
        post("/v1/chat/completions", R"({"messages":[{"role":"user","content":"a"}],)" + row.more + "}", row.headers);
    EXPECT_EQ(response.status, row.status) << row.more;
    const Json body = *parse_json(response.body);
    EXPECT_EQ(body.at("status"), row.status) << row.more;
    EXPECT_EQ(body.at("error").at("message"), body.at("detail")) << row.more;
    EXPECT_EQ(body.at("error").at("code"), body.at("code")) << row.more;
    EXPECT_EQ(body.at("error").at("type"), row.type) << row.more;
    EXPECT_EQ(body.at("error").at("param"), row.field) << row.more;
  }
  EXPECT_EQ(admission_->charged(), 0);
  EXPECT_EQ(admission_->open(), 0U);
}

TEST_F(ServiceTest, QuotesAreCitedAndAllOfACallCanBeDeleted) {
  load();
  start();
  http::Headers once = key();
  once.add("idempotency-key", "k");
  const http::Response response = post("/v1/answer", R"({"bot":"shop","text":"a 7","visitor":"ann"})", once);
  ASSERT_EQ(response.status, 200) << response.body;
  const Json sources = parse_json(response.body)->at("sources");
  ASSERT_EQ(sources.size(), 2U);
  EXPECT_EQ(sources[0], "policy#1");
  EXPECT_EQ(sources[1], *parse_json(R"({"document":"ann.md","version":2,"begin":3,"end":9,"title":"T",)"
                                    R"("date":"2026-11-27","score":0.75})"));
  const std::string trace = parse_json(response.body)->at("trace_id");
  EXPECT_EQ(post("/v1/answer", R"({"bot":"shop","text":"a 8"})").status, 200);
  const Status deleted = store_->write([&](store::Transaction& transaction) -> Status {
    EXPECT_EQ(*delete_traces(transaction, "t_2", std::vector<std::string>{trace}), 0);
    EXPECT_EQ(*delete_traces(transaction, "t_1", std::vector<std::string>{trace, "tr_none"}), 1);
    EXPECT_EQ(*delete_stored_answers(transaction, "t_1", ""), 0);
    EXPECT_EQ(*delete_stored_answers(transaction, "t_2", "cv_new"), 0);
    EXPECT_EQ(*delete_stored_answers(transaction, "t_1", "cv_new"), 1);
    return {};
  });
  EXPECT_TRUE(deleted.ok());
  EXPECT_EQ(count("trace"), 1);
  EXPECT_EQ(count("idempotency"), 0);
}

TEST_F(ServiceTest, AnOvertakenMessageIsDecidedAgainAndChargedOnce) {
  load();
  start();
  const int batches = watch_->batches;
  const http::Response moved = post("/v1/answer", R"({"bot":"shop","text":"a 7","conversation":"moved"})");
  ASSERT_EQ(moved.status, 200) << moved.body;
  EXPECT_EQ(admission_->charged(), 1);
  EXPECT_EQ(count("trace"), 1);
  EXPECT_EQ(count("message"), 1);
  EXPECT_EQ(watch_->batches, batches + 1);  // the model read it once
  EXPECT_EQ(post("/v1/answer", R"({"bot":"shop","text":"a 7","conversation":"moving"})").status, 409);
  EXPECT_EQ(admission_->charged(), 1);
  EXPECT_EQ(admission_->released(), 1);
  EXPECT_EQ(count("trace"), 1);
}

TEST_F(ServiceTest, BadCallsCostNothing) {
  load();
  start();
  const std::string good = question("a1");
  struct Row {
    const char* path;
    std::string body;
    http::Headers headers;
    int status;
    const char* code;
  };
  const Row rows[] = {
      {"/v1/classify", good, {}, 401, "unauthenticated"},
      {"/v1/classify", good, key("yp_wrong"), 401, "unauthenticated"},
      {"/v1/classify", good, {{"authorization", "Basic x"}}, 401, "unauthenticated"},
      {"/v1/classify", good, key("yp_read"), 403, "permission_denied"},
      {"/v1/classify", R"({"model":"digits","input":"a","x":1})", key(), 400, "invalid_argument"},
      {"/v1/classify", R"({"model":"digits","input":"\u0001 "})", key(), 400, "invalid_argument"},
      {"/v1/classify", "{\"model\":\"digits\",\"input\":\"\xc3\"}", key(), 400, "invalid_argument"},
      {"/v1/classify", question(std::string(9000, 'a')), key(), 413, "too_large"},
      {"/v1/classify", R"({"model":"none","input":"a"})", key(), 404, "not_found"},
      {"/v1/answer", R"({"bot":"none","text":"a"})", key(), 404, "not_found"},
      {"/v1/answer", R"({"bot":"shop","text":"a"})", {}, 401, "unauthenticated"},
      {"/v1/answer", R"({"bot":"shop","text":"a","conversation":"foreign"})", key(), 404, "not_found"},
      {"/v1/answer", R"({"bot":"shop"})", key(), 400, "invalid_argument"},
      {"/v1/answer", R"({"bot":"shop","option":""})", key(), 400, "invalid_argument"},
      {"/v1/answer", R"({"bot":"shop","option":" "})", key(), 400, "invalid_argument"},
      {"/v1/answer", R"({"bot":"shop","option":5})", key(), 400, "invalid_argument"},
      {"/v1/answer", R"({"bot":"shop","option":"n1","text":" "})", key(), 400, "invalid_argument"},
      {"/v1/answer", R"({"bot":"shop","text":"a","channel":[]})", key(), 400, "invalid_argument"},
      {"/v1/answer", R"({"bot":"shop","text":"a","visitor":""})", key(), 400, "invalid_argument"},
      {"/v1/answer", R"({"bot":"shop","text":"a","visitor":" "})", key(), 400, "invalid_argument"},
      {"/v1/answer", R"({"bot":"shop","text":"a","visitor":")" + std::string(129, 'v') + "\"}", key(), 413,
       "too_large"},
  };
  for (const Row& row : rows) {
    const http::Response response = post(row.path, row.body, row.headers);
    EXPECT_EQ(response.status, row.status) << row.body.substr(0, 60);
    EXPECT_EQ(parse_json(response.body)->at("code"), row.code) << row.body.substr(0, 60);
  }
  admission_->quota_used_up = true;
  EXPECT_EQ(post("/v1/classify", good).status, 402);
  admission_->quota_used_up = false;
  watch_->fail = true;
  EXPECT_EQ(post("/v1/classify", good).status, 429);
  watch_->fail = false;
  admission_->capture_fails = true;
  EXPECT_EQ(post("/v1/classify", good).status, 503);
  EXPECT_EQ(admission_->charged(), 0);
  EXPECT_EQ(admission_->released(), 2);
  EXPECT_EQ(admission_->open(), 0U);
  EXPECT_EQ(count("trace"), 0);
}

TEST_F(ServiceTest, IdempotencyKeyChargesOnce) {
  load();
  start();
  http::Headers headers = key();
  headers.add("idempotency-key", "order-17");
  const http::Response first = post("/v1/classify", question("a1"), headers);
  const http::Response again = post("/v1/classify", question("a1"), headers);
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(first.body, again.body);
  EXPECT_EQ(again.headers.get("idempotent-replayed"), "true");
  EXPECT_EQ(admission_->charged(), 1);
  EXPECT_EQ(post("/v1/classify", question("a2"), headers).status, 409);
  http::Headers other = key("yp_other");
  other.add("idempotency-key", "order-17");
  EXPECT_EQ(post("/v1/classify", question("a2"), other).status, 200);  // another tenant's key is another key
  http::Headers held = key();
  held.add("idempotency-key", "slow");
  const int entered = watch_->entered;
  watch_->hold = true;
  std::thread slow([&] { EXPECT_EQ(post("/v1/classify", question("a3"), held).status, 200); });
  while (watch_->entered == entered) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  EXPECT_EQ(post("/v1/classify", question("a3"), held).status, 409);
  watch_->hold = false;
  slow.join();
  EXPECT_EQ(post("/v1/classify", question("a3"), held).headers.get("idempotent-replayed"), "true");
  EXPECT_EQ(admission_->charged(), 3);
}

TEST_F(ServiceTest, ACrowdGetsItsOwnAnswers) {
  load();
  start();
  std::atomic<int> right{0};
  std::vector<std::thread> crowd;
  for (int t = 0; t < 64; ++t) {
    crowd.emplace_back([&, t] {
      http::Client http = client();
      for (int i = 0; i < 5; ++i) {
        const int digit = (t + i) % 10;
        const auto response = http.post_json("/v1/classify", question("t" + std::to_string(digit)), key());
        if (!response.ok() || response.value().status != 200) continue;
        right += parse_json(response.value().body)->at("results")[0].at("labels")[0].at("label") ==
                 "n" + std::to_string(digit);
      }
    });
  }
  for (std::thread& thread : crowd) thread.join();
  EXPECT_EQ(right, 64 * 5);
  EXPECT_EQ(admission_->charged(), 64 * 5);
  EXPECT_EQ(admission_->open(), 0U);
  EXPECT_FALSE(watch_->overlapped);
}

TEST_F(ServiceTest, HundredSwapsUnderLoadLoseNoRequest) {
  load();
  start();
  std::atomic<bool> stop{false};
  std::atomic<int> done{0};
  std::atomic<int> failed{0};
  std::vector<std::thread> crowd;
  for (int t = 0; t < 8; ++t) {
    crowd.emplace_back([&] {
      http::Client http = client();
      while (!stop) {
        const auto response = http.post_json("/v1/classify", question("a5"), key());
        ++(response.ok() && response.value().status == 200 ? done : failed);
      }
    });
  }
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(host_->load("digits", "rel_" + std::to_string(i), "next").ok());
    ASSERT_FALSE(host_->load("digits", "rel_bad", "corrupt").ok());
    const int before = done + failed;  // calls are answered between any two swaps
    while (done + failed < before + 4) std::this_thread::yield();
  }
  stop = true;
  for (std::thread& thread : crowd) thread.join();
  EXPECT_EQ(failed, 0);
  EXPECT_GT(done, 0);
  EXPECT_EQ(host_->find("digits")->release_id, "rel_99");
}

TEST_F(ServiceTest, OverloadIs429WhileAdmittedSucceed) {
  load();
  start({}, {.request_threads = 4, .request_queue_max = 4});
  const int entered = watch_->entered;
  watch_->hold = true;
  std::atomic<int> fine{0};
  std::atomic<int> busy{0};
  std::vector<std::thread> crowd;
  for (int i = 0; i < 24; ++i) {
    crowd.emplace_back([&] {
      const http::Response response = post("/v1/classify", question("a1"));
      fine += response.status == 200;
      busy += response.status == 429 && !response.headers.get("retry-after").empty();
    });
  }
  while (watch_->entered == entered || fine + busy < 16) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  EXPECT_EQ(client().get("/healthz")->status, 200);
  EXPECT_EQ(client().get("/metrics")->status, 200);
  watch_->hold = false;
  for (std::thread& thread : crowd) thread.join();
  EXPECT_GE(fine, 8);
  EXPECT_EQ(fine + busy, 24);
  EXPECT_EQ(admission_->charged(), fine);
}

TEST_F(ServiceTest, AClientThatLeavesIsNotCharged) {
  load();
  start();
  const int entered = watch_->entered;
  watch_->hold = true;
  http::Client impatient({.port = server_->port(), .timeout_ms = 100});
  std::thread first([&] { EXPECT_EQ(post("/v1/classify", question("a1")).status, 200); });
  while (watch_->entered == entered) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  EXPECT_FALSE(impatient.post_json("/v1/classify", question("a2"), key()).ok());
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  watch_->hold = false;
  first.join();
  for (int i = 0; i < 5000 && admission_->open() > 0; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  EXPECT_EQ(admission_->charged(), 1);
  EXPECT_EQ(admission_->released(), 1);
}

TEST_F(ServiceTest, ARequestInTimeOutIsNotCharged) {
  load();
  start({}, {.request_timeout_ms = 80});
  watch_->hold = true;
  const http::Response late = post("/v1/classify", question("a1"));
  EXPECT_EQ(late.status, 503);
  watch_->hold = false;
  EXPECT_EQ(admission_->charged(), 0);
  EXPECT_EQ(admission_->open(), 0U);
}

TEST_F(ServiceTest, DemoVisitorsNeedNoKeyAndAreLimited) {
  load();
  ServiceOptions options;
  options.demo_caller = [this] { return admission_->authenticate("yp_good"); };
  options.demo_rate = {.interval_ns = 3'600'000'000'000, .burst = 2, .callers_max = 100};
  start(std::move(options));
  const std::string ask = R"({"bot":"shop","text":"hello 1"})";
  EXPECT_EQ(post("/v1/answer", ask, {}).status, 200);
  EXPECT_EQ(post("/v1/answer", ask, {}).status, 200);
  const http::Response third = post("/v1/answer", ask, {});
  EXPECT_EQ(third.status, 429);
  EXPECT_EQ(third.headers.get("retry-after"), "3600");
  EXPECT_EQ(post("/v1/answer", ask).status, 200);                   // with a key there is no such limit
  EXPECT_EQ(post("/v1/answer", ask, key("yp_wrong")).status, 401);  // a wrong key is not a visitor
  EXPECT_EQ(post("/v1/classify", question("a1"), {}).status, 401);  // visitors may only ask the bot
  EXPECT_EQ(client().get("/v1/models")->status, 200);
  EXPECT_EQ(client().get("/v1/usage")->status, 401);
}

TEST_F(ServiceTest, ViewsModelsHealthMetricsAndPages) {
  start();
  http::Client http = client();
  EXPECT_EQ(http.get("/healthz")->status, 200);
  EXPECT_EQ(http.get("/readyz")->status, 503);
  load();
  EXPECT_EQ(http.get("/readyz")->status, 200);
  EXPECT_EQ(parse_json(http.get("/v1/usage", key())->body)->at("tenant"), "t_1");
  EXPECT_EQ(http.get("/v1/usage?month=bad", key())->status, 400);
  EXPECT_EQ(http.get("/v1/invoices", key())->status, 404);
  const Json models = *parse_json(http.get("/v1/models", key())->body);
  EXPECT_EQ(models.at("data").size(), 2U);
  EXPECT_EQ(models.at("data")[1].at("kind"), "bot");
  for (const Json& model : models.at("data")) {
    EXPECT_EQ(model.at("object"), "model");
    EXPECT_EQ(model.at("owned_by"), "yupu");
    EXPECT_GT(model.at("created").get<std::int64_t>(), 1'600'000'000);
  }
  EXPECT_EQ(models.at("data")[1].at("titles").at("n1").at("en"), "One");
  const Json openapi = *parse_json(http.get("/openapi.json")->body);
  EXPECT_TRUE(openapi.at("paths").contains("/v1/answer"));
  const auto page = http.get("/");
  EXPECT_EQ(page->body, "<p>hello");
  EXPECT_NE(page->headers.get("content-security-policy").find("default-src 'none'"), std::string::npos);
  EXPECT_EQ(page->headers.get("x-content-type-options"), "nosniff");
  EXPECT_EQ(http.get("/", {{"if-none-match", std::string(page->headers.get("etag"))}})->status, 304);
  EXPECT_NE(http.get("/assets/a-1.js")->headers.get("cache-control").find("immutable"), std::string::npos);
  post("/v1/classify", question("a1"));
  const std::string metrics = http.get("/metrics")->body;
  EXPECT_NE(metrics.find("http_requests_total{route=\"/v1/classify\",status=\"200\"} 1\n"), std::string::npos);
  EXPECT_NE(metrics.find("serving_engine_ms_count 1\n"), std::string::npos);
  EXPECT_NE(metrics.find("serving_batch_tokens_bucket{le=\"+Inf\"} 2\n"), std::string::npos);  // probe and call
  service_->set_draining();
  EXPECT_EQ(http.get("/readyz")->status, 503);
}

TEST_F(ServiceTest, StoppingFinishesWhatIsInWork) {
  load();
  start();
  const int entered = watch_->entered;
  watch_->hold = true;
  std::thread caller([&] { EXPECT_EQ(post("/v1/classify", question("a1")).status, 200); });
  while (watch_->entered == entered) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  std::thread stopper([&] { server_->stop(10'000); });
  std::this_thread::sleep_for(std::chrono::milliseconds(30));
  watch_->hold = false;
  caller.join();
  stopper.join();
  EXPECT_EQ(admission_->charged(), 1);
}

TEST_F(ServiceTest, WatcherFollowsTheLiveRelease) {
  ReleaseWatcher watcher(clock_, *store_, *host_, store_resolver(*store_, dir_.path()));
  EXPECT_EQ(watcher.check().code(), Code::kNotFound);
  const auto release = [&](const std::string& directory, const std::string& sha256) {
    handoff::Release body;
    body.run_id = "run_" + directory;
    body.model_directory = directory;
    body.weights_sha256 = sha256;
    const handoff::Record record = handoff::make_record("release", "digits", {}, body.to_json(), clock_.now_ns());
    EXPECT_TRUE(handoff::put_record(*store_, record).ok());
    EXPECT_TRUE(handoff::set_live_release(*store_, "digits", record.id, "test", clock_.now_ns()).ok());
    return record.id;
  };
  const std::string one = release("one", "digits");
  ASSERT_TRUE(watcher.check().ok());
  EXPECT_EQ(host_->find("digits")->release_id, one);
  watcher.start(20);
  const std::string two = release("two", "digits");
  for (int i = 0; i < 5000 && host_->find("digits")->release_id != two; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_EQ(host_->find("digits")->release_id, two);
  watcher.stop();
  release("corrupt", "digits");
  EXPECT_EQ(watcher.check().code(), Code::kInvalidArgument);
  EXPECT_EQ(watcher.check().code(), Code::kUnavailable);  // not tried again at once
  release("two", "other weights");
  EXPECT_EQ(watcher.check().code(), Code::kInvalidArgument);
  EXPECT_EQ(host_->find("digits")->release_id, two);
  ASSERT_TRUE(handoff::set_live_release(*store_, "digits", one, "rollback", clock_.now_ns()).ok());
  ASSERT_TRUE(watcher.check().ok());
  EXPECT_EQ(host_->find("digits")->release_id, one);
}

TEST_F(ServiceTest, PersonalDataIsAnsweredAndNotKept) {
  ServiceOptions options;
  options.mask = options.mask_read = options.mask_stored_answers = text::PersonalKinds::all();
  start(options);
  load();
  http::Headers once = key();
  once.add("idempotency-key", "k");
  // The model's label is the last digit it reads.
  const std::string asked = R"({"bot":"shop","text":"3 is not 13812345678"})";
  const Json said = parse_json(post("/v1/answer", asked, once).body).value();
  EXPECT_EQ(said["text"], "about 3 is not 13812345678");
  EXPECT_EQ(said["intent"], "n3");
  std::vector<std::string> kept;
  ASSERT_TRUE(store_
                  ->read([&](store::Transaction& transaction) -> Status {
                    for (const char* sql :
                         {"SELECT text FROM trace", "SELECT body FROM trace", "SELECT response FROM idempotency"}) {
                      YUPU_ASSIGN_OR_RETURN(const auto rows, transaction.query(sql));
                      for (const store::Row& row : rows) kept.push_back(row.text(0));
                    }
                    return {};
                  })
                  .ok());
  ASSERT_EQ(kept.size(), 3U);
  EXPECT_EQ(kept[0], "3 is not [phone]");
  for (const std::string& text : kept) {
    EXPECT_EQ(text.find("13812345678"), std::string::npos) << text;
    EXPECT_NE(text.find("3 is not [phone]"), std::string::npos) << text;
  }
  const auto replay = post("/v1/answer", asked, once);
  EXPECT_EQ(parse_json(replay.body).value()["text"], "about 3 is not [phone]");
}

}  // namespace
}  // namespace yupu::serving
