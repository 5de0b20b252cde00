import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type { SecretsFrom } from "../../src/config/config.ts"
import { isSecretRef } from "../../src/config/values.ts"
import { type Secret, SecretStore, SecretUnavailable } from "../../src/secrets/secret-store.ts"

export type AwsOptions = Extract<SecretsFrom, { readonly from: "aws" }>

class Refused extends Data.TaggedError("Refused")<{ readonly why: string; readonly absent?: true }> {}

/** Meanings of the service's own error names. No other text of the service is repeated. */
const meanings: Readonly<Record<string, string>> = {
  AccessDeniedException: "it denies this: secretsmanager:GetSecretValue is needed",
  DecryptionFailure: "it cannot decrypt it: check that the KMS key is usable",
  ExpiredTokenException: "the identity of this process has expired",
  InternalServiceError: "it fails",
  InvalidRequestException: "it is marked for deletion",
  ResourceNotFoundException: "there is no such secret or version",
  ThrottlingException: "it limits the rate of requests",
  UnrecognizedClientException: "it does not know the identity of this process",
  CredentialsProviderError: "this process has no identity that AWS knows"
}

const refusedBy = (error: unknown): Refused => {
  const name = error instanceof Error ? error.name : ""
  const why = Object.hasOwn(meanings, name) ? (meanings[name] ?? "") : "it does not answer"
  return new Refused({ why, ...(name === "ResourceNotFoundException" ? { absent: true } : {}) })
}

/** Loads AWS's own client, only where it is used. */
const clientOf = ({ region, endpoint }: AwsOptions) =>
  Effect.tryPromise({
    try: async () => {
      const { GetSecretValueCommand, SecretsManagerClient } = await import("@aws-sdk/client-secrets-manager")
      const client = new SecretsManagerClient({
        maxAttempts: 2,
        ...(region === undefined ? {} : { region }),
        ...(endpoint === undefined ? {} : { endpoint })
      })
      return (SecretId: string, VersionStage: string, abortSignal: AbortSignal) =>
        client.send(new GetSecretValueCommand({ SecretId, VersionStage }), { abortSignal })
    },
    catch: () => new Refused({ why: "AWS's library could not be loaded, or its region is not known" })
  })

const make = Effect.fnUntraced(function* (options: AwsOptions) {
  const client = yield* Effect.cached(clientOf(options))

  const staged = Effect.fnUntraced(function* (ref: string, stage: "AWSCURRENT" | "AWSPREVIOUS") {
    const get = yield* client
    const answer = yield* Effect.tryPromise({
      try: (signal) => get(ref, stage, signal),
      catch: refusedBy
    }).pipe(
      Effect.timeoutOrElse({
        duration: "5 seconds",
        orElse: () => Effect.fail(new Refused({ why: "it does not answer" }))
      })
    )
    const { SecretString: value, VersionId: version, CreatedDate: created } = answer
    if (value === undefined || value === "") return yield* new Refused({ why: "it is empty, or not text" })
    return { value: Redacted.make(value), version, since: created?.getTime() }
  })

  const read = Effect.fnUntraced(function* (ref: string) {
    const refuse = (reason: string, absent?: true) =>
      new SecretUnavailable({
        ref,
        ...(absent === undefined ? {} : { absent }),
        reason,
        remedy: `let this process read the secret ${ref} in Secrets Manager`
      })
    if (!isSecretRef(ref)) return yield* refuse("it is not the name of a secret")
    const current = yield* Effect.mapError(staged(ref, "AWSCURRENT"), (error) =>
      refuse(`Secrets Manager: ${error.why}`, error.absent)
    )
    const before = yield* Effect.option(staged(ref, "AWSPREVIOUS"))
    const secret: Secret = {
      current: current.value,
      ...(current.version === undefined ? {} : { version: current.version }),
      ...(current.since === undefined ? {} : { since: current.since }),
      ...(before._tag === "Some" ? { previous: before.value.value } : {})
    }
    return secret
  })

  return SecretStore.of({ kind: "aws", read })
})

/** AWS Secrets Manager: the reference `a/b` is the text of the secret with that name. */
export const layer = (options: AwsOptions): Layer.Layer<SecretStore> => Layer.effect(SecretStore, make(options))
