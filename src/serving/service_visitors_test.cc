// Visitors without a key, through the routes: who may come from where, what is theirs, and how often.
#include <utility>

#include <gtest/gtest.h>

#include "base/log.h"
#include "base/testing.h"
#include "http/router.h"
#include "serving/service.h"
#include "serving/testing.h"
#include "store/testing.h"

namespace yupu::serving {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kHour = 3600 * kSecond;
constexpr const char* kPage = "https://www.example.com";

// Says what it heard; a conversation that is not named begins.
class ParrotBot final : public Bot {
 public:
  const std::string& name() const override { return name_; }
  const std::string& model() const override { return model_; }
  Result<std::unique_ptr<BotTurn>> hear(VisitorMessage message) const override {
    return std::unique_ptr<BotTurn>(new Turn(std::move(message)));
  }
  Json about() const override { return Json::object(); }

 private:
  class Turn final : public BotTurn {
   public:
    explicit Turn(VisitorMessage message) : message_(std::move(message)) {
      if (message_.conversation.empty()) message_.conversation = random_id("cv");
    }
    const std::string& text() const override { return message_.text; }
    Status recall(const ModelCard&, std::span<const ScoredText>) override { return {}; }
    Result<BotAnswer> answer(const ModelCard&, const ScoredText&, const std::string&) override {
      return BotAnswer{.decision = "answer", .text = message_.text, .conversation = message_.conversation};
    }
    Status keep(store::Transaction&) const override { return {}; }

   private:
    VisitorMessage message_;
  };
  std::string name_ = "shop";
  std::string model_ = "digits";
};

class VisitorsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    log::set_level(log::Level::kNone);
    auto store = store::open_store(yupu::testing::url_in(dir_));
    ASSERT_TRUE(store.ok()) << store.status().to_string();
    store_ = std::move(store).value();
    admission_ = std::make_unique<testing::CountingAdmission>(*store_);
    engine_ = std::make_unique<EngineWorker>(metrics_, EngineOptions{});
    const ModelLoader loader = [](const std::string&) -> Result<std::unique_ptr<TextModel>> {
      return std::unique_ptr<TextModel>(new testing::DigitModel());
    };
    host_ = std::make_unique<ModelHost>(clock_, *engine_, metrics_, loader, std::vector<std::string>{"digits"});
    ASSERT_TRUE(host_->load("digits", "rel_1", "one").ok());
    bot_.name = "shop";
    bot_.origins = {kPage};
    bot_.title_en = "Ask us";
    bot_.accent = "#2f6a4b";
    bot_.examples = {"When?"};
    bot_.payer = [this] { return admission_->authenticate(payer_); };
    bot_.visitor_rate = {.interval_ns = 3 * kSecond, .burst = 100};
    bot_.address_rate = {.interval_ns = kSecond / 10, .burst = 1000};
  }
  void open(bool with_bot = true) {
    ServiceHooks hooks;
    hooks.feedback = [](handoff::Feedback said, const std::vector<std::string>&) -> Result<handoff::Feedback> {
      said.id = "fb_1";
      return said;
    };
    ServiceOptions options;
    options.demo_caller = [this] { return admission_->authenticate("yp_good"); };
    options.demo_rate = {.interval_ns = 1, .burst = 1000};
    if (with_bot) options.public_bot = bot_;
    service_ = std::make_unique<Service>(clock_, *store_, *admission_, *host_, *engine_, metrics_, std::move(options),
                                         std::move(hooks));
    service_->add_bot(std::make_unique<ParrotBot>());
    service_->add_routes(router_);
    // As other rooms add theirs.
    for (const auto& [method, pattern] :
         {std::pair{"GET", "/v1/conversations/{id}/messages"}, std::pair{"POST", "/v1/conversations/{id}/contact"}}) {
      service_->add_shared_route(router_, {.method = method, .pattern = pattern, .scope = "inference", .summary = ""},
                                 [this](const http::Request& request) {
                                   Service::Access access =
                                       service_->admit_to_conversation(request, request.params.at("id"));
                                   if (!access.caller) return access.refusal;
                                   http::Response response = http::json_response(200, "{}");
                                   if (!access.next_token.empty())
                                     response.headers.add(kVisitorHeader, access.next_token);
                                   return response;
                                 });
    }
  }
  http::Response send(const std::string& method, const std::string& path, const std::string& body,
                      http::Headers headers) {
    http::Request request;
    request.method = method;
    request.path = path;
    if (method == "GET") request.query = {{"bot", body}};
    request.body = method == "GET" ? "" : body;
    request.headers = std::move(headers);
    request.headers.add("host", "bot.example.com");
    request.remote = "192.0.2.1";
    request.request_id = random_id("req");
    request.deadline_ns = SystemClock().monotonic_ns() + 20 * kSecond;  // the engine's time is not the test's
    return router_.dispatch(request);
  }
  std::string token() {
    const http::Response response = send("POST", "/v1/visitors", R"({"bot":"shop"})", {{"origin", kPage}});
    EXPECT_EQ(response.status, 200) << response.body;
    return response.status == 200 ? parse_json(response.body)->at("token") : Json("");
  }
  static http::Headers as(const std::string& token) { return {{"origin", kPage}, {"yupu-visitor", token}}; }
  http::Response ask(const std::string& more, http::Headers headers) {
    return send("POST", "/v1/answer", R"({"bot":"shop","text":"what is 7")" + more + "}", std::move(headers));
  }
  static std::string in(const Json& answer) {
    return R"(,"conversation":")" + answer.at("conversation").get<std::string>() + '"';
  }
  static std::string vote(const Json& answer) {
    return R"({"rating":1,"trace_id":")" + answer.at("trace_id").get<std::string>() + "\"}";
  }

  yupu::testing::TempDir dir_;
  FakeClock clock_{1'000'000 * kSecond};
  Metrics metrics_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<testing::CountingAdmission> admission_;
  std::unique_ptr<EngineWorker> engine_;
  std::unique_ptr<ModelHost> host_;
  PublicBot bot_;
  std::string payer_ = "yp_good";
  std::unique_ptr<Service> service_;
  http::Router router_;
};

