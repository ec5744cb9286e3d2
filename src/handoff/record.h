// The arrows of the loop.  A stage leaves an immutable record in the store; the next stage, and the next round, finds
// it. A record's id is the hash of what it says (kind, name, parents, body), so the same work gives the same record,
// and any answer can be traced to its dataset and any yuan to its call.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/status.h"
#include "store/store.h"

namespace yupu::handoff {

struct Record {
  std::string id;                    // content id, filled by make_record
  std::string kind;                  // "dataset", "run", "release", "report", ...
  std::string name;                  // what it is a version of: "shop"
  std::vector<std::string> parents;  // ids of the records it was made from
  std::int64_t created_ns = 0;       // UTC ns; not part of the id
  Json body;                         // what the kind's own header says
};

// Fills in the id.
Record make_record(std::string_view kind, std::string_view name, std::vector<std::string> parents, Json body,
                   std::int64_t created_ns);

// Stores a record; storing the same record again changes nothing and is OK.
Status put_record(store::Transaction& transaction, const Record& record);
Status put_record(store::Store& store, const Record& record);

// Error: kNotFound. `id` may be any unambiguous prefix of at least 8 characters.
Result<Record> get_record(store::Store& store, std::string_view id);
// Newest first. An empty name means every name.
Result<std::vector<Record>> list_records(store::Store& store, std::string_view kind, std::string_view name = {},
                                         std::int64_t limit = 100);
Result<std::optional<Record>> latest_record(store::Store& store, std::string_view kind, std::string_view name);

}  // namespace yupu::handoff
