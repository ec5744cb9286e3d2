#include "products/recommend/event_store.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "products/recommend/serve/serving_store.h"

namespace yupu::recommend {
namespace {

using store::Row;
using store::Transaction;
using store::Value;

std::string tags_text(const Item& item) { return to_text(Json(item.tags)); }

Value created_value(const Item& item) { return item.created_ns ? Value(*item.created_ns) : Value(nullptr); }
Value price_value(const Item& item) { return item.price ? Value(*item.price) : Value(nullptr); }
Value text_or_null(const std::string& text) { return text.empty() ? Value(nullptr) : Value(text); }

constexpr std::size_t kReadPart = 10'000;  // rows that are read at a time
constexpr const char* kEventColumns = "event_id, user_id, item_id, kind, time_ns, received_ns";
constexpr const char* kItemColumns = "item_id, title, description, tags, created_ns, price, author";

Result<Item> item_of_row(const Row& row) {
  Item item;
  item.id = row.text(0);
  item.title = row.text(1);
  item.description = row.text(2);
  YUPU_ASSIGN_OR_RETURN(const Json tags, parse_json(row.text(3)));
  for (const Json& tag : tags) item.tags.push_back(tag.get<std::string>());
  if (!row.is_null(4)) item.created_ns = row.integer(4);
  if (!row.is_null(5)) item.price = row.real(5);
  if (!row.is_null(6)) item.author = row.text(6);
  return item;
}

bool says_the_same(const Item& a, const Item& b) {
  return a.title == b.title && a.description == b.description && a.tags == b.tags && a.created_ns == b.created_ns &&
         a.price == b.price && a.author == b.author;
}

Status put_item(Transaction& transaction, const Clock& clock, const std::string& tenant_id, const Item& item,
                std::int64_t revision, Imported& counts) {
  YUPU_ASSIGN_OR_RETURN(const auto rows,
                        transaction.query(fmt::format("SELECT {} FROM recommend_item WHERE tenant_id = ? AND item_id = "
                                                      "?",
                                                      kItemColumns),
                                          {tenant_id, item.id}));
  if (!rows.empty()) {
    YUPU_ASSIGN_OR_RETURN(const Item before, item_of_row(rows[0]));
    if (says_the_same(before, item)) {
      ++counts.known;
      return ok_status();
    }
  }
  ++(rows.empty() ? counts.added : counts.changed);
  return transaction
      .execute(
          "INSERT INTO recommend_item (tenant_id, item_id, title, description, tags, created_ns, price, author, "
          "changed_ns, revision) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (tenant_id, item_id) DO UPDATE SET "
          "title = excluded.title, description = excluded.description, tags = excluded.tags, created_ns = "
          "excluded.created_ns, "
          "price = excluded.price, author = excluded.author, changed_ns = excluded.changed_ns, revision = "
          "excluded.revision",
          {tenant_id, item.id, item.title, item.description, tags_text(item), created_value(item), price_value(item),
           text_or_null(item.author), clock.now_ns(), revision})
      .status();
}

// What else an event says; absent is as it is in the store.
struct Said {
  std::optional<double> value;
  std::string impression, surface;
  std::int64_t position = 0;
  bool operator==(const Said&) const = default;
};

Said said(const Event& event) {
  return {.value = event.value, .impression = event.impression, .surface = event.surface, .position = event.position};
}

// From four columns on: value, impression_id, list_position, surface.
Said said_of(const Row& row, std::size_t column) {
  Said read;
  if (!row.is_null(column)) read.value = row.real(column);
  if (!row.is_null(column + 1)) read.impression = row.text(column + 1);
  if (!row.is_null(column + 2)) read.position = row.integer(column + 2);
  if (!row.is_null(column + 3)) read.surface = row.text(column + 3);
  return read;
}

Result<bool> is_same(Transaction& transaction, const std::string& tenant_id, const Event& event) {
  YUPU_ASSIGN_OR_RETURN(const auto rows,
                        transaction.query("SELECT user_id, item_id, kind, time_ns, value, impression_id, "
                                          "list_position, surface FROM recommend_event WHERE tenant_id = ? AND "
                                          "event_id = ?",
                                          {tenant_id, event.id}));
  return !rows.empty() && rows[0].text(0) == event.user && rows[0].text(1) == event.item &&
         rows[0].text(2) == kind_name(event.kind) && rows[0].integer(3) == event.time_ns &&
         said_of(rows[0], 4) == said(event);
}

Status put_event(Transaction& transaction, const Clock& clock, const std::string& tenant_id, const Event& event,
                 std::int64_t revision, Imported& counts) {
  YUPU_ASSIGN_OR_RETURN(const Kept kept, keep_event(transaction, clock, tenant_id, event, revision));
  if (kept == Kept::kConflict) {
    const std::string line = event.line > 0 ? fmt::format("line {}: ", event.line) : std::string();
    return {Code::kConflict,
            fmt::format("{}field 'id': event '{}' is there already with another content", line, event.id), "id"};
  }
  ++(kept == Kept::kKnown ? counts.known : counts.added);
  return ok_status();
}

// `put` for every record, kImportPart of them a transaction; what a transaction counted counts once it is durable.
template <class Record, class Put>
Result<Imported> import_in_parts(store::Store& store, const std::string& tenant_id, Changed changed,
                                 std::span<const Record> records, const Put& put) {
  Imported total;
  for (std::size_t begin = 0; begin < records.size(); begin += kImportPart) {
    const auto part = records.subspan(begin, std::min(kImportPart, records.size() - begin));
    Imported counts;
    YUPU_RETURN_IF_ERROR(store.write([&](Transaction& transaction) -> Status {
      counts = {};
      YUPU_ASSIGN_OR_RETURN(const Revision revision, next_revision(transaction, tenant_id));
      for (const Record& record : part) YUPU_RETURN_IF_ERROR(put(transaction, record, revision, counts));
      if (counts.added == 0 && counts.changed == 0) return ok_status();
      return note_change(transaction, tenant_id, changed);
    }));
    total.added += counts.added;
    total.changed += counts.changed;
    total.known += counts.known;
  }
  return total;
}

Result<Event> event_of_row(const Row& row) {
  const auto kind = tasks::find_behaviour(row.text(3));
  if (!kind) return internal_error(fmt::format("store: event '{}' is of kind '{}'", row.text(0), row.text(3)));
  Event event;
  event.id = row.text(0);
  event.user = row.text(1);
  event.item = row.text(2);
  event.kind = *kind;
  event.time_ns = row.integer(4);
  event.received_ns = row.integer(5);
  return event;
}

// Rows that were written at a later revision, kReadPart at a time, each part behind the last row of the one before.
// REQUIRES: the first column is the id.
template <class Take>
Status read_since(Transaction& transaction, const char* columns, const char* table, const char* id,
                  const std::string& tenant_id, std::int64_t revision, const Take& take) {
  const std::string sql = fmt::format(
      "SELECT {0}, revision FROM {1} WHERE tenant_id = ? AND (revision, {2}) > (?, ?) ORDER BY revision, {2} LIMIT ?",
      columns, table, id);
  std::string last;  // before every id
  ++revision;
  while (true) {
    YUPU_ASSIGN_OR_RETURN(const auto rows,
                          transaction.query(sql, {tenant_id, revision, last, static_cast<std::int64_t>(kReadPart)}));
    for (const Row& row : rows) YUPU_RETURN_IF_ERROR(take(row));
    if (rows.size() < kReadPart) return ok_status();
    last = rows.back().text(0);
    revision = rows.back().integer(rows.back().size() - 1);
  }
}

}  // namespace

Result<Kept> keep_event(Transaction& transaction, const Clock& clock, const std::string& tenant_id, const Event& event,
                        std::int64_t revision) {
  YUPU_ASSIGN_OR_RETURN(
      const std::int64_t added,
      transaction.execute(
          "INSERT INTO recommend_event (tenant_id, event_id, user_id, item_id, kind, time_ns, "
          "received_ns, value, impression_id, list_position, surface, revision) VALUES (?, ?, ?, ?, ?, ?, ?, ?, "
          "?, ?, ?, ?) ON CONFLICT (tenant_id, event_id) DO NOTHING",
          {tenant_id, event.id, event.user, event.item, std::string(kind_name(event.kind)), event.time_ns,
           clock.now_ns(), event.value ? Value(*event.value) : Value(nullptr), text_or_null(event.impression),
           event.position > 0 ? Value(event.position) : Value(nullptr), text_or_null(event.surface), revision}));
  if (added > 0) return Kept::kAdded;
  YUPU_ASSIGN_OR_RETURN(const bool same, is_same(transaction, tenant_id, event));
  return same ? Kept::kKnown : Kept::kConflict;
}

Result<Imported> import_items(store::Store& store, const Clock& clock, const std::string& tenant_id,
                              std::span<const Item> items) {
  return import_in_parts(store, tenant_id, Changed::kItems, items,
                         [&](Transaction& transaction, const Item& item, const Revision& revision, Imported& counts) {
                           return put_item(transaction, clock, tenant_id, item, revision.items, counts);
                         });
}

Result<Imported> import_events(store::Store& store, const Clock& clock, const std::string& tenant_id,
                               std::span<const Event> events) {
  return import_in_parts(store, tenant_id, Changed::kEvents, events,
                         [&](Transaction& transaction, const Event& event, const Revision& revision, Imported& counts) {
                           return put_event(transaction, clock, tenant_id, event, revision.events, counts);
                         });
}

Result<Stored> load(store::Store& store, const std::string& tenant_id) {
  Stored stored;
  YUPU_RETURN_IF_ERROR(store.read([&](Transaction& transaction) -> Status {
    stored = {};
    YUPU_ASSIGN_OR_RETURN(const auto items,
                          transaction.query(fmt::format("SELECT {} FROM recommend_item WHERE tenant_id = ? ORDER BY "
                                                        "item_id",
                                                        kItemColumns),
                                            {tenant_id}));
    for (const Row& row : items) {
      YUPU_ASSIGN_OR_RETURN(Item item, item_of_row(row));
      stored.items.push_back(std::move(item));
    }
    YUPU_ASSIGN_OR_RETURN(const auto events,
                          transaction.query(fmt::format("SELECT {} FROM recommend_event WHERE tenant_id = ? ORDER BY "
                                                        "time_ns, event_id",
                                                        kEventColumns),
                                            {tenant_id}));
    for (const Row& row : events) {
      YUPU_ASSIGN_OR_RETURN(Event event, event_of_row(row));
      stored.events.push_back(std::move(event));
    }
    return ok_status();
  }));
  return stored;
}

Result<std::vector<Item>> items_since(Transaction& transaction, const std::string& tenant_id, std::int64_t revision) {
  std::vector<Item> items;
  YUPU_RETURN_IF_ERROR(read_since(transaction, kItemColumns, "recommend_item", "item_id", tenant_id, revision,
                                  [&items](const Row& row) -> Status {
                                    YUPU_ASSIGN_OR_RETURN(Item item, item_of_row(row));
                                    items.push_back(std::move(item));
                                    return ok_status();
                                  }));
  return items;
}

Status events_since(Transaction& transaction, const std::string& tenant_id, std::int64_t revision,
                    const std::function<void(const Event&)>& take) {
  return read_since(transaction, kEventColumns, "recommend_event", "event_id", tenant_id, revision,
                    [&take](const Row& row) -> Status {
                      YUPU_ASSIGN_OR_RETURN(const Event event, event_of_row(row));
                      take(event);
                      return ok_status();
                    });
}

Result<std::vector<Event>> events_of_user_since(Transaction& transaction, const std::string& tenant_id,
                                                const std::string& user, std::int64_t revision) {
  YUPU_ASSIGN_OR_RETURN(const auto rows,
                        transaction.query(fmt::format("SELECT {} FROM recommend_event WHERE tenant_id = ? AND "
                                                      "user_id = ? AND revision > ?",
                                                      kEventColumns),
                                          {tenant_id, user, revision}));
  std::vector<Event> events;
  for (const Row& row : rows) {
    YUPU_ASSIGN_OR_RETURN(Event event, event_of_row(row));
    events.push_back(std::move(event));
  }
  return events;
}

Result<std::int64_t> forget_user(store::Store& store, const std::string& tenant_id, const std::string& user) {
  std::int64_t removed = 0;
  YUPU_RETURN_IF_ERROR(store.write([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(
        removed,
        transaction.execute("DELETE FROM recommend_event WHERE tenant_id = ? AND user_id = ?", {tenant_id, user}));
    YUPU_ASSIGN_OR_RETURN(
        const std::int64_t lists,
        transaction.execute("DELETE FROM recommend_impression WHERE tenant_id = ? AND user_id = ?", {tenant_id, user}));
    if (removed == 0 && lists == 0) return not_found(fmt::format("there is no event of a user '{}'", user));
    return note_change(transaction, tenant_id, Changed::kEventsRemoved);
  }));
  return removed;
}

}  // namespace yupu::recommend
