import * as Redacted from "effect/Redacted"
import type { Handshake } from "../../src/connector/inbound.ts"

const utf8 = new TextEncoder()

/** Returns a parameter of the query. Some proxies in front of the gateway replace its dots by underscores (META 1.1). */
const parameter = (query: URLSearchParams, name: string) => query.get(`hub.${name}`) ?? query.get(`hub_${name}`) ?? ""

/** Answers `hub.challenge` unchanged when `hub.verify_token` is a configured token. Source: META 1.1. */
export const handshake: Handshake = (query, secrets, digest) => {
  const token = utf8.encode(parameter(query, "verify_token"))
  const challenge = parameter(query, "challenge")
  const known = secrets.filter((secret) => {
    const ours = utf8.encode(Redacted.value(secret))
    return ours.length > 0 && digest.equals(digest.hmacSha256(secret, token), digest.hmacSha256(secret, ours))
  })
  return known.length > 0 && challenge !== "" && parameter(query, "mode") === "subscribe"
    ? { _tag: "Accepted", body: challenge }
    : { _tag: "Refused" }
}
