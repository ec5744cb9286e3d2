#include "commerce/change.h"

namespace yupu::commerce {

Status note_change(store::Transaction& transaction) {
  return transaction.execute("UPDATE commerce_change SET sequence = sequence + 1 WHERE id = 1").status();
}

Result<std::int64_t> change_sequence(store::Store& store) {
  YUPU_ASSIGN_OR_RETURN(const auto rows, read_rows(store, "SELECT sequence FROM commerce_change WHERE id = 1"));
  return rows.at(0).integer(0);
}

Result<std::vector<store::Row>> read_rows(store::Store& store, std::string_view sql,
                                          std::initializer_list<store::Value> parameters) {
  std::vector<store::Row> rows;
  YUPU_RETURN_IF_ERROR(store.read([&](store::Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(rows, transaction.query(sql, parameters));
    return ok_status();
  }));
  return rows;
}

}  // namespace yupu::commerce
