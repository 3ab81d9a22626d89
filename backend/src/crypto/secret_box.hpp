#pragma once
// Secrets at rest: AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce. A ciphertext is bound to the
// place where it is stored, so that it cannot be moved to another row, and names its key, so that keys can be
// changed: new ones encrypt, old ones still decrypt. Text: v1.<key id>.<nonce>.<ciphertext>.<tag>, the last
// three base64url. Immutable, any thread. Owned by App.

#include "base/result.hpp"
#include "base/secret.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace panel::crypto {

// Where a ciphertext lives: part of what is authenticated.
struct SecretPlace {
    std::string_view table;
    std::int64_t row_id = 0;
    std::string_view column;
    std::int64_t project_id = 0;
};

class SecretBox {
  public:
    // Keys of 32 bytes, oldest first; the last one encrypts.
    explicit SecretBox(const std::vector<Secret>& keys);

    [[nodiscard]] std::string seal(std::string_view text, const SecretPlace& place) const;
    // Errors: internal, for whatever is not exactly what seal() made for this place with a key of ours.
    [[nodiscard]] Result<Secret> open(std::string_view sealed, const SecretPlace& place) const;
    // Not sealed with the newest key.
    [[nodiscard]] bool is_outdated(std::string_view sealed) const;

  private:
    struct Key {
        std::string id; // first 8 hex digits of the key's SHA-256
        Secret bytes;
    };
    std::vector<Key> keys_;
};

} // namespace panel::crypto
