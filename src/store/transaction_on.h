// The transaction that work is given: whatever transaction its connection stands in.  Internal to the store room.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "store/store.h"

namespace yupu::store {

// Connection: execute and query, as store.h says of them.
template <class Connection>
class TransactionOn final : public Transaction {
 public:
  TransactionOn(Connection& connection, const TextEngine& text_engine)
      : connection_(connection), text_engine_(text_engine) {}
  Result<std::int64_t> execute(std::string_view sql, std::span<const Value> parameters) override {
    return connection_.execute(sql, parameters);
  }
  Result<std::vector<Row>> query(std::string_view sql, std::span<const Value> parameters) override {
    return connection_.query(sql, parameters);
  }
  const TextEngine& text_engine() const override { return text_engine_; }

 private:
  Connection& connection_;
  const TextEngine& text_engine_;
};

}  // namespace yupu::store
