import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { VaultAuth } from "./config.ts"
import { exactlyOne, FilePath, HttpUrl, NonEmptyText, oneOf, Span, textValue, Word } from "./values.ts"

const { Struct, optionalKey } = Schema

const span = (value: Duration.Duration) => Span.pipe(Schema.withDecodingDefaultTypeKey(Effect.succeed(value)))

/**
 * Keys that every secret store has: the interval between reads, and the time for which the previous version stays
 * valid.
 */
const rotation = { poll: span(Duration.seconds(30)), overlap: span(Duration.hours(1)) }

const Mount = textValue("a path in Vault, such as secret", (value) => /^[A-Za-z0-9_-]+(\/[A-Za-z0-9_-]+)*$/.test(value))
const mounted = (at: string) => Mount.pipe(Schema.withDecodingDefaultKey(Effect.succeed(at)))

const kubernetesToken = "/var/run/secrets/kubernetes.io/serviceaccount/token"

const Auth = Struct({
  kubernetes: optionalKey(
    Struct({
      role: NonEmptyText,
      mount: mounted("kubernetes"),
      tokenFile: FilePath.pipe(Schema.withDecodingDefaultKey(Effect.succeed(kubernetesToken)))
    })
  ),
  appRole: optionalKey(Struct({ roleId: NonEmptyText, secretIdFile: FilePath, mount: mounted("approle") })),
  tokenFile: optionalKey(FilePath)
}).pipe(Schema.refine(oneOf("kubernetes", "appRole", "tokenFile"), exactlyOne("kubernetes, appRole and tokenFile")))

export const vaultAuth = (auth: typeof Auth.Type): VaultAuth => {
  if (auth.kubernetes !== undefined) return { _tag: "Kubernetes", ...auth.kubernetes }
  if (auth.appRole !== undefined) return { _tag: "AppRole", ...auth.appRole }
  return { _tag: "TokenFile", path: auth.tokenFile }
}

const Directory = Struct({ directory: FilePath })

/** Schema of `secrets` as written. */
export const SecretsFromSchema = Schema.Union([
  Struct({
    from: Schema.Literal("vault"),
    address: HttpUrl,
    mount: mounted("secret"),
    namespace: optionalKey(Mount),
    caFile: optionalKey(FilePath),
    auth: Auth,
    ...rotation
  }),
  Struct({ from: Schema.Literal("gcp"), project: optionalKey(Word), endpoint: optionalKey(HttpUrl), ...rotation }),
  Struct({ from: Schema.Literal("aws"), region: optionalKey(Word), endpoint: optionalKey(HttpUrl), ...rotation }),
  Struct({
    from: Schema.Literal("files"),
    directory: optionalKey(FilePath),
    files: optionalKey(Directory),
    ...rotation
  }).pipe(Schema.refine(oneOf("directory", "files"), exactlyOne("directory and files")))
]).annotate({ message: "expected from: vault, gcp, aws or files" })
