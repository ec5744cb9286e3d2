// libyupu_mpi.so: the only file that is compiled against MPI.  Nothing but calls; what to do when one fails or never
// ends is decided in mpi.cc.
#include <cstdio>

#include <mpi.h>

#include "engine/collective/mpi_table.h"

namespace {

MPI_Comm g_ranks = MPI_COMM_NULL;

int begin(int* rank, int* size) {
  int provided = 0;
  if (const int code = MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &provided); code != MPI_SUCCESS)
    return code;
  if (const int code = MPI_Comm_dup(MPI_COMM_WORLD, &g_ranks); code != MPI_SUCCESS) return code;
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  MPI_Comm_set_errhandler(g_ranks, MPI_ERRORS_RETURN);
  MPI_Comm_rank(g_ranks, rank);
  return MPI_Comm_size(g_ranks, size);
}

int sum(void* data, int count, MPI_Datatype type, void** request) {
  auto* made = new MPI_Request(MPI_REQUEST_NULL);
  *request = made;
  return MPI_Iallreduce(MPI_IN_PLACE, data, count, type, MPI_SUM, g_ranks, made);
}

int sum_f32(float* data, int count, void** request) { return sum(data, count, MPI_FLOAT, request); }
int sum_f64(double* data, int count, void** request) { return sum(data, count, MPI_DOUBLE, request); }

int broadcast(void* bytes, int count, int root, void** request) {
  auto* made = new MPI_Request(MPI_REQUEST_NULL);
  *request = made;
  return MPI_Ibcast(bytes, count, MPI_BYTE, root, g_ranks, made);
}

int test(void** request, int* done) {
  auto* made = static_cast<MPI_Request*>(*request);
  const int code = MPI_Test(made, done, MPI_STATUS_IGNORE);
  if (code == MPI_SUCCESS && *done != 0) {
    delete made;
    *request = nullptr;
  }
  return code;
}

void error_text(int code, char* text, int text_bytes) {
  char whole[MPI_MAX_ERROR_STRING] = "";
  int length = 0;
  MPI_Error_string(code, whole, &length);
  std::snprintf(text, static_cast<std::size_t>(text_bytes), "%s", whole);
}

int end() {
  MPI_Comm_free(&g_ranks);
  return MPI_Finalize();
}

#ifdef OPEN_MPI
constexpr const char* kLibrary = "Open MPI";
#else
constexpr const char* kLibrary = "MPI";
#endif

constexpr YupuMpiTable kTable = {.version = kYupuMpiVersion,
                                 .library = kLibrary,
                                 .begin = begin,
                                 .sum_f32 = sum_f32,
                                 .sum_f64 = sum_f64,
                                 .broadcast = broadcast,
                                 .test = test,
                                 .error_text = error_text,
                                 .end = end};

}  // namespace

extern "C" const YupuMpiTable* yupu_mpi_table() { return &kTable; }