TEST_F(VisitorsTest, AVisitorAsksGoesOnAndVotesAndTheTenantPays) {
  open();
  const std::string visitor = token();
  const http::Response first = ask("", as(visitor));
  ASSERT_EQ(first.status, 200) << first.body;
  const Json said = *parse_json(first.body);
  EXPECT_EQ(first.headers.get("access-control-allow-origin"), kPage);
  EXPECT_EQ(first.headers.get("vary"), "origin");
  EXPECT_EQ(first.headers.find("yupu-visitor"), nullptr) << "a young token is not followed";
  const http::Response second = ask(in(said), as(visitor));
  ASSERT_EQ(second.status, 200) << second.body;
  EXPECT_EQ(parse_json(second.body)->at("conversation"), said.at("conversation"));
  EXPECT_EQ(send("POST", "/v1/feedback", vote(said), as(visitor)).status, 200);
  EXPECT_EQ(admission_->charged(), 2);
}

TEST_F(VisitorsTest, WhatIsAnotherVisitorsIsNotFound) {
  open();
  const std::string mine = token();
  const std::string other = token();
  const Json said = *parse_json(ask("", as(mine)).body);
  const auto refused = [&](const http::Response& response) {
    return response.status == 404 && parse_json(response.body)->value("field", "") == "conversation";
  };
  EXPECT_TRUE(refused(ask(in(said), as(other))));
  EXPECT_TRUE(refused(ask(R"(,"conversation":"cv_guess")", as(other))));
  EXPECT_TRUE(refused(ask(in(said), {}))) << "the demo page has no claim on it either";
  EXPECT_EQ(send("POST", "/v1/feedback", vote(said), as(other)).status, 404);
  EXPECT_EQ(send("POST", "/v1/feedback", vote(said), {}).status, 404);
  EXPECT_EQ(ask(in(said), as(mine)).status, 200);
  // One that began with a key is no visitor's; the tenant's own key may go on with both.
  const http::Headers key{{"authorization", "Bearer yp_good"}};
  const Json by_key = *parse_json(ask("", key).body);
  EXPECT_TRUE(refused(ask(in(by_key), as(mine))));
  EXPECT_EQ(send("POST", "/v1/feedback", vote(by_key), as(mine)).status, 404);
  EXPECT_EQ(ask(in(said), key).status, 200);
  const http::Response classified = send("POST", "/v1/classify", R"({"model":"digits","input":"7"})", key);
  EXPECT_EQ(send("POST", "/v1/feedback", vote(parse_json(classified.body)->at("results")[0]), as(mine)).status, 404);
}

