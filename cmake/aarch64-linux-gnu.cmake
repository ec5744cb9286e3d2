# Builds for 64-bit ARM (little-endian Linux) on a Debian machine of another kind, with Debian's cross compiler and the arm64
# libraries beside the machine's own (multiarch).  Tests run under qemu-user.  scripts/install-deps.sh aarch64 installs all of it.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(ENV{PKG_CONFIG_LIBDIR} /usr/lib/aarch64-linux-gnu/pkgconfig:/usr/share/pkgconfig)

find_program(YUPU_QEMU NAMES qemu-aarch64 qemu-aarch64-static)
if(YUPU_QEMU)
  set(CMAKE_CROSSCOMPILING_EMULATOR ${YUPU_QEMU})
endif()
