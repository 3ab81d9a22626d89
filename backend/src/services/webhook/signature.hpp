#pragma once
// Whether a delivery was signed with the project's secret, over the bytes as received. Comparisons take
// constant time. Pure, any thread.
//   GitHub     X-Hub-Signature-256: sha256=<hex>          Gitea   X-Gitea-Signature: <hex>
//   Bitbucket  X-Hub-Signature: sha256=<hex>
//   GitLab     X-Gitlab-Token: <secret>, or the signing token's webhook-signature: v1,<base64> [v1,<base64>
//   ...] over
//              "<webhook-id>.<webhook-timestamp>.<body>" (Standard Webhooks), not older or newer than five
//              minutes

#include "base/clock.hpp"
#include "services/webhook/provider.hpp"

#include <string_view>

namespace panel::webhook {

[[nodiscard]] bool has_signature(Provider provider, const Delivery& delivery); // anything to check at all
[[nodiscard]] bool is_signed(Provider provider, const Delivery& delivery, std::string_view secret,
                             Timestamp now);

} // namespace panel::webhook
