# One set of warnings and sanitizers for every target of ours (never for third-party headers, which are SYSTEM).
add_library(yupu_flags INTERFACE)
target_compile_options(yupu_flags INTERFACE
  -Wall -Wextra -Wshadow -Wconversion -Wno-sign-conversion -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough
  -fno-math-errno -fno-trapping-math -ffp-contract=off)
if(YUPU_WERROR)
  target_compile_options(yupu_flags INTERFACE -Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_compile_options(yupu_flags INTERFACE -Wthread-safety)
endif()
if(YUPU_SANITIZE)
  add_compile_options(-fsanitize=${YUPU_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${YUPU_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # g++-12 reports false uninitialised/overflow warnings inside the standard library once sanitizers rewrite the code.
    target_compile_options(yupu_flags INTERFACE -Wno-error=maybe-uninitialized -Wno-error=stringop-overflow -Wno-error=array-bounds
      -Wno-error=restrict -Wno-error=tsan)
  endif()
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++-12 has known false positives of these inside std::string at -O2/-O3 (GCC bug 105651).
  target_compile_options(yupu_flags INTERFACE -Wno-restrict)
endif()
