#include "http/forwarded.h"

#include <gtest/gtest.h>

namespace yupu::http {
namespace {

TrustedProxies trusted(const std::vector<std::string>& networks) {
  auto parsed = TrustedProxies::parse(networks);
  EXPECT_TRUE(parsed.ok()) << parsed.status().to_string();
  return std::move(parsed).value();
}

TEST(TrustedProxies, NetworksOfBothKinds) {
  const TrustedProxies proxies = trusted({"127.0.0.1", "10.0.0.0/8", "192.168.4.0/22", "fd00::/8", "::1"});
  for (const char* inside : {"127.0.0.1", "10.255.0.1", "192.168.7.255", "fd12::1", "::1", "::ffff:10.1.2.3"})
    EXPECT_TRUE(proxies.contains(inside)) << inside;
  for (const char* outside : {"127.0.0.2", "11.0.0.1", "192.168.8.0", "fe80::1", "10.0.0", "", "localhost"})
    EXPECT_FALSE(proxies.contains(outside)) << outside;
  EXPECT_TRUE(trusted({"0.0.0.0/0"}).contains("203.0.113.9"));
  EXPECT_FALSE(trusted({"0.0.0.0/0"}).contains("2001:db8::1"));
  EXPECT_FALSE(TrustedProxies().contains("127.0.0.1"));
}

TEST(TrustedProxies, BadNetworksAreNamed) {
  for (const std::string bad :
       {"", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8x", "::1/129", "proxy.internal", "10.0.0.0/-1"}) {
    const auto parsed = TrustedProxies::parse(std::vector<std::string>{bad});
    ASSERT_FALSE(parsed.ok()) << bad;
    EXPECT_EQ(parsed.status().field(), "trusted_proxy") << bad;
  }
}

struct Row {
  const char* peer;
  std::vector<std::string> forwarded;
  const char* client;
};

TEST(TrustedProxies, OnlyWhatTrustedProxiesSayCounts) {
  const TrustedProxies proxies = trusted({"127.0.0.1", "10.0.0.0/8"});
  const std::vector<Row> rows = {
      {"127.0.0.1", {"203.0.113.9"}, "203.0.113.9"},
      {"203.0.113.9", {"198.51.100.1"}, "203.0.113.9"},  // who is not trusted says what they like
      {"127.0.0.1", {}, "127.0.0.1"},
      {"127.0.0.1", {"198.51.100.1, 203.0.113.9"}, "203.0.113.9"},            // the first was sent along by the caller
      {"127.0.0.1", {"198.51.100.1, 203.0.113.9, 10.0.0.7"}, "203.0.113.9"},  // through two proxies
      {"127.0.0.1", {"198.51.100.1", "203.0.113.9"}, "203.0.113.9"},          // two headers are one list
      {"127.0.0.1", {"10.0.0.7,10.0.0.8"}, "10.0.0.7"},                       // asked by the proxies' own network
      {"127.0.0.1", {"203.0.113.9, nonsense"}, "127.0.0.1"},
      {"127.0.0.1", {"nonsense, 10.0.0.7"}, "10.0.0.7"},
      {"127.0.0.1", {""}, "127.0.0.1"},
      {"10.1.1.1", {" 2001:DB8:0::9 "}, "2001:db8::9"},
  };
  for (const Row& row : rows) {
    Headers headers;
    for (const std::string& value : row.forwarded) headers.add("X-Forwarded-For", value);
    EXPECT_EQ(proxies.client_of(row.peer, headers), row.client) << ::testing::PrintToString(row.forwarded);
  }
  Headers headers{{"x-forwarded-for", "198.51.100.1"}};
  EXPECT_EQ(TrustedProxies().client_of("127.0.0.1", headers), "127.0.0.1");
}

}  // namespace
}  // namespace yupu::http
