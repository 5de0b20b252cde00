import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import {
  idempotent,
  type Look,
  type Send,
  type Sighting,
  unprotected,
  verified,
  type Wanted
} from "../../src/connector/capability.ts"
import { type Channel, Channels } from "../../src/connector/channel.ts"
import type { RawConnector } from "../../src/connector/definition.ts"
import { connector } from "../../src/connector/connector.ts"
import type { DecodedItem } from "../../src/connector/inbound.ts"
import { ProviderHttp } from "../../src/connector/provider-http.ts"
import type { PersonalPart } from "../../src/domain/event.ts"
import type { Pauses } from "../../src/domain/pause.ts"
import { Personal } from "../../src/domain/personal.ts"
import { type Failure, InfraError, PayloadError, ProviderError } from "../../src/domain/failure.ts"
import { isJsonObject, type Json, type JsonObject } from "../../src/domain/json.ts"
import { digest } from "../plugins/digest.ts"

const Input = Schema.Struct({
  text: Schema.NonEmptyString,
  /** The point at which the connector itself fails with a defect. */
  defect: Schema.optionalKey(Schema.Literals(["thrown", "before", "after", "between"]))
})

const sending = (path: string) =>
  Effect.fnUntraced(function* ({
    input,
    to,
    callbackData
  }: Send<typeof Input.Type, object, { number: string }>): Effect.fn.Return<
    { readonly messageId: string },
    Failure,
    ProviderHttp
  > {
    const http = yield* ProviderHttp
    const body = JSON.stringify({ ...input, callbackData, ...(to === undefined ? {} : { to: Personal.open(to) }) })
    if (input.defect === "before") return yield* Effect.die(new Error("before the request"))
    const request = { method: "POST", url: `https://provider.test/${path}`, headers: {}, body } as const
    const answer = yield* http.call(request).pipe(
      Effect.catchTags({
        NotSent: ({ reason }) =>
          Effect.fail(
            new InfraError({ code: reason, operation: "fixture", certainty: "not_applied", transient: true })
          ),
        OutcomeUnknown: ({ reason }) => Effect.fail(refusal(reason, "unknown", true))
      })
    )
    if (input.defect === "after") return yield* Effect.die(new Error("after the request"))
    if (input.defect === "between") {
      yield* Effect.ignore(http.call(request))
      return yield* Effect.die(new Error("after the second request"))
    }
    if (answer.status === 200) return { messageId: answer.body }
    if (answer.status === 422) {
      return yield* new PayloadError({
        code: "422",
        detail: "the provider finds it wrong",
        issues: [{ path: ["input", "text"], message: "expected something else" }]
      })
    }
    if (answer.status >= 500) return yield* refusal(String(answer.status), "unknown", true)
    return yield* refusal(String(answer.status), "not_applied", [420, 428, 429].includes(answer.status))
  })

const wait = { first: 1, factor: 4, most: 1_000 }

/** The pause for each status: 401 and 403 pause the account until an operator acts, 428 for a while; 420 pauses the recipient. */
const pausing: Readonly<Record<string, Pauses>> = {
  "401": { of: "account", why: "auth" },
  "403": { of: "account", why: "policy" },
  "428": { of: "account", why: "throttled", wait },
  "420": { of: "recipient", wait }
}

const refusal = (code: string, certainty: "not_applied" | "unknown", transient: boolean) =>
  new ProviderError({
    code,
    certainty,
    transient,
    pauses: pausing[code] ?? "nothing",
    detail: "the provider says no",
    ...(code === "429" ? { retryAfter: 7 } : {})
  })

const send = (path: string): ReturnType<typeof sending> => {
  const go = sending(path)
  return (request) => {
    if (request.input.defect === "thrown") throw new TypeError("a mistake of the connector")
    return go(request)
  }
}

/** Reads back the messages to a recipient: the provider returns a line of id, time and text for each. */
const find = Effect.fnUntraced(function* ({ input, to, since }: Look<typeof Input.Type, object, { number: string }>) {
  const http = yield* ProviderHttp
  const url = `https://provider.test/replies/${to === undefined ? "" : Personal.open(to)}?since=${since}`
  const answer = yield* http
    .call({ method: "GET", url, headers: {} })
    .pipe(Effect.mapError(() => refusal("unread", "unknown", true)))
  if (answer.status !== 200) return yield* refusal(String(answer.status), "unknown", true)
  return answer.body.split("\n").flatMap((line): ReadonlyArray<Sighting> => {
    const [messageId, createdAt, text] = line.split(" ")
    return messageId !== undefined && text === input.text ? [{ messageId, createdAt: Number(createdAt) }] : []
  })
})

const isEcho = ({ input, to }: Wanted<typeof Input.Type>, { content }: PersonalPart) =>
  isJsonObject(content) &&
  content["text"] === input.text &&
  content["to"] === (to === undefined ? undefined : Personal.open(to))

const noBlank = (to: string) => (to.startsWith("+") ? undefined : "expected E.164 with +")

