#include <cstdlib>
#include <string>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/testing.h"
#include "products/service/connectors/connector.h"
#include "strategy/strategy.h"
#include "strategy/testing.h"

namespace yupu::strategy {
namespace {

const std::string kWebhook = R"([[connector]]
name = "site"
kind = "webhook"
tenant = "one"
url = "http://shop.example/hook"
secret_file = "site.secret"
)";
const std::string kWecom = R"([[connector]]
name = "staff"
kind = "wecom"
tenant = "one"
channel = "internal"
api = "http://127.0.0.1:8440"
allow_private_addresses = true
reply = "at_once"
corp_id = "ww1"
agent_id = 1000002
secret_env = "YUPU_TEST_WECOM_SECRET"
token_env = "YUPU_TEST_WECOM_TOKEN"
aes_key_env = "YUPU_TEST_WECOM_KEY"
)";

Result<Strategy> parse(const std::string& connectors) {
  return parse_strategy(testing::kSmallShop + connectors, "dir/s.toml", false);
}
std::string without(std::string text, const std::string& line) {
  const std::size_t at = text.find(line);
  EXPECT_NE(at, std::string::npos) << line;
  return text.erase(at, text.find('\n', at) + 1 - at);
}

TEST(ConnectorPlan, ReadsWhatIsWritten) {
  const auto strategy = parse(kWebhook + kWecom);
  ASSERT_TRUE(strategy.ok()) << strategy.status().to_string();
  ASSERT_EQ(strategy->connectors.size(), 2u);
  const ConnectorPlan& site = strategy->connectors[0];
  EXPECT_EQ(site.channel, "webhook");
  EXPECT_EQ(site.window_ns, 300'000'000'000);
  EXPECT_FALSE(site.allow_private || site.at_once);
  EXPECT_EQ(site.secrets.at("secret").file, "site.secret");
  const ConnectorPlan& staff = strategy->connectors[1];
  EXPECT_EQ(staff.channel, "internal");
  EXPECT_EQ(staff.id, "ww1");
  EXPECT_EQ(staff.agent_id, 1000002);
  EXPECT_TRUE(staff.allow_private && staff.at_once);
  EXPECT_EQ(staff.secrets.at("aes_key").variable, "YUPU_TEST_WECOM_KEY");
}

TEST(ConnectorPlan, ErrorsNameTheKey) {
  const auto says = [](const std::string& connectors, const std::string& part) {
    const auto strategy = parse(connectors);
    EXPECT_FALSE(strategy.ok()) << connectors;
    if (!strategy.ok()) {
      EXPECT_NE(strategy.status().message().find(part), std::string::npos) << strategy.status().to_string();
      EXPECT_NE(strategy.status().message().find("dir/s.toml"), std::string::npos);
    }
  };
  for (const char* key : {"name", "kind", "tenant", "url", "secret_file"}) says(without(kWebhook, key), key);
  for (const char* key : {"corp_id", "agent_id", "token_env", "aes_key_env"}) says(without(kWecom, key), key);
  says(kWebhook + "secret = \"hush\"\n", "must not stand in this file");
  says(kWebhook + "secret_env = \"X\"\n", "one of the two");
  says(kWebhook + kWebhook, "another connector's already");
  says(kWebhook + "corp_id = \"ww1\"\n", "corp_id");  // of another kind
  says(kWebhook + "window_seconds = 0\n", "window_seconds");
  const auto changed = [](const std::string& line, const std::string& to) {
    return without(kWebhook, line) + to + "\n";
  };
  says(changed("kind", "kind = \"slack\""), "wecom");
  says(changed("name", "name = \"A b\""), "name");
  says(changed("tenant", "tenant = \"nobody\""), "nobody");
  says(changed("url", "url = \"https://shop.example/\""), "https");
  says(without(kWecom, "api") + "api = \"http://127.0.0.1:8440/\"\n", "api");
}

TEST(ConnectorPlan, SecretsAreReadWhenConnectorsAreMade) {
  const yupu::testing::TempDir dir;
  const std::string path = dir.file("site.secret");
  const auto code = [&](const std::string& connectors) {
    auto strategy = parse_strategy(testing::kSmallShop + connectors, dir.file("s.toml"), false);
    EXPECT_TRUE(strategy.ok()) << strategy.status().to_string();
    return make_connectors(*strategy).status().code();
  };
  EXPECT_EQ(code(kWebhook), Code::kNotFound);
  ASSERT_TRUE(write_file_atomic(path, "0123456789abcdef0123456789abcdef\n").ok());
  ::chmod(path.c_str(), 0644);
  EXPECT_EQ(code(kWebhook), Code::kPermissionDenied);
  ::chmod(path.c_str(), 0600);
  EXPECT_EQ(code(kWebhook), Code::kOk);
  ASSERT_TRUE(write_file_atomic(path, "short\n").ok());
  ::chmod(path.c_str(), 0600);
  EXPECT_EQ(code(kWebhook), Code::kInvalidArgument);
  EXPECT_EQ(code(kWecom), Code::kNotFound);
  ::setenv("YUPU_TEST_WECOM_SECRET", "s", 1);
  ::setenv("YUPU_TEST_WECOM_TOKEN", "t", 1);
  ::setenv("YUPU_TEST_WECOM_KEY", "too short", 1);
  EXPECT_EQ(code(kWecom), Code::kInvalidArgument);
  ::setenv("YUPU_TEST_WECOM_KEY", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", 1);
  EXPECT_EQ(code(kWecom), Code::kOk);
}

}  // namespace
}  // namespace yupu::strategy
