# Headers that half of the sources read, compiled once: an eighth of a cold build's time.  Off where a compiler cache is in
# use, which serves whole objects to every clone and cannot look into a precompiled header, and under the sanitizers;
# such builds also prove that every source includes what it needs.
if(YUPU_SANITIZE OR CMAKE_CXX_COMPILER MATCHES "ccache" OR CMAKE_CXX_COMPILER_LAUNCHER OR NOT CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  option(YUPU_PCH "Precompile common headers" OFF)
else()
  option(YUPU_PCH "Precompile common headers" ON)
endif()
set(YUPU_ROOMS_WITHOUT_PCH base engine text http store page)  # few of their sources read json; some have flags of their own

if(YUPU_PCH)
  # g++-12 forgets that a precompiled header was a system header, and reports false overflows inside std::string (GCC bug
  # 105651); builds without the precompiled headers keep these warnings.
  target_compile_options(yupu_flags INTERFACE -Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread)
  file(WRITE ${CMAKE_BINARY_DIR}/pch/empty.cc "")
  file(WRITE ${CMAKE_BINARY_DIR}/pch/main.cc "int main() { return 0; }\n")
  set(library_headers <algorithm> <functional> <map> <memory> <optional> <string> <vector> <fmt/format.h> <nlohmann/json.hpp>)
  add_library(yupu_pch STATIC ${CMAKE_BINARY_DIR}/pch/empty.cc)
  target_link_libraries(yupu_pch PRIVATE yupu_flags PkgConfig::fmt nlohmann_json::nlohmann_json)
  target_precompile_headers(yupu_pch PRIVATE ${library_headers})
  if(YUPU_TESTS)
    add_executable(yupu_test_pch ${CMAKE_BINARY_DIR}/pch/main.cc)  # a program: position-independent as programs are
    target_link_libraries(yupu_test_pch PRIVATE yupu_flags PkgConfig::fmt nlohmann_json::nlohmann_json GTest::gmock)
    target_precompile_headers(yupu_test_pch PRIVATE ${library_headers} <gtest/gtest.h> <gmock/gmock.h>)
  endif()
endif()

function(yupu_precompiled target room pch)
  if(YUPU_PCH AND NOT room IN_LIST YUPU_ROOMS_WITHOUT_PCH)
    target_precompile_headers(${target} REUSE_FROM ${pch})
  endif()
endfunction()