const textOf = (value: JsonObject, key: string): string | undefined => {
  const found = value[key]
  return typeof found === "string" ? found : undefined
}

const item = (value: Json): DecodedItem => {
  const id = isJsonObject(value) ? textOf(value, "id") : undefined
  const account = isJsonObject(value) ? textOf(value, "account") : undefined
  if (!isJsonObject(value) || id === undefined || account === undefined) {
    return { _tag: "Undecodable", reason: "no id or no account", item: Personal.of(value) }
  }
  const status = textOf(value, "status")
  const echo = value["echo"] === true
  const callbackData = textOf(value, "callbackData")
  const code = textOf(value, "code")
  const at = value["at"]
  return {
    _tag: "Event",
    providerAccount: account,
    kind: status === undefined ? (echo ? "echo" : "message") : "status",
    type: status === undefined ? (echo ? "echo.text" : "message.text") : `status.${status}`,
    identity: [id, status ?? "message"],
    weakIdentity: false,
    conversation: textOf(value, "from"),
    occurredAt: typeof at === "number" ? at : undefined,
    personal: Personal.of({ providerId: id, content: value }),
    ...(status === undefined
      ? {}
      : {
          evidence: {
            status,
            ...(callbackData === undefined ? {} : { callbackData }),
            ...(code === undefined ? {} : { code })
          }
        })
  }
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex")

/** A channel with a capability of each protection level and proof, whose webhooks are JSON arrays of items. */
export const fixture = connector({
  id: "fixture",
  version: "1.0.0",
  retryHorizon: Duration.days(1),
  settings: Schema.Struct({}),
  account: Schema.Struct({ number: Schema.NonEmptyString }),
  secrets: { connector: ["signing"], account: ["token"] },
  routes: (alias, { number }) => [{ providerAccount: number, account: alias }],
  /** Limits only `back`: bursts of three an account and two a recipient, refilled by one every minute. */
  limits: ({ number }) =>
    number === "200"
      ? [
          { name: "calls", of: "account", every: 60_000, burst: 3 },
          { name: "pair", of: "recipient", every: 60_000, burst: 2 }
        ]
      : [],
  recipientOf: (to) => to.replaceAll(" ", ""),
  throttleSeconds: ({ headers }) => Number(headers["x-hold-still"] ?? 0),
  inbound: {
    handshakeSecret: "signing",
    handshake: (query, secrets) =>
      secrets.some((secret) => Redacted.value(secret) === query.get("token"))
        ? { _tag: "Accepted", body: query.get("challenge") ?? "" }
        : { _tag: "Refused" },
    signingSecret: "signing",
    verify: ({ headers, body }, secrets, digest) =>
      secrets.findIndex((secret) => headers["x-signature"] === hex(digest.hmacSha256(secret, body))),
    decode: (body) => (Array.isArray(body) ? body.map(item) : [item(body)]),
    identityVersion: 1
  },
  capabilities: [
    idempotent({ id: "mark", input: Input, recipient: "absent", retryUnknown: 2, send: send("mark") }),
    verified({
      id: "post",
      input: Input,
      recipient: "required",
      checkRecipient: noBlank,
      proof: "status-echo",
      send: send("post")
    }),
    verified({ id: "reply", input: Input, recipient: "required", proof: "read-back", find, send: send("reply") }),
    verified({ id: "say", input: Input, recipient: "required", proof: "message-echo", isEcho, send: send("say") }),
    unprotected({ id: "poke", input: Input, recipient: "required", checkRecipient: noBlank, send: send("poke") })
  ],
  errors: [
    {
      code: "410",
      class: "payload",
      certainty: "not_applied",
      transient: false,
      pauses: "nothing",
      meaning: "the recipient is gone",
      source: "this fixture"
    }
  ]
})

export const raw: RawConnector = {
  secrets: { signing: "fixture/signing" },
  settings: {},
  accounts: {
    front: { secrets: { token: "fixture/front" }, settings: { number: "100" } },
    back: { secrets: { token: "fixture/back" }, settings: { number: "200" } }
  },
  capabilities: ["mark", "post", "reply", "say", "poke"]
}

/** Builds the channel with secrets whose values are their references. */
export const fixtureChannel = (given: RawConnector = raw) =>
  Effect.fromResult(fixture.configure(given)).pipe(
    Effect.flatMap(({ bind }) =>
      bind(
        (ref) => Effect.succeed({ current: () => Redacted.make(ref), candidates: () => [Redacted.make(ref)] }),
        digest
      )
    ),
    Effect.orDie
  )

/** Returns the provider accounts of a channel: those that a secret of the connector signs for. */
export const everyAccount = ({ routes }: Channel): ReadonlySet<string> => new Set(routes.keys())

export const fixtureChannels: Layer.Layer<Channels> = Layer.effect(
  Channels,
  Effect.map(fixtureChannel(), (channel) => new Map([["fixture", channel]]))
)
