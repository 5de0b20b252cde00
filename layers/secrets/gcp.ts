import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Base64 from "effect/encoding/Base64"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type { SecretsFrom } from "../../src/config/config.ts"
import { isSecretRef } from "../../src/config/values.ts"
import { type Secret, SecretStore, SecretUnavailable } from "../../src/secrets/secret-store.ts"
import { untraced } from "./untraced.ts"

export type GcpOptions = Extract<SecretsFrom, { readonly from: "gcp" }>

class Refused extends Data.TaggedError("Refused")<{ readonly why: string; readonly absent?: true }> {}

/** Returns the meaning of Google's statuses, by its API documentation. */
const meaning = (status: number): string => {
  if (status === 400) return "the version is disabled or destroyed"
  if (status === 401) return "it does not accept the identity of this process"
  if (status === 403) return "it denies this: roles/secretmanager.secretAccessor is needed"
  if (status === 404) return "there is no such secret, or it has no version"
  if (status === 429) return "it limits the rate of requests"
  return `it answered ${status}`
}

const Accessed = Schema.Struct({ name: Schema.String, payload: Schema.Struct({ data: Schema.String }) })
const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(Accessed))

const textOf = (data: string) =>
  Effect.fromResult(Base64.decode(data)).pipe(
    Effect.flatMap((bytes) => Effect.try(() => new TextDecoder("utf-8", { fatal: true }).decode(bytes))),
    Effect.mapError(() => new Refused({ why: "it is not text" })),
    Effect.filterOrFail(
      (text) => text !== "",
      () => new Refused({ why: "it is empty" })
    )
  )

/** Loads Google's own library, only where it is used. The library finds the workload identity. */
const identity = Effect.tryPromise({
  try: async () => {
    const { GoogleAuth } = await import("google-auth-library")
    return new GoogleAuth({ scopes: ["https://www.googleapis.com/auth/cloud-platform"] })
  },
  catch: () => new Refused({ why: "Google's library could not be loaded" })
})

const make = Effect.fnUntraced(function* ({ project, endpoint = "https://secretmanager.googleapis.com" }: GcpOptions) {
  const client = yield* HttpClient.HttpClient
  const auth = yield* Effect.cached(identity)
  const ask = <A>(promise: (auth: Effect.Success<typeof identity>) => Promise<A>, why: string) =>
    Effect.flatMap(auth, (known) =>
      Effect.tryPromise({ try: () => promise(known), catch: () => new Refused({ why }) }).pipe(
        Effect.timeoutOrElse({ duration: "5 seconds", orElse: () => Effect.fail(new Refused({ why })) })
      )
    )
  const projectId = yield* Effect.cached(
    project === undefined
      ? ask((known) => known.getProjectId(), "the project is not known: set secrets.project")
      : Effect.succeed(project)
  )

  const access = Effect.fnUntraced(function* (secret: string, version: string) {
    const token = yield* ask((known) => known.getAccessToken(), "this process has no identity that Google knows")
    if (typeof token !== "string") return yield* new Refused({ why: "this process has no identity that Google knows" })
    const path = `/v1/projects/${yield* projectId}/secrets/${secret}/versions/${version}:access`
    const request = HttpClientRequest.get(new URL(path, endpoint)).pipe(HttpClientRequest.bearerToken(token))
    const { status, text } = yield* client.execute(request).pipe(
      untraced,
      Effect.flatMap((answer) =>
        answer.status === 200
          ? Effect.map(answer.text, (whole) => ({ status: 200, text: whole }))
          : Effect.succeed({ status: answer.status, text: "" })
      ),
      Effect.timeout("5 seconds"),
      Effect.mapError(() => new Refused({ why: `it does not answer at ${endpoint}` }))
    )
    if (status !== 200) return yield* new Refused({ why: meaning(status), ...(status === 404 ? { absent: true } : {}) })
    const { name, payload } = yield* decode(text).pipe(
      Effect.mapError(() => new Refused({ why: "its answer is not that of a secret" }))
    )
    return { value: Redacted.make(yield* textOf(payload.data)), version: name.slice(name.lastIndexOf("/") + 1) }
  })

  const read = Effect.fnUntraced(function* (ref: string) {
    const name = ref.replaceAll("/", "--")
    const refuse = (reason: string, absent?: true) =>
      new SecretUnavailable({
        ref,
        ...(absent === undefined ? {} : { absent }),
        reason,
        remedy: `let this process access the secret ${name} in Secret Manager`
      })
    if (!isSecretRef(ref)) return yield* refuse("it is not the name of a secret")
    const current = yield* Effect.mapError(access(name, "latest"), ({ why, absent }) =>
      refuse(`Secret Manager: ${why}`, absent)
    )
    const number = Number(current.version)
    const before = number > 1 ? yield* Effect.option(access(name, String(number - 1))) : undefined
    const secret: Secret = {
      current: current.value,
      version: current.version,
      ...(before?._tag === "Some" ? { previous: before.value.value } : {})
    }
    return secret
  })

  return SecretStore.of({ kind: "gcp", read })
})

/** Google Secret Manager: the reference `a/b` is the latest version of the secret `a--b`. */
export const layer = (options: GcpOptions): Layer.Layer<SecretStore> =>
  Layer.effect(SecretStore, make(options)).pipe(Layer.provide(NodeHttpClient.layerUndici))
