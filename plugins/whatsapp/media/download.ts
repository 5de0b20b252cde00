import * as Effect from "effect/Effect"
import type { AccountContext } from "../../../src/connector/account-context.ts"
import { type Media, type Medium, NoSuchMedium } from "../../../src/connector/media.ts"
import { type OpenAnswer, ProviderHttp } from "../../../src/connector/provider-http.ts"
import { ProviderError } from "../../../src/domain/failure.ts"
import type { Json } from "../../../src/domain/json.ts"
import { appSecretProof } from "../../meta/credentials.ts"
import { graphClient, notSent, unknownOutcome } from "../../meta/graph.ts"
import { objectOf, textOf } from "../../meta/read-json.ts"
import { errors } from "../errors.ts"
import type { Account, Settings } from "../settings.ts"
import { type Described, isOther, verified } from "./verified.ts"
import { mayHaveToken } from "./host.ts"

const call = graphClient(errors)

type Context = AccountContext<Settings, Account>

interface Found extends Described {
  readonly url: string
}

const foundIn = (body: Json): Found | undefined => {
  const { url, mime_type: type, file_size: size, sha256 } = objectOf(body) ?? {}
  const address = textOf(url)
  if (address === undefined) return undefined
  const length = textOf(size)
  const hash = textOf(sha256)?.toLowerCase()
  return {
    url: address,
    type: textOf(type) ?? "application/octet-stream",
    ...(length !== undefined && /^\d{1,12}$/.test(length) ? { length: Number(length) } : {}),
    ...(hash !== undefined && /^[0-9a-f]{64}$/.test(hash) ? { hash } : {})
  }
}

/** Matches ids of the provider. Any other text would change the address of the request. */
const mediumId = /^[A-Za-z0-9_-]{1,128}$/

/** Codes which mean that no such object exists for this token. */
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
  detail: "the address of the medium is on a host that must not receive the token"
})

/** Most redirects that are followed, each only to the provider's own hosts. */
const mostRedirects = 3

const fetched = Effect.fnUntraced(function* ({ url }: Pick<Found, "url">, { settings, secret }: Context) {
  if (!mayHaveToken(url, settings.graph.baseUrl)) return yield* refusedHost
  const http = yield* ProviderHttp
  return yield* http.open({ method: "GET", url, headers: {}, bearer: secret("accessToken") }).pipe(
    Effect.catchTags({
      NotSent: (error) => Effect.fail(notSent(error, "whatsapp.download")),
      OutcomeUnknown: (error) => Effect.fail(unknownOutcome(error))
    })
  )
})

/** Returns the target of a redirect. Returns `undefined` for a host that must not receive the token. */
const nextOf = (from: string, { headers }: OpenAnswer, { settings }: Context): string | undefined => {
  const next = URL.parse(headers["location"] ?? "", from)?.href
  return next !== undefined && headers["location"] !== undefined && mayHaveToken(next, settings.graph.baseUrl)
    ? next
    : undefined
}

const isRedirect = ({ status }: OpenAnswer) => status >= 300 && status < 400 && status !== 304

/** Returns the answer at the end of the redirects. A redirect to another host, or one too many, is returned itself. */
const followed = Effect.fnUntraced(function* (found: Found, context: Context) {
  let url = found.url
  let answer = yield* fetched(found, context)
  for (let count = 0; count < mostRedirects && isRedirect(answer); count++) {
    const next = nextOf(url, answer, context)
    if (next === undefined) return answer
    url = next
    answer = yield* fetched({ url }, context)
  }
  return answer
})

const mediumOf = (found: Found, { status, headers, body }: OpenAnswer, { digest }: Context): Medium => {
  const told = headers["content-length"]
  const length = found.length ?? (told !== undefined && /^\d{1,12}$/.test(told) ? Number(told) : undefined)
  return {
    type: found.type,
    bytes: verified(found, { status, body }, digest),
    ...(length === undefined ? {} : { length })
  }
}

const redirected = (httpStatus: number) =>
  new ProviderError({
    code: "medium_redirected",
    certainty: "not_applied",
    transient: false,
    pauses: "nothing",
    detail: "the download was redirected to a host that must not receive the token, or too many times",
    httpStatus
  })

const other = (httpStatus: number) =>
  new ProviderError({
    code: "medium_is_other",
    certainty: "not_applied",
    transient: true,
    pauses: "nothing",
    detail: "the downloaded medium differs in type or size from the provider's description",
    httpStatus
  })

const notDelivered = (httpStatus: number) =>
  new ProviderError({
    code: "medium_not_delivered",
    certainty: "not_applied",
    transient: httpStatus >= 500,
    pauses: "nothing",
    detail: "the provider has the medium and did not deliver it",
    httpStatus
  })

/** Downloads a medium. Its address is valid for five minutes; an expired one is requested once more (META 3.3). */
export const download: Media<Settings, Account>["download"] = Effect.fnUntraced(function* (id, context) {
  if (!mediumId.test(id)) return yield* new NoSuchMedium()
  for (const last of [false, true]) {
    const found = yield* find(id, context)
    const answer = yield* followed(found, context)
    if (isRedirect(answer)) return yield* redirected(answer.status)
    if (answer.status === 200) {
      return isOther(found, answer.headers) ? yield* other(answer.status) : mediumOf(found, answer, context)
    }
    if (answer.status !== 404 || last) return yield* notDelivered(answer.status)
  }
  return yield* new NoSuchMedium()
})
