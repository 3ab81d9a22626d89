# The stand-in for the official node:<major>-slim, built by tools/base-images. The context holds node, npm/, certificates/.
FROM vps-panel/debian:bookworm-slim
ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt \
    NPM_CONFIG_CAFILE=/etc/ssl/certs/ca-certificates.crt \
    SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
LABEL vps-panel.base=node
RUN --mount=type=bind,source=certificates,target=/mnt/certificates \
    groupadd --gid 1000 node \
    && useradd --uid 1000 --gid node --shell /bin/bash --create-home node \
    && { cp /mnt/certificates/*.crt /usr/local/share/ca-certificates/ 2>/dev/null || true; } \
    && update-ca-certificates \
    && { cp /mnt/certificates/bundle /etc/ssl/certs/ca-certificates.crt 2>/dev/null || true; } \
    && chmod 644 /etc/ssl/certs/ca-certificates.crt
COPY --chmod=755 node docker-entrypoint.sh /usr/local/bin/
COPY npm /usr/local/lib/node_modules/npm
RUN ln -s node /usr/local/bin/nodejs \
    && ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm \
    && ln -s ../lib/node_modules/npm/bin/npx-cli.js /usr/local/bin/npx \
    && node --version && npm --version
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["node"]
