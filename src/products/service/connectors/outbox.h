// How texts get into the outbox. Internal to connector_store.cc and outbox.cc.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/status.h"
#include "store/store.h"

namespace yupu::products {

struct NewOutgoing {
  std::string key;  // what its id is made of, with the piece's number
  std::string connector, conversation_id, peer, event_id, author, agent, reply_to;
  std::int64_t created_ns = 0;
  std::int64_t send_ns = 0;
};

// A row a piece; a row that is there already stays as it is.
Status put_out(store::Transaction& transaction, const NewOutgoing& what, const std::vector<std::string>& pieces);

}  // namespace yupu::products
