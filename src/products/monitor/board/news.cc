#include "products/monitor/board/news.h"

#include <chrono>
#include <map>
#include <utility>

#include "base/json.h"
#include "base/log.h"

namespace yupu::monitor {

using store::Transaction;

Result<News::Seen> News::newest() const {
  Seen seen;
  YUPU_RETURN_IF_ERROR(store_.read([&](Transaction& transaction) -> Status {
    const auto last = [&](std::string_view sql, std::int64_t& out) -> Status {
      YUPU_ASSIGN_OR_RETURN(const auto rows, transaction.query(sql, {monitor_}));
      out = rows.empty() ? 0 : rows[0].integer(0);
      return ok_status();
    };
    YUPU_RETURN_IF_ERROR(
        last("SELECT sequence FROM monitor_mention WHERE monitor = ? ORDER BY sequence DESC LIMIT 1", seen.documents));
    return last("SELECT sequence FROM monitor_audit WHERE monitor = ? ORDER BY sequence DESC LIMIT 1", seen.audit);
  }));
  return seen;
}

Result<std::vector<std::string>> News::topics_since(const Seen& seen) const {
  std::vector<std::string> topics;
  YUPU_RETURN_IF_ERROR(store_.read([&](Transaction& transaction) -> Status {
    topics.clear();
    YUPU_ASSIGN_OR_RETURN(
        const auto rows,
        transaction.query(
            "SELECT topic FROM monitor_mention WHERE monitor = ? AND sequence > ? UNION SELECT topic FROM "
            "monitor_audit WHERE monitor = ? AND sequence > ? ORDER BY topic",
            {monitor_, seen.documents, monitor_, seen.audit}));
    for (const store::Row& row : rows) {
      if (!row.text(0).empty()) topics.push_back(row.text(0));
    }
    return ok_status();
  }));
  return topics;
}

Status News::look() {
  YUPU_ASSIGN_OR_RETURN(const Seen now, newest());
  std::vector<Reader> readers;
  {
    MutexLock lock(mutex_);
    std::erase_if(readers_, [](const Reader& reader) { return reader.stream->closed(); });
    readers = readers_;
    for (Reader& reader : readers_) reader.seen = now;
  }
  std::map<std::pair<std::int64_t, std::int64_t>, std::string> texts;  // by what was seen: most have seen the same
  for (const Reader& reader : readers) {
    if (reader.seen == now) continue;
    std::string& text = texts[{reader.seen.documents, reader.seen.audit}];
    const bool is_first = reader.seen == Seen();
    if (text.empty()) {
      Json json = {{"documents", now.documents}, {"audit", now.audit}};
      if (!is_first) {
        YUPU_ASSIGN_OR_RETURN(json["topics"], topics_since(reader.seen));
      }
      text = to_text(json);
    }
    static_cast<void>(reader.stream->send({.name = is_first ? "hello" : "changed", .data = text}));
  }
  return ok_status();
}

void News::follow(std::shared_ptr<http::EventStream> stream) {
  {
    MutexLock lock(mutex_);
    readers_.push_back({.stream = std::move(stream), .seen = {}});
  }
  ring();
}

void News::ring() {
  {
    MutexLock lock(mutex_);
    rung_ = true;
  }
  wake_.notify_all();
}

void News::run() {
  while (true) {
    {
      MutexLock lock(mutex_);
      if (!stopping_ && !rung_) wake_.wait_for(mutex_, std::chrono::milliseconds(kTickMs));
      if (stopping_) return;
      rung_ = false;
      if (readers_.empty()) continue;  // nobody looks
    }
    if (const Status status = look(); !status.ok()) log::warn("monitor_news_failed", {{"why", status.message()}});
  }
}

void News::start() {
  thread_ = std::thread([this] { run(); });
}

void News::stop() {
  std::vector<Reader> readers;
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    readers = std::move(readers_);
    readers_.clear();
  }
  for (const Reader& reader : readers) reader.stream->close();
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

}  // namespace yupu::monitor
