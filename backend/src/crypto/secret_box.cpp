#include "crypto/secret_box.hpp"

#include "crypto/digest.hpp"
#include "crypto/encoding.hpp"
#include "crypto/random.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <stdexcept>

namespace panel::crypto {
namespace {

constexpr std::string_view version = "v1";
constexpr std::size_t key_bytes = 32;
constexpr std::size_t nonce_bytes = 12;
constexpr std::size_t tag_bytes = 16;
constexpr std::size_t part_count = 5;

struct FreeContext {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

std::string associated_data(const SecretPlace& place) {
    return fmt::format("{}|{}|{}|{}", place.table, place.row_id, place.column, place.project_id);
}

void require(bool ok) {
    if (!ok) throw std::runtime_error("AES-256-GCM failed.");
}

std::optional<std::array<std::string_view, part_count>> split(std::string_view sealed) {
    std::array<std::string_view, part_count> parts;
    for (std::size_t i = 0; i < part_count; ++i) {
        const auto dot = sealed.find('.');
        if ((dot == std::string_view::npos) != (i + 1 == part_count)) return std::nullopt;
        parts[i] = sealed.substr(0, dot);
        sealed.remove_prefix(dot == std::string_view::npos ? sealed.size() : dot + 1);
    }
    return parts;
}

std::unexpected<Error> unreadable() {
    return fail(Code::internal, "A stored secret cannot be read; it was damaged or its key is missing.");
}

} // namespace

SecretBox::SecretBox(const std::vector<Secret>& keys) {
    for (const auto& key : keys) {
        if (key.reveal().size() != key_bytes)
            throw std::runtime_error("An encryption key must have 32 bytes.");
        keys_.push_back({sha256_hex(key.reveal()).substr(0, 8), key});
    }
    if (keys_.empty()) throw std::runtime_error("There is no encryption key.");
}

std::string SecretBox::seal(std::string_view text, const SecretPlace& place) const {
    const auto& key = keys_.back();
    const auto nonce = random_bytes(nonce_bytes);
    const auto bound = associated_data(place);
    std::string ciphertext(text.size(), '\0');
    std::string tag(tag_bytes, '\0');
    const Context context(EVP_CIPHER_CTX_new());
    int length = 0;
    require(context != nullptr);
    require(EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, bytes_of(key.bytes.reveal()),
                               bytes_of(std::string_view(nonce))) == 1);
    require(EVP_EncryptUpdate(context.get(), nullptr, &length, bytes_of(std::string_view(bound)),
                              static_cast<int>(bound.size())) == 1);
    require(EVP_EncryptUpdate(context.get(), bytes_of(ciphertext), &length, bytes_of(text),
                              static_cast<int>(text.size())) == 1);
    require(EVP_EncryptFinal_ex(context.get(), bytes_of(ciphertext) + length, &length) == 1);
    require(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, tag_bytes, tag.data()) == 1);
    return fmt::format("{}.{}.{}.{}.{}", version, key.id, base64url_encode(nonce),
                       base64url_encode(ciphertext), base64url_encode(tag));
}

Result<Secret> SecretBox::open(std::string_view sealed, const SecretPlace& place) const {
    const auto parts = split(sealed);
    if (!parts || (*parts)[0] != version) return unreadable();
    const auto key = std::ranges::find(keys_, (*parts)[1], &Key::id);
    const auto nonce = base64url_decode((*parts)[2]);
    const auto ciphertext = base64url_decode((*parts)[3]);
    auto tag = base64url_decode((*parts)[4]);
    if (key == keys_.end() || !nonce || nonce->size() != nonce_bytes || !ciphertext || !tag ||
        tag->size() != tag_bytes)
        return unreadable();
    const auto bound = associated_data(place);
    std::string text(ciphertext->size(), '\0');
    const Context context(EVP_CIPHER_CTX_new());
    int length = 0;
    require(context != nullptr);
    require(EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, bytes_of(key->bytes.reveal()),
                               bytes_of(std::string_view(*nonce))) == 1);
    require(EVP_DecryptUpdate(context.get(), nullptr, &length, bytes_of(std::string_view(bound)),
                              static_cast<int>(bound.size())) == 1);
    require(EVP_DecryptUpdate(context.get(), bytes_of(text), &length, bytes_of(std::string_view(*ciphertext)),
                              static_cast<int>(ciphertext->size())) == 1);
    require(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, tag_bytes, tag->data()) == 1);
    const bool is_genuine = EVP_DecryptFinal_ex(context.get(), bytes_of(text) + length, &length) == 1;
    Secret opened(std::move(text));
    if (!is_genuine) return unreadable();
    return opened;
}

bool SecretBox::is_outdated(std::string_view sealed) const {
    const auto parts = split(sealed);
    return !parts || (*parts)[1] != keys_.back().id;
}

} // namespace panel::crypto
