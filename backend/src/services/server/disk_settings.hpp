#pragma once
// How much of the disk the panel may use for what, and what it holds back. Plain data, made once by App;
// budgets that nobody set are shares of the disk.

#include "models/disk.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace panel::server {

struct DiskBudgets { // bytes
    std::optional<std::int64_t> images;
    std::optional<std::int64_t> build_cache;
    std::optional<std::int64_t> static_files;
    std::optional<std::int64_t> repositories;
    std::optional<std::int64_t> logs; // of builds and of visitors
};

// The budgets that hold on a disk of this size: what was set, else 25% for images, 12.5% for the build cache
// and for static files, 5% for repositories and 2.5% for logs (10, 5, 5, 2 and 1 GB of 40).
[[nodiscard]] DiskBudgets budgets_on(std::int64_t total_bytes, const DiskBudgets& set);
[[nodiscard]] std::optional<std::int64_t> budget_of(const DiskBudgets& budgets, DiskKind kind);

struct DiskSettings {
    std::filesystem::path data_directory;
    std::filesystem::path static_directory;
    std::filesystem::path log_directory;
    std::string installation; // of the label on our images
    DiskBudgets budgets;
    std::int64_t reserve_bytes = std::int64_t{256} << 20; // a file that goes when the disk is full
    std::int64_t build_bytes = std::int64_t{1} << 30;     // free before a deployment begins
    bool own_engine = false; // nobody else builds with it: its whole build cache is ours to prune
};

} // namespace panel::server
