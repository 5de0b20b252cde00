import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { vi } from "vitest"
import { layer } from "../../../layers/secrets/aws.ts"
import { SecretStore } from "../../../src/secrets/secret-store.ts"
import { type Given, secretStoreContract } from "../../contracts/secret-store.ts"
import { type Answer, standIn, versionsOf } from "./stand-in.ts"

vi.stubEnv("AWS_ACCESS_KEY_ID", "an-id")
vi.stubEnv("AWS_SECRET_ACCESS_KEY", "made-for-tests")

const error = (type: string): Answer => ({ status: 400, body: { __type: type, Message: "canary-from-aws" } })

/** Secrets Manager in small. */
const amazon = (given: Given) =>
  Effect.gen(function* () {
    const state: { trouble: string | undefined; readonly secrets: ReturnType<typeof versionsOf> } = {
      trouble: undefined,
      secrets: versionsOf(given)
    }
    const server = yield* standIn((request, body): Answer => {
      if (!request.headers.authorization?.includes("Credential=an-id/")) return error("UnrecognizedClientException")
      if (state.trouble !== undefined) return error(state.trouble)
      const { SecretId, VersionStage } = JSON.parse(body)
      const versions = state.secrets.get(SecretId)
      const value = versions?.at(VersionStage === "AWSPREVIOUS" ? -2 : -1)
      if (value === undefined) return error("ResourceNotFoundException")
      const VersionId = `version-${VersionStage === "AWSPREVIOUS" ? 1 : versions?.length}`
      return { status: 200, body: { Name: SecretId, SecretString: value, VersionId, CreatedDate: 1_700_000_000 } }
    })
    return { ...server, state }
  })

const store = (endpoint: string) => layer({ from: "aws", region: "eu-central-1", endpoint })

describe("secrets from AWS Secrets Manager", () => {
  secretStoreContract((given) => Layer.unwrap(Effect.map(amazon(given), ({ url }) => store(url))))

  it.effect("a secret from AWS has its version, the time of that version, and the previous value", () =>
    Effect.gen(function* () {
      const { url } = yield* amazon({ "meta/app-secret": { current: "two", previous: "one" } })
      const { current, previous, version, since } = yield* SecretStore.use((known) =>
        known.read("meta/app-secret")
      ).pipe(Effect.provide(store(url)))
      assert.deepStrictEqual([Redacted.value(current), version, since], ["two", "version-2", 1_700_000_000_000])
      assert.strictEqual(previous === undefined ? undefined : Redacted.value(previous), "one")
    })
  )

  it.effect("an AWS error names its reason in our words, and repeats none of AWS's", () =>
    Effect.gen(function* () {
      const { url, state } = yield* amazon({ "meta/app-secret": { current: "two" } })
      const built = yield* Layer.build(store(url))
      const read = SecretStore.use((known) => known.read("meta/app-secret")).pipe(Effect.provideContext(built))
      for (const [type, why] of [
        ["AccessDeniedException", "GetSecretValue is needed"],
        ["ResourceNotFoundException", "no such secret"],
        ["DecryptionFailure", "KMS"],
        ["InvalidRequestException", "marked for deletion"],
        ["SomethingElse", "does not answer"]
      ] as const) {
        state.trouble = type
        const refused = yield* Effect.flip(read)
        assert.include(refused.reason, why)
        assert.notInclude(JSON.stringify(refused) + refused.message, "canary")
      }
    })
  )
})
