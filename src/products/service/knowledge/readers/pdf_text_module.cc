// yupu-pdf-text: the text of the PDF on stdin (pdf_program.h).  Before the first byte of it is looked at, the process
// gives up what reading a PDF does not need: it can open files for reading, and nothing else.
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <string>

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poppler-document.h>
#include <poppler-global.h>
#include <poppler-page.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "products/service/knowledge/readers/pdf_program.h"

namespace {

using namespace yupu::products;

#if defined(__x86_64__)
constexpr std::uint32_t kMachine = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t kMachine = AUDIT_ARCH_AARCH64;
#endif

bool limit(int resource, rlim_t most) {
  const rlimit both = {.rlim_cur = most, .rlim_max = most};
  return ::setrlimit(static_cast<__rlimit_resource_t>(resource), &both) == 0;
}

#if defined(__x86_64__) || defined(__aarch64__)
// Sockets, other processes, other programs, changes of files: the process ends.  Files opened to be written: EACCES.
bool forbid_calls() {
  constexpr auto kCall = static_cast<std::uint32_t>(offsetof(seccomp_data, nr));
  constexpr auto kArch = static_cast<std::uint32_t>(offsetof(seccomp_data, arch));
  constexpr auto kFirst = static_cast<std::uint32_t>(offsetof(seccomp_data, args));
  constexpr auto kFlags = static_cast<std::uint32_t>(offsetof(seccomp_data, args) + 2 * sizeof(std::uint64_t));
  constexpr std::uint32_t kWrites = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC;
  constexpr std::uint32_t kRefuse = SECCOMP_RET_ERRNO | EACCES;
  static constexpr std::uint32_t kForbidden[] = {
    SYS_socket,
    SYS_socketpair,
    SYS_connect,
    SYS_bind,
    SYS_execve,
    SYS_execveat,
    SYS_clone,
    SYS_ptrace,
    SYS_kill,
    SYS_tkill,
    SYS_unlinkat,
    SYS_renameat2,
    SYS_renameat,
    SYS_rt_sigqueueinfo,
    SYS_rt_tgsigqueueinfo,
    SYS_process_vm_readv,
    SYS_fchmod,
    SYS_fchown,
    SYS_setxattr,
    SYS_lsetxattr,
    SYS_fsetxattr,
    SYS_utimensat,
    SYS_sendmmsg,
#if defined(SYS_pidfd_send_signal)
    SYS_pidfd_send_signal,
#endif
#if defined(SYS_pidfd_getfd)
    SYS_pidfd_getfd,
#endif
#if defined(SYS_fchmodat2)
    SYS_fchmodat2,
#endif
    SYS_linkat,
    SYS_mkdirat,
    SYS_mount,
    SYS_fchmodat,
    SYS_setsid,
    SYS_chroot,
    SYS_fchownat,
    SYS_symlinkat,
    SYS_truncate,
    SYS_sendto,
    SYS_sendmsg,
    SYS_mknodat,
    SYS_bpf,
    SYS_keyctl,
    SYS_unshare,
    SYS_setns,
    SYS_process_vm_writev,
#if defined(SYS_clone3)
    SYS_clone3,
#endif
#if defined(SYS_io_uring_setup)
    SYS_io_uring_setup,
#endif
#if defined(SYS_openat2)
    SYS_openat2,
#endif
#if defined(__x86_64__)
    SYS_fork,
    SYS_vfork,
    SYS_open,
    SYS_creat,
    SYS_unlink,
    SYS_rename,
    SYS_mkdir,
    SYS_link,
    SYS_symlink,
    SYS_chmod,
    SYS_rmdir,
    SYS_chown,
    SYS_lchown,
    SYS_mknod,
#endif
  };
  constexpr std::size_t kCount = sizeof(kForbidden) / sizeof(kForbidden[0]);
  static sock_filter program[21 + 2 * kCount];
  std::size_t size = 0;
  const auto add = [&](std::uint16_t code, std::uint32_t k, std::uint8_t yes, std::uint8_t no) {
    program[size++] = {code, yes, no, k};
  };
  const auto stop = [&](std::uint32_t what) { add(BPF_RET | BPF_K, what, 0, 0); };
  add(BPF_LD | BPF_W | BPF_ABS, kArch, 0, 0);
  add(BPF_JMP | BPF_JEQ | BPF_K, kMachine, 1, 0);
  stop(SECCOMP_RET_KILL_PROCESS);
  add(BPF_LD | BPF_W | BPF_ABS, kCall, 0, 0);
  add(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1);  // the other numbering of x86-64
  stop(SECCOMP_RET_KILL_PROCESS);
  add(BPF_JMP | BPF_JEQ | BPF_K, SYS_tgkill, 0, 4);  // abort() may send a signal to this process, to no other
  add(BPF_LD | BPF_W | BPF_ABS, kFirst, 0, 0);
  add(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(::getpid()), 0, 1);
  stop(SECCOMP_RET_ALLOW);
  stop(SECCOMP_RET_KILL_PROCESS);
  add(BPF_JMP | BPF_JEQ | BPF_K, SYS_prlimit64, 0, 4);  // of this process alone
  add(BPF_LD | BPF_W | BPF_ABS, kFirst, 0, 0);
  add(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1);
  stop(SECCOMP_RET_ALLOW);
  stop(SECCOMP_RET_KILL_PROCESS);
  for (const std::uint32_t call : kForbidden) {
    add(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1);
    stop(SECCOMP_RET_KILL_PROCESS);
  }
  add(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 3);
  add(BPF_LD | BPF_W | BPF_ABS, kFlags, 0, 0);
  add(BPF_JMP | BPF_JSET | BPF_K, kWrites, 0, 1);
  stop(kRefuse);
  stop(SECCOMP_RET_ALLOW);
  const sock_fprog filter = {.len = static_cast<unsigned short>(size), .filter = program};
  if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0) return true;
  return errno == EINVAL;  // a kernel built without it (an emulator): the limits hold all the same
}
#else
bool forbid_calls() { return true; }
#endif

