# find_package(zst) gives zst::shared and zst::static, and zst::zst, which is the shared one unless there is none or
# ZST_USE_STATIC_LIBS is on. Files are found from where this one is, so the tree may be moved.

if(NOT TARGET zst::zst)
    # PREFIX/lib/cmake/zst, PREFIX/lib/TRIPLET/cmake/zst or PREFIX/share/cmake/zst; /lib may be a link to /usr/lib.
    get_filename_component(_zst_here "${CMAKE_CURRENT_LIST_DIR}" REALPATH)
    get_filename_component(_zst_prefix "${_zst_here}/../../.." ABSOLUTE)
    if(NOT EXISTS "${_zst_prefix}/include/zst.h")
        get_filename_component(_zst_prefix "${_zst_prefix}" DIRECTORY)
    endif()
    get_filename_component(_zst_libdir "${_zst_here}/../.." ABSOLUTE)
    foreach(_zst_dir "lib/${CMAKE_LIBRARY_ARCHITECTURE}" lib64 lib)
        if(NOT EXISTS "${_zst_libdir}/libzst.so" AND NOT EXISTS "${_zst_libdir}/libzst.a")
            set(_zst_libdir "${_zst_prefix}/${_zst_dir}")
        endif()
    endforeach()

    file(STRINGS "${_zst_prefix}/include/zst.h" _zst_major REGEX "^#define ZST_VERSION_MAJOR ")
    string(REGEX REPLACE ".* " "" _zst_major "${_zst_major}")
    if(EXISTS "${_zst_libdir}/libzst.so")
        add_library(zst::shared SHARED IMPORTED)
        set_target_properties(zst::shared PROPERTIES
            IMPORTED_LOCATION "${_zst_libdir}/libzst.so"
            IMPORTED_SONAME "libzst.so.${_zst_major}")
    elseif(EXISTS "${_zst_libdir}/libzst.dylib")
        add_library(zst::shared SHARED IMPORTED)
        set_target_properties(zst::shared PROPERTIES
            IMPORTED_LOCATION "${_zst_libdir}/libzst.dylib"
            IMPORTED_SONAME "@rpath/libzst.${_zst_major}.dylib")
    elseif(EXISTS "${_zst_libdir}/libzst.dll.a")
        add_library(zst::shared SHARED IMPORTED)
        set_target_properties(zst::shared PROPERTIES
            IMPORTED_LOCATION "${_zst_prefix}/bin/zst.dll"
            IMPORTED_IMPLIB "${_zst_libdir}/libzst.dll.a")
    endif()
    if(EXISTS "${_zst_libdir}/libzst.a")
        add_library(zst::static STATIC IMPORTED)
        set_target_properties(zst::static PROPERTIES
            IMPORTED_LOCATION "${_zst_libdir}/libzst.a"
            IMPORTED_LINK_INTERFACE_LANGUAGES C)
        if(WIN32)
            set_target_properties(zst::static PROPERTIES
                INTERFACE_LINK_LIBRARIES "kernel32;ntdll;userenv;ws2_32;dbghelp")
        elseif(NOT APPLE)
            set_target_properties(zst::static PROPERTIES INTERFACE_LINK_LIBRARIES "util;rt;pthread;m;dl")
        endif()
    endif()

    foreach(_zst_kind shared static)
        if(TARGET zst::${_zst_kind})
            set(zst_${_zst_kind}_FOUND TRUE)
            set_target_properties(zst::${_zst_kind} PROPERTIES
                INTERFACE_INCLUDE_DIRECTORIES "${_zst_prefix}/include")
        endif()
    endforeach()
    if(TARGET zst::shared OR TARGET zst::static)
        add_library(zst::zst INTERFACE IMPORTED)
        if(TARGET zst::static AND (ZST_USE_STATIC_LIBS OR NOT TARGET zst::shared))
            set_target_properties(zst::zst PROPERTIES INTERFACE_LINK_LIBRARIES zst::static)
        else()
            set_target_properties(zst::zst PROPERTIES INTERFACE_LINK_LIBRARIES zst::shared)
        endif()
    endif()
    unset(_zst_here)
    unset(_zst_prefix)
    unset(_zst_libdir)
    unset(_zst_major)
endif()

if(NOT TARGET zst::zst)
    set(zst_FOUND FALSE)
    set(zst_NOT_FOUND_MESSAGE "neither a shared library nor libzst.a is where zst-config.cmake expects it")
endif()
foreach(_zst_kind IN LISTS zst_FIND_COMPONENTS)
    if(zst_FIND_REQUIRED_${_zst_kind} AND NOT TARGET zst::${_zst_kind})
        set(zst_FOUND FALSE)
        set(zst_NOT_FOUND_MESSAGE "there is no zst::${_zst_kind}")
    endif()
endforeach()
