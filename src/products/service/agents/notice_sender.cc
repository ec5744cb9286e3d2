#include "products/service/agents/notice_sender.h"

#include <chrono>
#include <utility>

#include "base/ids.h"
#include "base/log.h"

namespace yupu::products {
namespace {

constexpr std::int64_t kLookMs = 2000;  // while there is nothing to send

std::uint64_t any_seed() {
  std::uint64_t seed = 0;
  for (const char byte : random_bytes(sizeof seed)) seed = seed << 8 | static_cast<unsigned char>(byte);
  return seed;
}

}  // namespace

NoticeSender::NoticeSender(store::Store& store, const Clock& clock, ShopNotices shop, monitor::Send send)
    : store_(store), clock_(clock), shop_(std::move(shop)), send_(std::move(send)), rng_(any_seed()) {}

NoticeSender::~NoticeSender() { stop(); }

Result<monitor::Delivered> NoticeSender::look() {
  YUPU_RETURN_IF_ERROR(plan_shop_notices(store_, shop_, clock_.now_ns()).status());
  return monitor::deliver(store_, clock_, notice_place(shop_.shop), shop_.routes, rng_, send_, 1);
}

bool NoticeSender::has_lead() {
  if (lead_ != nullptr && lead_->is_held()) return true;
  auto lead = store_.lead(notice_place(shop_.shop));
  lead_ = lead.ok() ? std::move(lead).value() : nullptr;
  return lead_ != nullptr;
}

void NoticeSender::run() {
  while (true) {
    bool is_idle = true;
    if (has_lead()) {
      const auto done = look();
      if (!done.ok()) log::warn("shop_notices_failed", {{"shop", shop_.shop}, {"why", done.status().message()}});
      is_idle = !done.ok() || done->sent + done->postponed + done->dead == 0;
    }
    MutexLock lock(mutex_);
    if (is_idle && !stopping_) wake_.wait_for(mutex_, std::chrono::milliseconds(kLookMs));
    if (stopping_) return;
  }
}

void NoticeSender::start() {
  thread_ = std::thread([this] { run(); });
}

void NoticeSender::stop() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

}  // namespace yupu::products