TEST_F(VisitorsTest, AnIdempotencyKeyIsOneVisitorsOwn) {
  open();
  const auto once = [&](const std::string& visitor) {
    http::Headers headers = as(visitor);
    headers.add("idempotency-key", "1");
    return *parse_json(ask("", headers).body);
  };
  const std::string mine = token();
  const std::string other = token();
  EXPECT_EQ(once(mine).at("conversation"), once(mine).at("conversation"));
  EXPECT_NE(once(mine).at("conversation"), once(other).at("conversation"));
  EXPECT_EQ(admission_->charged(), 2);
}

TEST_F(VisitorsTest, WrongTokensBotsAndOriginsAreRefused) {
  open();
  const std::string good = token();
  const std::string question = R"({"bot":"shop","text":"7"})";
  const struct {
    const char *method, *path;
    std::string body;
    http::Headers headers;
    int status;
    const char* field;
  } rows[] = {
      {"POST", "/v1/answer", question, as("vt_forged"), 401, "yupu-visitor"},
      {"POST", "/v1/answer", question, as(""), 401, "yupu-visitor"},
      {"POST", "/v1/answer", R"({"bot":"other","text":"7"})", as(good), 403, "bot"},
      {"POST", "/v1/answer", question, {{"origin", "https://evil.com"}, {"yupu-visitor", good}}, 403, "Origin"},
      {"POST",
       "/v1/answer",
       question,
       {{"authorization", "Bearer yp_good"}, {"yupu-visitor", good}},
       400,
       "yupu-visitor"},
      {"POST", "/v1/classify", R"({"model":"digits","input":"7"})", as(good), 401, ""},
      {"GET", "/v1/usage", "", as(good), 401, ""},
      {"POST", "/v1/visitors", R"({"bot":"shop"})", {{"origin", "https://evil.com"}}, 403, "Origin"},
      {"POST", "/v1/visitors", R"({"bot":"shop"})", {}, 403, "Origin"},
      {"POST", "/v1/visitors", R"({"bot":"other"})", {{"origin", kPage}}, 404, "bot"},
      {"POST", "/v1/visitors", R"({})", {{"origin", kPage}}, 400, "bot"},
      {"POST", "/v1/visitors", R"({"bot":"shop","user":"u"})", {{"origin", kPage}}, 400, "user"},
      {"POST", "/v1/visitors", R"({"bot":"shop","signature":"x"})", {{"origin", kPage}}, 400, "user_id"},
      {"POST", "/v1/visitors", R"({"bot":"shop","user_id":"u"})", {{"origin", kPage}}, 400, "expires_at"},
      {"POST",
       "/v1/visitors",
       R"({"bot":"shop","user_id":"u\nv","expires_at":1,"signature":"x"})",
       {{"origin", kPage}},
       400,
       "user_id"},
      {"POST",
       "/v1/visitors",
       R"({"bot":"shop","user_id":"u","expires_at":1,"signature":"x"})",
       {{"origin", kPage}},
       400,
       "user_id"},
      {"GET", "/v1/widget", "shop", {{"origin", "https://evil.com"}}, 403, "Origin"},
      {"GET", "/v1/widget", "other", {{"origin", kPage}}, 404, "bot"},
      {"GET", "/v1/widget", "", {{"origin", kPage}}, 400, "bot"},
      {"OPTIONS", "/v1/answer", "", {{"origin", "https://evil.com"}}, 403, "Origin"},
      {"OPTIONS", "/v1/visitors", "", {}, 403, "Origin"},
  };
  for (const auto& row : rows) {
    const http::Response response = send(row.method, row.path, row.body, row.headers);
    EXPECT_EQ(response.status, row.status) << row.path << " " << row.body << response.body;
    EXPECT_EQ(parse_json(response.body)->value("field", ""), row.field) << row.path << " " << row.body;
    const bool listed = row.headers.get("origin") == kPage;
    EXPECT_TRUE(listed || response.headers.find("access-control-allow-origin") == nullptr) << row.path;
  }
  EXPECT_EQ(admission_->charged(), 0);
}

