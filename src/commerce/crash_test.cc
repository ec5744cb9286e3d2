// Kill -9 in the middle of charging: what was acknowledged is stored, once; the books are right; no hold is left over.
// The child is this program again, running only CrashChild.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/rng.h"
#include "commerce/commerce.h"
#include "commerce/keys/keys.h"
#include "commerce/testing.h"

namespace yupu::commerce {
namespace {

constexpr const char* kFolder = "YUPU_CRASH_FOLDER";
constexpr const char* kRound = "YUPU_CRASH_ROUND";

std::int64_t tokens_of(int round, int thread, int i) { return 1 + (round * 31 + thread * 7 + i) % 97; }

void charge(Commerce& commerce, const handoff::Caller& caller, int ack, int round, int thread, int i) {
  const std::string id = "r" + std::to_string(round) + "." + std::to_string(thread) + "." + std::to_string(i);
  const handoff::Usage usage{id, "classify_tokens", "shop", "rel_1", tokens_of(round, thread, i), 0};
  const auto hold = commerce.hold(caller, usage);
  if (!hold.ok()) std::abort();
  const auto price = commerce.capture(hold.value(), usage, nullptr);
  if (!price.ok()) std::abort();
  const std::string line = id + " " + std::to_string(price.value().ufen()) + "\n";
  if (::write(ack, line.data(), line.size()) != static_cast<ssize_t>(line.size())) std::abort();
}

TEST(CrashChild, Charges) {
  const char* folder = std::getenv(kFolder);
  const char* round_text = std::getenv(kRound);
  if (folder == nullptr || round_text == nullptr) GTEST_SKIP() << "runs as the child of Crash.*";
  const int round = std::atoi(round_text);
  const std::string root = folder;
  SystemClock clock;
  auto store = store::open_store("sqlite:" + root + "/yupu.db");
  ASSERT_TRUE(store.ok()) << store.status().to_string();
  auto commerce = Commerce::open(*store.value(), clock, {.pepper_path = root + "/secrets/pepper"});
  ASSERT_TRUE(commerce.ok()) << commerce.status().to_string();
  std::string secret;
  std::ifstream(root + "/key") >> secret;
  const auto caller = commerce.value()->authenticate(secret);
  ASSERT_TRUE(caller.ok());
  const int ack = ::open((root + "/acknowledged").c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  ASSERT_GE(ack, 0);
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      // First what the killed round may or may not have charged, again; then new calls until the end comes.
      for (int i = 0; i < 5; ++i) charge(*commerce.value(), caller.value(), ack, round - 1, t, i);
      for (int i = 0;; ++i) charge(*commerce.value(), caller.value(), ack, round, t, i);
    });
  }
}

pid_t start_child(const std::string& folder, int round) {
  const std::string self = std::filesystem::read_symlink("/proc/self/exe").string();
  const std::string round_text = std::to_string(round);
  const pid_t child = ::fork();
  if (child == 0) {
    ::setenv(kFolder, folder.c_str(), 1);
    ::setenv(kRound, round_text.c_str(), 1);
    const int sink = ::open("/dev/null", O_WRONLY);
    ::dup2(sink, 1);
    ::execl(self.c_str(), self.c_str(), "--gtest_filter=CrashChild.*", nullptr);
    ::_exit(127);
  }
  return child;
}

std::int64_t line_count(const std::string& path) {
  std::ifstream file(path);
  return std::count(std::istreambuf_iterator<char>(file), {}, '\n');
}

TEST(Crash, ChargesSurviveKillNine) {
  yupu::testing::TempDir folder;
  const std::string url = "sqlite:" + folder.file("yupu.db");
  const std::string ack_path = folder.file("acknowledged");
  SystemClock clock;
  {
    auto store = store::open_store(url).value();
    const Pepper pepper = open_pepper(*store, folder.file("secrets/pepper")).value();
    ASSERT_TRUE(set_plan(*store, clock, testing::Shop::default_plan()).ok());
    const Tenant tenant = create_tenant(*store, clock, "tea shop", "basic").value();
    std::ofstream(folder.file("key"))
        << create_key(*store, clock, pepper, {.tenant_id = tenant.id, .name = "k"}).value().secret;
  }
  const char* wish = std::getenv("YUPU_CRASH_KILLS");
  const int kill_count = wish != nullptr ? std::atoi(wish) : 20;
  Rng rng(7);
  for (int round = 1; round <= kill_count; ++round) {
    const std::int64_t before = line_count(ack_path);
    const pid_t child = start_child(folder.path(), round);
    ASSERT_GT(child, 0);
    // Not before it has charged something, whatever the machine's load; then at any moment.
    for (int wait = 0; wait < 3000 && line_count(ack_path) <= before; ++wait) ::usleep(10'000);
    ::usleep(static_cast<useconds_t>(rng.below(60'000)));
    ::kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << "the child failed by itself";
  }
  auto store = store::open_store(url);
  ASSERT_TRUE(store.ok()) << store.status().to_string();
  auto commerce = Commerce::open(*store.value(), clock, {.pepper_path = folder.file("secrets/pepper")});
  ASSERT_TRUE(commerce.ok());
  std::map<std::string, std::int64_t> stored;
  std::int64_t held_count = -1;
  ASSERT_TRUE(
      store.value()
          ->read([&](store::Transaction& transaction) -> Status {
            YUPU_ASSIGN_OR_RETURN(const auto rows, transaction.query("SELECT event_id, price_ufen FROM usage_event"));
            for (const auto& row : rows) stored[row.text(0)] = row.integer(1);
            YUPU_ASSIGN_OR_RETURN(const auto held, transaction.query("SELECT count(*) FROM hold WHERE state = 'held'"));
            held_count = held.at(0).integer(0);
            return ok_status();
          })
          .ok());
  EXPECT_EQ(held_count, 0);
  std::ifstream acknowledged(ack_path);
  std::int64_t acknowledged_count = 0;
  for (std::string line; std::getline(acknowledged, line); ++acknowledged_count) {
    std::istringstream words(line);
    std::string id;
    std::int64_t price = 0;
    words >> id >> price;
    ASSERT_TRUE(stored.contains(id)) << id << " was acknowledged and is lost";
    EXPECT_EQ(stored[id], price) << id;
  }
  EXPECT_GT(acknowledged_count, kill_count);
  const auto report = ledger_check(*store.value());
  ASSERT_TRUE(report.ok());
  EXPECT_TRUE(report.value().ok()) << report.value().to_json().dump(1);
}

}  // namespace
}  // namespace yupu::commerce
