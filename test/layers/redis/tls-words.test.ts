import { assert, describe, it } from "@effect/vitest"
import { isTlsError } from "../../../layers/redis/connection/tls.ts"

describe("classification of connection errors", () => {
  it.each([
    "CERT_HAS_EXPIRED",
    "CERT_NOT_YET_VALID",
    "CERT_SIGNATURE_FAILURE",
    "CRL_HAS_EXPIRED",
    "DEPTH_ZERO_SELF_SIGNED_CERT",
    "EPROTO",
    "ERROR_IN_CERT_NOT_AFTER_FIELD",
    "ERR_SSL_WRONG_VERSION_NUMBER",
    "ERR_TLS_CERT_ALTNAME_INVALID",
    "HOSTNAME_MISMATCH",
    "INVALID_CA",
    "PATH_LENGTH_EXCEEDED",
    "SELF_SIGNED_CERT_IN_CHAIN",
    "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
    "UNSPECIFIED"
  ])("the error %s counts as a TLS error", (code) => assert.isTrue(isTlsError(code)))

  it.each([
    "EAI_AGAIN",
    "ECONNREFUSED",
    "ECONNRESET",
    "ENOTFOUND",
    "ERR_SOCKET_CONNECTION_TIMEOUT",
    "ETIMEDOUT",
    "NOAUTH",
    "WRONGPASS",
    "no answer",
    "no cluster"
  ])("the error %s does not count as a TLS error", (code) => assert.isFalse(isTlsError(code)))
})
