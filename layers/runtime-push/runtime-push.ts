import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import type { Attempt, NotSent, OutcomeUnknown } from "../../src/connector/provider-http.ts"
import type { PushHeaders } from "../../src/config/config.ts"
import { eventBody, Runtime, type RuntimeAnswer, webhookIdOf } from "../../src/inbound/runtime/runtime.ts"
import { signOfReason } from "../../src/inbound/runtime/response.ts"
import { StoreClock } from "../../src/partition/store-clock.ts"
import { type BadAuthority, type SecretRef, SecretUnavailable } from "../../src/secrets/secret-store.ts"
import { Secrets } from "../../src/secrets/secrets.ts"
import { authorities } from "../node-crypto/authorities.ts"
import { exchange } from "../undici/exchange.ts"
import * as Wire from "../undici/wire.ts"
import { followHeaders, makeSign, signer } from "./delivery-headers.ts"
import { runtimeAnswer } from "./runtime-answer.ts"

export interface PushOptions {
  readonly url: string
  /** The signing secret: `whsec_` and the base64 of 24 to 64 bytes. */
  readonly secret: SecretRef
  /** Headers of the operator. The value of a secret is read at each delivery. */
  readonly headers?: PushHeaders
  /** Version of the gateway, for the user agent. */
  readonly version: string
  /** Milliseconds for one whole delivery; 30,000 by default. */
  readonly timeout?: number
  /** The only trusted authorities, in PEM; without them, those that Node trusts. */
  readonly ca?: string
}

const malformed = (ref: SecretRef) =>
  new SecretUnavailable({
    ref,
    reason: "not a signing secret",
    remedy: "store whsec_ followed by the base64 of 24 to 64 random bytes, and give the same value to the runtime"
  })

const held = (reason: string): RuntimeAnswer => {
  const sign = signOfReason(reason)
  return { _tag: "Held", reason, sign: sign === "taken" || sign === "refused" ? "unclear" : sign }
}

/** undici's code for a body above the size limit. */
const tooLarge = "UND_ERR_RES_EXCEEDED_MAX_SIZE"

/** Returns the result of a delivery that did not reach the runtime, and so says nothing about the event. */
const notDelivered = (reason: string): RuntimeAnswer => ({ _tag: "Held", reason, sign: "unreached" })

/**
 * Returns the result of a delivery without a complete answer. If nothing was sent, it says nothing about the event; a
 * lost connection may be caused by the event. A 2xx with a body above the limit would fail each time, so it counts as a
 * refusal.
 */
const unanswered = (failure: NotSent | OutcomeUnknown): RuntimeAnswer => {
  if (failure._tag === "NotSent") return notDelivered(failure.reason)
  const { status = 0, cause } = failure
  return cause === tooLarge && status >= 200 && status < 300
    ? { _tag: "Refused", status, problem: "answer_too_large" }
    : held(failure.reason)
}

/**
 * Delivers each event in one POST, signed by the Standard Webhooks scheme (`docs/reference/events.md`) with the store's
 * time. Delivers at least once; the caller keeps order and limits.
 */
export const layer = (options: PushOptions): Layer.Layer<Runtime, SecretUnavailable, Secrets | StoreClock> =>
  Layer.effect(
    Runtime,
    Effect.gen(function* () {
      const secret = yield* (yield* Secrets).handle(options.secret)
      if (signer(secret.current()) === undefined) return yield* malformed(options.secret)
      const ownHeaders = yield* followHeaders(options.headers ?? {})
      const sign = makeSign(secret.candidates)
      const clock = yield* StoreClock
      const wire = yield* Wire.make({ connections: 256, ...(options.ca === undefined ? {} : { ca: [options.ca] }) })
      const attempt: Attempt = { mayStart: () => true, deadline: options.timeout ?? 30_000 }
      const userAgent = `comporta/${options.version}`
      return Runtime.of({
        deliver: Effect.fnUntraced(function* (event) {
          const now = yield* clock.now
          const body = eventBody(event)
          const webhookId = webhookIdOf(event)
          const seconds = Math.floor(now / 1_000)
          const signature = sign(webhookId, seconds, body)
          if (signature === undefined) return notDelivered("signing_secret")
          const own = ownHeaders()
          if (own === undefined) return notDelivered("header_secret")
          const headers = {
            ...own,
            "content-type": "application/json",
            "user-agent": userAgent,
            "webhook-id": webhookId,
            "webhook-timestamp": String(seconds),
            "webhook-signature": signature
          }
          return yield* exchange(wire, { method: "POST", url: options.url, headers, body }, attempt).pipe(
            Effect.flatMap((answer) => Effect.map(clock.now, (then) => runtimeAnswer(answer, then))),
            Effect.catch((failure) => Effect.succeed(unanswered(failure)))
          )
        })
      })
    })
  )

/** Builds the layer with the authorities of one file as the only trusted ones: no other server can pass for the runtime. */
export const pushTrusting = (
  options: PushOptions,
  caFile: string
): Layer.Layer<Runtime, SecretUnavailable | BadAuthority, Secrets | StoreClock | FileSystem.FileSystem> =>
  Layer.unwrap(Effect.map(authorities("runtime", caFile), (ca) => layer({ ...options, ca })))
