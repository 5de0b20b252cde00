import * as Data from "effect/Data"
import type { BootCheck } from "../log/line.ts"
import { failed, ok } from "./report.ts"

/** No connection to the runtime could be opened. `code` is the code of Node, undici or OpenSSL; their messages quote the peer. */
export class RuntimeUnreached extends Data.TaggedError("RuntimeUnreached")<{ readonly code: string }> {
  override get message() {
    return `the runtime cannot be reached (${this.code})`
  }
}

interface Words {
  readonly problem: string
  readonly remedy: string
}

const own =
  "name the authority that signed it in runtime.push.caFile, or give the runtime a certificate of a known authority"
const chain = `let the runtime send its certificate with all intermediate ones; if the authority is your own, ${own}`
const renew = "give the runtime a new certificate that is meant for servers"
const rename = "issue a certificate that lists this host: a host name as DNS name, an IP address as IP address"

/**
 * Certificates that are not trusted, by Node's code. Waiting does not change any of them, so each refuses the start.
 * `UNSPECIFIED` is Node's code for every reason of OpenSSL for which it has no other.
 */
export const untrusted: Readonly<Record<string, Words>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: { problem: "its certificate is signed by itself", remedy: own },
  SELF_SIGNED_CERT_IN_CHAIN: { problem: "an authority that is not trusted signed its certificate", remedy: own },
  UNABLE_TO_GET_ISSUER_CERT: { problem: "the authority above its certificate is not known", remedy: chain },
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: { problem: "the authority of its certificate is not known", remedy: chain },
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: { problem: "the authority of its certificate is not known", remedy: chain },
  CERT_HAS_EXPIRED: {
    problem: "its certificate, or that of its authority, has expired",
    remedy: "renew the certificate, and check the clock of this machine"
  },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    problem: "its certificate is for another host than that of runtime.push.url",
    remedy: rename
  },
  ERR_TLS_CERT_ALTNAME_FORMAT: { problem: "the names in its certificate cannot be read", remedy: rename },
  HOSTNAME_MISMATCH: { problem: "its certificate is for another host than that of runtime.push.url", remedy: rename },
  CERT_SIGNATURE_FAILURE: { problem: "the signature of its certificate is wrong", remedy: own },
  UNABLE_TO_DECRYPT_CERT_SIGNATURE: { problem: "the signature of its certificate cannot be read", remedy: renew },
  UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY: { problem: "the key of its authority cannot be read", remedy: renew },
  ERROR_IN_CERT_NOT_BEFORE_FIELD: { problem: "the dates in its certificate cannot be read", remedy: renew },
  ERROR_IN_CERT_NOT_AFTER_FIELD: { problem: "the dates in its certificate cannot be read", remedy: renew },
  CERT_CHAIN_TOO_LONG: { problem: "its chain of certificates is too long", remedy: chain },
  CERT_REVOKED: { problem: "its certificate was revoked", remedy: renew },
  CERT_REJECTED: { problem: "its authority is marked as rejected", remedy: own },
  CERT_UNTRUSTED: { problem: "its authority is not trusted to identify servers", remedy: own },
  INVALID_CA: { problem: "a certificate of no authority signed its certificate", remedy: chain },
  PATH_LENGTH_EXCEEDED: { problem: "its authority may not sign through so many others", remedy: chain },
  INVALID_PURPOSE: {
    problem: "its certificate is not meant for servers, or one above it not for signing",
    remedy: renew
  },
  UNSPECIFIED: { problem: "its certificate is not trusted, for a reason without a name in Node", remedy: renew }
}

const clientCertificate =
  "it requires a client certificate, which the gateway has none of: let a proxy beside the gateway present one"
const noTls = "it answers without TLS: check the port, and whether the url must be https"

/** States of a runtime that may pass by themselves, by code. None of them refuses the start. */
const away: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens at its address",
  ECONNRESET: "it closed the connection",
  EHOSTUNREACH: "no route leads to its address",
  ENETUNREACH: "no route leads to its address",
  ENOTFOUND: "its host name does not resolve: check the name in runtime.push.url",
  ETIMEDOUT: "it does not answer in time",
  UND_ERR_CONNECT_TIMEOUT: "it does not answer in time",
  CERT_NOT_YET_VALID: "its certificate is not valid yet: check the clocks of both machines",
  EPROTO: "it and the gateway have no TLS in common",
  ERR_SSL_WRONG_VERSION_NUMBER: noTls,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: noTls,
  ERR_SSL_UNSUPPORTED_PROTOCOL: "it speaks an old version of TLS: let it speak TLS 1.2 or 1.3",
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: "it speaks an old version of TLS: let it speak TLS 1.2 or 1.3",
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: clientCertificate,
  "ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE":
    "it refuses the handshake: it requires a client certificate, or ciphers that the gateway does not have"
}

const entryOf = <Value>(table: Readonly<Record<string, Value>>, code: string) =>
  Object.hasOwn(table, code) ? table[code] : undefined

const reasonOf = (code: string) =>
  entryOf(away, code) ??
  (code.startsWith("EAI_") ? "the resolver of this machine does not answer" : "no connection could be opened")

const name = "runtime.reachable"

/**
 * Returns the check of the connection to the runtime. Fails for a certificate that is not trusted. Only warns of a runtime that
 * is away, since its webhooks are admitted and its events wait.
 */
export const runtimeCheck = (unreached: RuntimeUnreached | undefined): BootCheck => {
  if (unreached === undefined) return ok(name)
  const { code } = unreached
  const words = entryOf(untrusted, code)
  return words === undefined
    ? { ...ok(name), problem: `the runtime is away, and events wait for it: ${reasonOf(code)} (${code})` }
    : failed(name, "untrusted", `the runtime is not trusted: ${words.problem} (${code})`, words.remedy)
}
