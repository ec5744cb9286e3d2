#include "http/addresses.h"

#include <gtest/gtest.h>

namespace yupu::http {
namespace {

TEST(Addresses, OpenAndClosed) {
  for (const char* open : {"8.8.8.8", "1.0.0.1", "172.15.255.255", "172.32.0.1", "100.63.0.1", "2600::1",
                           "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:0808:0808::1"})
    EXPECT_TRUE(is_public_address(open)) << open;
  for (const char* closed : {"127.0.0.1",
                             "127.9.9.9",
                             "0.0.0.0",
                             "10.1.2.3",
                             "172.16.0.1",
                             "172.31.255.255",
                             "192.168.1.1",
                             "169.254.169.254",
                             "100.64.0.1",
                             "198.18.0.1",
                             "203.0.113.9",
                             "224.0.0.1",
                             "255.255.255.255",
                             "::",
                             "::1",
                             "::127.0.0.1",
                             "::ffff:127.0.0.1",
                             "::ffff:169.254.169.254",
                             "fe80::1",
                             "fc00::1",
                             "fd12::1",
                             "ff02::1",
                             "64:ff9b::7f00:1",
                             "2002:7f00:0001::1",
                             "2001:db8::1",
                             "2001::1",
                             "",
                             "localhost",
                             "8.8.8.8.8",
                             "2130706433"})
    EXPECT_FALSE(is_public_address(closed)) << closed;
}

TEST(Addresses, AnAddressStandsForItself) {
  EXPECT_EQ(resolve("127.0.0.1").value(), std::vector<std::string>{"127.0.0.1"});
  EXPECT_EQ(resolve("::1").value(), std::vector<std::string>{"::1"});
  EXPECT_EQ(resolve(std::string(300, 'x')).status().code(), Code::kUnavailable);
}

}  // namespace
}  // namespace yupu::http
