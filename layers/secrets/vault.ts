import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as HttpClient from "effect/http/HttpClient"
import type { SecretsFrom } from "../../src/config/config.ts"
import { isSecretRef } from "../../src/config/values.ts"
import { type Secret, SecretStore, SecretUnavailable } from "../../src/secrets/secret-store.ts"
import { askVault, type VaultRefused } from "./vault/ask.ts"
import { vaultSession } from "./vault/login.ts"

export type VaultOptions = Extract<SecretsFrom, { readonly from: "vault" }>

/** KV version 2: the field `value` of a secret, and Vault's metadata of its version. */
const Read = Schema.Struct({
  data: Schema.Struct({
    data: Schema.Struct({ value: Schema.NonEmptyString }),
    metadata: Schema.Struct({ version: Schema.Int, created_time: Schema.String })
  })
})
const decode = Schema.decodeUnknownEffect(Read)

const make = Effect.fnUntraced(function* ({ address, namespace, mount, auth }: VaultOptions) {
  const client = yield* HttpClient.HttpClient
  const files = yield* FileSystem.FileSystem
  const asking = vaultSession(askVault(address, namespace), auth)
  const ask = (path: string) =>
    asking({ method: "GET", path }).pipe(
      Effect.provideService(HttpClient.HttpClient, client),
      Effect.provideService(FileSystem.FileSystem, files)
    )

  const read = Effect.fnUntraced(function* (ref: string) {
    const path = `${mount}/data/${ref}`
    const refuse = (reason: string, absent = false) =>
      new SecretUnavailable({
        ref,
        ...(absent ? { absent } : {}),
        reason,
        remedy: `let this process read the field value of ${mount}/${ref} (KV version 2) in Vault`
      })
    if (!isSecretRef(ref)) return yield* refuse("it is not the name of a secret")
    const at = Effect.fnUntraced(function* (version?: number) {
      const answer = yield* Effect.mapError(ask(version === undefined ? path : `${path}?version=${version}`), refusal)
      return (yield* Effect.mapError(decode(answer), () => refuse("it has no field value that is text"))).data
    })
    const refusal = ({ status, why }: VaultRefused) => refuse(`Vault: ${why}`, status === 404)
    const { data, metadata } = yield* at()
    const before = metadata.version > 1 ? yield* Effect.option(at(metadata.version - 1)) : undefined
    const since = Date.parse(metadata.created_time)
    const secret: Secret = {
      current: Redacted.make(data.value),
      version: String(metadata.version),
      ...(Number.isFinite(since) ? { since } : {}),
      ...(before?._tag === "Some" ? { previous: Redacted.make(before.value.data.value) } : {})
    }
    return secret
  })

  return SecretStore.of({ kind: "vault", read })
})

const without = (caFile: string) =>
  Layer.succeed(SecretStore, {
    kind: "vault",
    read: (ref) =>
      Effect.fail(
        new SecretUnavailable({
          ref,
          reason: `the authority's certificate ${caFile} cannot be read, and no other is trusted in its place`,
          remedy: "put it there as PEM, readable by this process, or leave out secrets.caFile"
        })
      )
  })

/** Builds a client that trusts only the operator's authority. */
const trusting = (options: VaultOptions, caFile: string) =>
  Layer.unwrap(
    Effect.gen(function* () {
      const files = yield* FileSystem.FileSystem
      const ca = yield* Effect.orElseSucceed(files.readFileString(caFile), () => "")
      if (ca.trim() === "") return without(caFile)
      return Layer.effect(SecretStore, make(options)).pipe(
        Layer.provide(NodeHttpClient.layerUndiciNoDispatcher),
        Layer.provide(NodeHttpClient.layerDispatcherOptions({ connect: { ca } }))
      )
    })
  )

/** HashiCorp Vault or OpenBao, KV version 2: the reference `a/b` is the field `value` of the secret at `<mount>/a/b`. */
export const layer = (options: VaultOptions): Layer.Layer<SecretStore, never, FileSystem.FileSystem> =>
  options.caFile === undefined
    ? Layer.effect(SecretStore, make(options)).pipe(Layer.provide(NodeHttpClient.layerUndici))
    : trusting(options, options.caFile)