// A sanitizer's own tables are larger than what a reader may have.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)  // g++
constexpr bool kIsSanitized = true;
#elif defined(__has_feature)  // clang++
constexpr bool kIsSanitized = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
constexpr bool kIsSanitized = false;
#endif

// Whether all of it holds now.
bool confine() {
  if (!kIsSanitized && !limit(RLIMIT_AS, rlim_t{kPdfMemoryMib} << 20)) return false;
  return limit(RLIMIT_CPU, kPdfCpuSeconds) && limit(RLIMIT_FSIZE, 0) && limit(RLIMIT_CORE, 0) &&
         limit(RLIMIT_NOFILE, 64) && ::prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 &&
         ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && forbid_calls();
}

bool read_input(std::string& bytes) {
  struct stat about = {};
  if (::fstat(STDIN_FILENO, &about) != 0 || about.st_size < 0) return false;
  if (static_cast<std::size_t>(about.st_size) > kPdfFileBytesMax) return false;
  bytes.resize(static_cast<std::size_t>(about.st_size));
  std::size_t got = 0;
  while (got < bytes.size()) {
    const ssize_t count = ::read(STDIN_FILENO, bytes.data() + got, bytes.size() - got);
    if (count <= 0) return false;
    got += static_cast<std::size_t>(count);
  }
  return true;
}

bool write_output(const std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    const ssize_t count = ::write(STDOUT_FILENO, text.data() + at, text.size() - at);
    if (count <= 0) return false;
    at += static_cast<std::size_t>(count);
  }
  return true;
}

void append(std::string& out, const poppler::ustring& text, char instead_of) {
  const poppler::byte_array utf8 = text.to_utf8();
  for (const char c : utf8) {
    const bool ends_something = c == '\f' || c == '\0' || c == instead_of;
    out += ends_something ? ' ' : c;
  }
}

int read_pdf() {
  std::string bytes;
  if (!read_input(bytes)) return kPdfDamaged;
  poppler::set_debug_error_function([](const std::string&, void*) {}, nullptr);
  const std::unique_ptr<poppler::document> document(
      poppler::document::load_from_raw_data(bytes.data(), static_cast<int>(bytes.size())));
  if (document == nullptr) return kPdfDamaged;
  if (document->is_locked()) return kPdfLocked;
  const int page_count = document->pages();
  if (page_count <= 0) return kPdfDamaged;
  if (page_count > kPdfPagesMax) return kPdfTooManyPages;
  std::string out;
  append(out, document->get_title(), '\n');
  out += '\n';
  for (int i = 0; i < page_count; ++i) {
    const std::unique_ptr<poppler::page> page(document->create_page(i));
    // In the order of reading, columns one after the other: neither as it stands on the paper nor as it stands in the
    // file.
    if (page != nullptr) append(out, page->text({}, poppler::page::non_raw_non_physical_layout), '\f');
    out += '\f';
    if (out.size() > kPdfTextBytesMax) return kPdfTextTooLong;
  }
  return write_output(out) ? kPdfRead : kPdfDamaged;
}

}  // namespace

int main() {
  if (!confine()) ::_exit(kPdfNotConfined);
  int code = kPdfDamaged;
  try {
    code = read_pdf();
  } catch (const std::bad_alloc&) {
    code = kPdfNoMemory;
  } catch (...) {
    code = kPdfDamaged;
  }
  ::_exit(code);  // nothing that a broken document left behind is cleaned up
}