TEST_F(VisitorsTest, PagesOfListedOriginsLearnWhatTheyMayCall) {
  open();
  const http::Response greeting = send("GET", "/v1/widget", "shop", {{"origin", kPage}});
  EXPECT_EQ(*parse_json(greeting.body), *parse_json(R"({"bot":"shop","title":{"zh":"","en":"Ask us"},"accent":"#2f6a4b",
    "examples":["When?"]})"));
  EXPECT_EQ(greeting.headers.get("access-control-allow-origin"), kPage);
  EXPECT_EQ(send("GET", "/v1/widget", "shop", {}).status, 200) << "a page of ours: a GET has no Origin there";
  for (const char* path : {"/v1/visitors", "/v1/answer", "/v1/feedback"}) {
    const http::Response allowed = send("OPTIONS", path, "", {{"origin", kPage}});
    EXPECT_EQ(allowed.status, 204);
    EXPECT_EQ(allowed.headers.get("access-control-allow-origin"), kPage);
    EXPECT_EQ(allowed.headers.get("access-control-allow-methods"), "POST");
    EXPECT_NE(allowed.headers.get("access-control-allow-headers").find("yupu-visitor"), std::string_view::npos);
  }
  EXPECT_EQ(send("OPTIONS", "/v1/classify", "", {{"origin", kPage}}).status, 405);
  const http::Response own = send("POST", "/v1/visitors", R"({"bot":"shop"})", {{"origin", "https://bot.example.com"}});
  EXPECT_EQ(own.status, 200) << "the hosted page";
  EXPECT_EQ(own.headers.get("cache-control"), "no-store");
}

TEST_F(VisitorsTest, RoutesOfOtherRoomsAreSharedInTheSameWay) {
  open();
  const std::string mine = token();
  const std::string path =
      "/v1/conversations/" + parse_json(ask("", as(mine)).body)->at("conversation").get<std::string>();
  const http::Headers evil{{"origin", "https://evil.com"}, {"yupu-visitor", mine}};
  for (const auto& [method, end] : {std::pair{"GET", "/messages"}, std::pair{"POST", "/contact"}}) {
    const http::Response asked = send("OPTIONS", path + end, "", {{"origin", kPage}});
    EXPECT_EQ(asked.status, 204) << asked.body;
    EXPECT_EQ(asked.headers.get("access-control-allow-origin"), kPage);
    EXPECT_EQ(asked.headers.get("access-control-allow-methods"), method);
    for (const char* header : {"yupu-visitor", "last-event-id", "content-type"}) {
      EXPECT_NE(asked.headers.get("access-control-allow-headers").find(header), std::string_view::npos) << header;
    }
    const http::Response read = send(method, path + end, "", as(mine));
    EXPECT_EQ(read.status, 200) << read.body;
    EXPECT_EQ(read.headers.get("access-control-allow-origin"), kPage);
    EXPECT_EQ(read.headers.get("vary"), "origin");
    EXPECT_NE(read.headers.get("access-control-expose-headers").find("yupu-visitor"), std::string_view::npos);
    // The page has to be able to read why it is refused, if it is a listed one.
    const http::Response others = send(method, path + end, "", as(token()));
    EXPECT_EQ(others.status, 404);
    EXPECT_EQ(others.headers.get("access-control-allow-origin"), kPage);
    EXPECT_EQ(send("OPTIONS", path + end, "", evil).status, 403);
    const http::Response refused = send(method, path + end, "", evil);
    EXPECT_EQ(refused.status, 403);
    EXPECT_EQ(refused.headers.find("access-control-allow-origin"), nullptr);
  }
  clock_.advance_ns(20 * kHour);
  EXPECT_NE(send("GET", path + "/messages", "", as(mine)).headers.find("yupu-visitor"), nullptr)
      << "a token near its end is followed here too";
}

