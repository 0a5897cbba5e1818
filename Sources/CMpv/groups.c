// For dlinfo.
#define _GNU_SOURCE

#include "groups.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/// What the library needs, and what that needs: to read more files takes longer than it saves.
enum { levels = 2 };

enum { native_class = __ELF_NATIVE_CLASS == 64 ? ELFCLASS64 : ELFCLASS32 };

/// Some bytes of a file.
struct bytes {
    const char *start;
    size_t count;
};

/// The first segment of this type, of those that are loaded the one with this address; `NULL` where there
/// is none within the file.
static const ElfW(Phdr) *segment(struct bytes file, ElfW(Word) type, ElfW(Addr) address) {
    const ElfW(Ehdr) *header = (const void *)file.start;
    if (header->e_phoff % _Alignof(ElfW(Phdr)) != 0 || header->e_phoff > file.count ||
        header->e_phnum > (file.count - header->e_phoff) / sizeof(ElfW(Phdr)))
        return NULL;
    const ElfW(Phdr) *all = (const void *)(file.start + header->e_phoff);
    for (const ElfW(Phdr) *one = all; one < all + header->e_phnum; one++) {
        if (one->p_type != type || one->p_offset % _Alignof(ElfW(Dyn)) != 0 ||
            one->p_offset > file.count || one->p_filesz > file.count - one->p_offset)
            continue;
        if (type != PT_LOAD || address - one->p_vaddr < one->p_filesz) return one;
    }
    return NULL;
}

/// The next entry with this tag, from `entry` on; `NULL` where there is none.
static const ElfW(Dyn) *next(ElfW(Sxword) tag, const ElfW(Dyn) *entry, const ElfW(Dyn) *end) {
    for (; entry < end && entry->d_tag != DT_NULL; entry++)
        if (entry->d_tag == tag) return entry;
    return NULL;
}

/// The part of the file in which its names are; empty where there is none.
static struct bytes names(struct bytes file, const ElfW(Dyn) *entries, const ElfW(Dyn) *end) {
    const ElfW(Dyn) *table = next(DT_STRTAB, entries, end);
    const ElfW(Phdr) *home = table ? segment(file, PT_LOAD, table->d_un.d_ptr) : NULL;
    if (!home) return (struct bytes){NULL, 0};
    size_t offset = home->p_offset + (table->d_un.d_ptr - home->p_vaddr);
    return (struct bytes){file.start + offset, file.count - offset};
}

static void load_needs(const char *library, const Dl_serinfo *places, int levels_left);

/// Loads what a library needs that lies in this file.
static void load_needs_of(struct bytes file, const Dl_serinfo *places, int levels_left) {
    const ElfW(Ehdr) *header = (const void *)file.start;
    if (file.count < sizeof *header || memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 ||
        header->e_ident[EI_CLASS] != native_class)
        return;
    const ElfW(Phdr) *dynamic = segment(file, PT_DYNAMIC, 0);
    if (!dynamic) return;
    const ElfW(Dyn) *entries = (const void *)(file.start + dynamic->p_offset);
    const ElfW(Dyn) *end = entries + dynamic->p_filesz / sizeof *entries;
    // By its name alone another library might be found.
    if (next(DT_RPATH, entries, end) || next(DT_RUNPATH, entries, end)) return;
    struct bytes texts = names(file, entries, end);
    for (const ElfW(Dyn) *entry = next(DT_NEEDED, entries, end); entry;
         entry = next(DT_NEEDED, entry + 1, end)) {
        size_t place = entry->d_un.d_val;
        if (place >= texts.count || !memchr(texts.start + place, 0, texts.count - place)) continue;
        const char *need = texts.start + place;
        if (dlopen(need, RTLD_NOW | RTLD_NOLOAD)) continue;
        if (levels_left > 1) load_needs(need, places, levels_left - 1);
        // For itself alone: else it would be looked at for every symbol of those that come after it.
        // And at once, while what it needs is all there is to choose from.
        dlopen(need, RTLD_NOW | RTLD_LOCAL);
    }
}

/// Opens a library's file; less than zero where it is in none of these places.
static int open_library(const char *library, const Dl_serinfo *places) {
    for (unsigned int place = 0; place < places->dls_cnt; place++) {
        char path[PATH_MAX];
        int length =
            snprintf(path, sizeof path, "%s/%s", places->dls_serpath[place].dls_name, library);
        if (length < 0 || (size_t)length >= sizeof path) continue;
        int file = open(path, O_RDONLY | O_CLOEXEC);
        if (file >= 0) return file;
    }
    return -1;
}

static void load_needs(const char *library, const Dl_serinfo *places, int levels_left) {
    int file = open_library(library, places);
    if (file < 0) return;
    struct stat status;
    if (fstat(file, &status) == 0 && status.st_size > 0) {
        size_t count = (size_t)status.st_size;
        void *start = mmap(NULL, count, PROT_READ, MAP_PRIVATE, file, 0);
        if (start != MAP_FAILED) {
            load_needs_of((struct bytes){start, count}, places, levels_left);
            munmap(start, count);
        }
    }
    close(file);
}

void cmpv_load_in_groups(const char *library) {
    void *program = dlopen(NULL, RTLD_LAZY);
    Dl_serinfo size;
    if (!program || dlinfo(program, RTLD_DI_SERINFOSIZE, &size) != 0) return;
    Dl_serinfo *places = malloc(size.dls_size);
    if (!places) return;
    if (dlinfo(program, RTLD_DI_SERINFOSIZE, places) == 0 &&
        dlinfo(program, RTLD_DI_SERINFO, places) == 0)
        load_needs(library, places, levels);
    free(places);
}
