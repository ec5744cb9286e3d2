#include "handoff/record.h"

#include <fmt/format.h>

#include "base/hash.h"

namespace yupu::handoff {
namespace {

constexpr std::string_view kColumns = "id, kind, name, parents, created_ns, body";

Result<Record> from_row(const store::Row& row) {
  Record record;
  record.id = row.text(0);
  record.kind = row.text(1);
  record.name = row.text(2);
  record.created_ns = row.integer(4);
  YUPU_ASSIGN_OR_RETURN(const Json parents, parse_json(row.text(3)));
  record.parents = parents.get<std::vector<std::string>>();
  YUPU_ASSIGN_OR_RETURN(record.body, parse_json(row.text(5)));
  return record;
}

Result<std::vector<Record>> select(store::Store& store, const std::string& where,
                                   std::vector<store::Value> parameters) {
  std::vector<Record> records;
  const Status status = store.read([&](store::Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(const auto rows, transaction.query(fmt::format("SELECT {} FROM record {}", kColumns, where),
                                                             std::span<const store::Value>(parameters)));
    for (const store::Row& row : rows) {
      YUPU_ASSIGN_OR_RETURN(Record record, from_row(row));
      records.push_back(std::move(record));
    }
    return ok_status();
  });
  if (!status.ok()) return status;
  return records;
}

}  // namespace

Record make_record(std::string_view kind, std::string_view name, std::vector<std::string> parents, Json body,
                   std::int64_t created_ns) {
  Record record{.id = {},
                .kind = std::string(kind),
                .name = std::string(name),
                .parents = std::move(parents),
                .created_ns = created_ns,
                .body = std::move(body)};
  Sha256 hash;
  hash.field(record.kind).field(record.name).field(to_text(Json(record.parents))).field(to_text(record.body));
  const std::string_view prefix = kind == "dataset" ? "ds" : kind == "release" ? "rel" : kind;
  record.id = fmt::format("{}_{}", prefix, hash.finish_hex().substr(0, 20));
  return record;
}

Status put_record(store::Transaction& transaction, const Record& record) {
  return transaction
      .execute(
          "INSERT INTO record (id, kind, name, parents, created_ns, body) VALUES (?, ?, ?, ?, ?, ?) "
          "ON CONFLICT (id) DO NOTHING",
          {record.id, record.kind, record.name, to_text(Json(record.parents)), record.created_ns, to_text(record.body)})
      .status();
}

Status put_record(store::Store& store, const Record& record) {
  return store.write([record](store::Transaction& transaction) { return put_record(transaction, record); });
}

Result<Record> get_record(store::Store& store, std::string_view id) {
  if (id.size() < 8)
    return invalid_argument(fmt::format("'{}' is too short for a record id (8 characters or more)", id));
  for (const char c : id) {
    if (c == '%' || c == '\\') return not_found(fmt::format("no record '{}'", id));
  }
  // '_' is a wildcard of LIKE and stands in every id; the exact prefix is checked below.
  YUPU_ASSIGN_OR_RETURN(auto found, select(store, "WHERE id LIKE ? ORDER BY id LIMIT 20", {std::string(id) + "%"}));
  std::erase_if(found, [&](const Record& record) { return !record.id.starts_with(id); });
  if (found.empty()) return not_found(fmt::format("no record '{}'", id));
  if (found.size() > 1)
    return invalid_argument(fmt::format("'{}' fits several records: {}, {}", id, found[0].id, found[1].id));
  return std::move(found[0]);
}

Result<std::vector<Record>> list_records(store::Store& store, std::string_view kind, std::string_view name,
                                         std::int64_t limit) {
  if (name.empty())
    return select(store, "WHERE kind = ? ORDER BY created_ns DESC, id LIMIT ?", {std::string(kind), limit});
  return select(store, "WHERE kind = ? AND name = ? ORDER BY created_ns DESC, id LIMIT ?",
                {std::string(kind), std::string(name), limit});
}

Result<std::optional<Record>> latest_record(store::Store& store, std::string_view kind, std::string_view name) {
  YUPU_ASSIGN_OR_RETURN(auto found, list_records(store, kind, name, 1));
  if (found.empty()) return std::optional<Record>();
  return std::optional<Record>(std::move(found[0]));
}

}  // namespace yupu::handoff
