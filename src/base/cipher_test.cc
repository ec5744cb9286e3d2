// Base64, AES-256-CBC, SHA-1 and secrets, against the vectors of their standards.
#include "base/cipher.h"

#include <cstdlib>
#include <fstream>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/base64.h"
#include "base/hash.h"
#include "base/secret.h"
#include "base/testing.h"

namespace yupu {
namespace {

// RFC 4648, section 10.
TEST(Base64, IsTheRfcsBothWays) {
  const std::pair<std::string, std::string> rows[] = {{"", ""},
                                                      {"f", "Zg=="},
                                                      {"fo", "Zm8="},
                                                      {"foo", "Zm9v"},
                                                      {"foob", "Zm9vYg=="},
                                                      {"foobar", "Zm9vYmFy"},
                                                      {"\xff\xfe\xfd", "//79"}};
  for (const auto& [bytes, text] : rows) {
    EXPECT_EQ(base64_of(bytes), text);
    EXPECT_EQ(*bytes_of_base64(text), bytes);
  }
}

TEST(Base64, WhatIsNoneIsRefused) {
  for (const char* text : {"Z", "Zg", "Zg=", "Zg===", "Z===", "====", "Zm9v\n", "Zm-v", "=Zm9", "Zg==Zg=="}) {
    EXPECT_FALSE(bytes_of_base64(text).ok()) << text;
  }
}

std::string from_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2)
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  return bytes;
}

// SP 800-38A, F.2.5; the fifth block is the padding.
TEST(Cipher, IsTheStandards) {
  const std::string key = from_hex("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4");
  const std::string iv = from_hex("000102030405060708090a0b0c0d0e0f");
  const std::string plain = from_hex(
      "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
      "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710");
  const std::string secret = encrypt_aes256_cbc(key, iv, plain);
  EXPECT_EQ(to_hex(std::string_view(secret).substr(0, 64)),
            "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d"
            "39f23369a9d9bacfa530e26304231461b2eb05e2c39be9fcda6c19078c6a9d1b");
  EXPECT_EQ(secret.size(), 80u);
  EXPECT_EQ(*decrypt_aes256_cbc(key, iv, secret), plain);
  for (std::size_t bytes = 0; bytes < 70; ++bytes) {
    const std::string text(bytes, 'x');
    const std::string wide = encrypt_aes256_cbc(key, iv, text, 32);
    EXPECT_EQ(wide.size() % 32, 0u);
    EXPECT_EQ(*decrypt_aes256_cbc(key, iv, wide, 32), text);
  }
}

TEST(Cipher, WhatIsNotWholeIsRefused) {
  const std::string key(32, 'k'), iv(16, 'i');
  const std::string secret = encrypt_aes256_cbc(key, iv, "hello");
  EXPECT_FALSE(decrypt_aes256_cbc(key, iv, "").ok());
  EXPECT_FALSE(decrypt_aes256_cbc(key, iv, secret.substr(1)).ok());
  EXPECT_FALSE(decrypt_aes256_cbc(key, iv, encrypt_aes256_cbc(key, iv, std::string(40, 'x'), 32)).ok());  // 24 of 16
}

TEST(Cipher, Sha1IsTheStandards) { EXPECT_EQ(sha1_hex("abc"), "a9993e364706816aba3e25717850c26c9cd0d89d"); }

TEST(Secret, IsReadFromAFileOfItsOwnersAlone) {
  const testing::TempDir dir;
  const std::string path = dir.file("secret");
  std::ofstream(path) << "hush\r\n";
  ::chmod(path.c_str(), 0644);
  EXPECT_EQ(read_secret_file(path).status().code(), Code::kPermissionDenied);
  ::chmod(path.c_str(), 0600);
  EXPECT_EQ(*read_secret_file(path), "hush");
  EXPECT_EQ(read_secret_file(path, 5).status().code(), Code::kInvalidArgument);
  EXPECT_EQ(read_secret_file(dir.file("none")).status().code(), Code::kNotFound);
}

TEST(Secret, IsReadFromTheEnvironment) {
  ::setenv("YUPU_TEST_SECRET", "hush", 1);
  EXPECT_EQ(*read_secret_variable("YUPU_TEST_SECRET"), "hush");
  ::unsetenv("YUPU_TEST_SECRET");
  EXPECT_EQ(read_secret_variable("YUPU_TEST_SECRET").status().code(), Code::kNotFound);
}

}  // namespace
}  // namespace yupu