TEST_F(VisitorsTest, AnAnswerNearTheEndCarriesTheNextToken) {
  open();
  const std::string first = token();
  const Json said = *parse_json(ask("", as(first)).body);
  clock_.advance_ns(20 * kHour);
  const http::Response late = ask(in(said), as(first));
  const std::string next(late.headers.get("yupu-visitor"));
  ASSERT_FALSE(next.empty());
  clock_.advance_ns(4 * kHour);
  EXPECT_EQ(ask(in(said), as(first)).status, 401);
  EXPECT_EQ(ask(in(said), as(next)).status, 200) << "the same visitor";
}

TEST_F(VisitorsTest, TooManyQuestionsWait) {
  bot_.visitor_rate.burst = 3;
  open();
  const std::string fast = token();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(ask("", as(fast)).status, 200);
  const http::Response waits = ask("", as(fast));
  EXPECT_EQ(waits.status, 429);
  EXPECT_EQ(waits.headers.get("retry-after"), "3");
  EXPECT_EQ(waits.headers.get("access-control-allow-origin"), kPage) << "the page has to be able to read it";
  EXPECT_EQ(ask("", as(token())).status, 200) << "another visitor is not held up";
  clock_.advance_ns(3 * kSecond);
  EXPECT_EQ(ask("", as(fast)).status, 200);
}

TEST_F(VisitorsTest, AnAddressIsLimitedWhoeverItSaysItIs) {
  bot_.address_rate = {.interval_ns = 10 * kSecond, .burst = 4};
  open();
  EXPECT_EQ(ask("", as(token())).status, 200);
  EXPECT_EQ(ask("", as("vt_guess")).status, 401);
  EXPECT_EQ(ask("", as("vt_guess")).status, 401);
  EXPECT_EQ(ask("", as("vt_guess")).status, 429);
  EXPECT_EQ(send("POST", "/v1/visitors", R"({"bot":"shop"})", {{"origin", kPage}}).status, 429);
}

TEST_F(VisitorsTest, WithoutAPayerNobodyIsServedAndNoTokenIsBlamed) {
  open();
  const std::string visitor = token();
  payer_ = "yp_read";  // not for inference any more
  EXPECT_EQ(ask("", as(visitor)).status, 503);
  payer_ = "yp_other";  // the bot was given to another tenant
  EXPECT_EQ(ask("", as(visitor)).status, 401);
}

TEST_F(VisitorsTest, ABotThatIsNotPublicHasNoDoor) {
  open(false);
  EXPECT_EQ(send("GET", "/v1/widget", "shop", {}).status, 404);
  EXPECT_EQ(send("POST", "/v1/visitors", R"({"bot":"shop"})", {{"origin", kPage}}).status, 404);
  EXPECT_EQ(send("OPTIONS", "/v1/answer", "", {{"origin", kPage}}).status, 403);
  EXPECT_EQ(ask("", as("vt_any")).status, 401);
  const http::Response demo = ask("", {{"origin", kPage}});
  EXPECT_EQ(demo.status, 200) << "the demo page needs none";
  EXPECT_EQ(demo.headers.find("access-control-allow-origin"), nullptr);
}

}  // namespace
}  // namespace yupu::serving
