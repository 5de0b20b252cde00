import * as Effect from "effect/Effect"
import type { AccountContext } from "../../../src/connector/capability.ts"
import { type Media, type Medium, NoSuchMedium } from "../../../src/connector/media.ts"
import { type OpenAnswer, ProviderHttp } from "../../../src/connector/provider-http.ts"
import { ProviderError } from "../../../src/domain/failure.ts"
import type { Json } from "../../../src/domain/json.ts"
import { appSecretProof } from "../../meta/app-secret-proof.ts"
import { graphClient, notSent, unknownOutcome } from "../../meta/graph.ts"
import { objectOf, textOf } from "../../meta/read-json.ts"
import { errors } from "../errors.ts"
import type { Account, Settings } from "../settings.ts"
import { mayHaveToken } from "./host.ts"

const call = graphClient(errors)

type Context = AccountContext<Settings, Account>

interface Found {
  readonly url: string
  readonly type: string
}

const foundIn = (body: Json): Found | undefined => {
  const url = textOf(objectOf(body)?.["url"])
  const type = textOf(objectOf(body)?.["mime_type"])
  return url === undefined ? undefined : { url, type: type ?? "application/octet-stream" }
}

/** The ids of the provider; anything else would be another address. */
const mediumId = /^[A-Za-z0-9_-]{1,128}$/

/** Codes that say that there is no such object for this token. */
const absent = new Set(["100/33", "33", "803"])

const find = (id: string, { settings, account, secret, digest }: Context) => {
  const token = secret("accessToken")
  return call({
    operation: "whatsapp.medium",
    settings: settings.graph,
    method: "GET",
    path: encodeURIComponent(id),
    query: { phone_number_id: account.phoneNumberId },
    token,
    proof: appSecretProof(digest, secret("appSecret"), token),
    expect: foundIn
  }).pipe(
    Effect.catchIf(
      (failure) => absent.has(failure.code),
      () => Effect.fail(new NoSuchMedium())
    )
  )
}

const refusedHost = new ProviderError({
  code: "foreign_media_host",
  certainty: "not_applied",
  transient: false,
  pauses: "nothing",
  detail: "the medium is said to be where a token of the provider does not belong"
})

const fetched = Effect.fnUntraced(function* ({ url }: Found, { settings, secret }: Context) {
  if (!mayHaveToken(url, settings.graph.baseUrl)) return yield* refusedHost
  const http = yield* ProviderHttp
  return yield* http.open({ method: "GET", url, headers: {}, bearer: secret("accessToken") }).pipe(
    Effect.catchTags({
      NotSent: (error) => Effect.fail(notSent(error, "whatsapp.download")),
      OutcomeUnknown: (error) => Effect.fail(unknownOutcome(error))
    })
  )
})

const mediumOf = ({ type }: Found, { headers, body }: OpenAnswer): Medium => {
  const length = headers["content-length"]
  return { type, bytes: body, ...(length !== undefined && /^\d{1,12}$/.test(length) ? { length: Number(length) } : {}) }
}

const notDelivered = (httpStatus: number) =>
  new ProviderError({
    code: "medium_not_delivered",
    certainty: "not_applied",
    transient: httpStatus >= 500,
    pauses: "nothing",
    detail: "the provider knows the medium and does not hand it out",
    httpStatus
  })

/** Its address lives for five minutes: one that is no longer known is asked for anew, once (META 3.3). */
export const download: Media<Settings, Account>["download"] = Effect.fnUntraced(function* (id, context) {
  if (!mediumId.test(id)) return yield* new NoSuchMedium()
  for (const last of [false, true]) {
    const found = yield* find(id, context)
    const answer = yield* fetched(found, context)
    if (answer.status === 200) return mediumOf(found, answer)
    if (answer.status !== 404 || last) return yield* notDelivered(answer.status)
  }
  return yield* new NoSuchMedium()
})
