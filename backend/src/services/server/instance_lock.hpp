#pragma once
// Which of the processes on one data directory this is: the smallest number that no living one has. Held by a
// lock on a file until the process ends in whatever way, so that one that was killed and started again gets
// its number, and with it what it held, back at once, while one that runs beside it gets another. Owned by
// App.

#include <filesystem>
#include <string>

namespace panel::server {

class InstanceLock {
  public:
    // Of `<directory>/<role>-<number>.lock`. Throws std::runtime_error with a plain sentence.
    InstanceLock(const std::filesystem::path& directory, const std::string& role);
    ~InstanceLock();
    InstanceLock(const InstanceLock&) = delete;
    InstanceLock& operator=(const InstanceLock&) = delete;

    [[nodiscard]] int number() const { return number_; }
    // Different for every living process on every machine and data directory: "host/<installation>/worker-2".
    [[nodiscard]] std::string owner_name(const std::string& installation) const;

  private:
    std::string role_;
    int number_ = 0;
    int file_ = -1;
};

// Held while a process of this data directory starts: several that start at once go one after the other.
class StartLock {
  public:
    // Blocks until the one before has started. Throws std::runtime_error with a plain sentence.
    explicit StartLock(const std::filesystem::path& directory);
    ~StartLock() { release(); }
    StartLock(const StartLock&) = delete;
    StartLock& operator=(const StartLock&) = delete;
    void release();

  private:
    int file_ = -1;
};

} // namespace panel::server
