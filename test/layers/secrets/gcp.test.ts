import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { vi } from "vitest"
import { layer } from "../../../layers/secrets/gcp.ts"
import { SecretStore } from "../../../src/secrets/secret-store.ts"
import { type Given, secretStoreContract } from "../../contracts/secret-store.ts"
import { type Answer, standIn, versionsOf } from "./stand-in.ts"

const metadata = { "metadata-flavor": "Google" }
const token = { access_token: "a-google-token", expires_in: 3_600, token_type: "Bearer" }

/** Secret Manager and the metadata server of Cloud Run, in small and at one address. */
const google = (given: Given) =>
  Effect.gen(function* () {
    const state: { trouble: number | undefined; readonly secrets: ReturnType<typeof versionsOf> } = {
      trouble: undefined,
      secrets: versionsOf(given)
    }
    const server = yield* standIn((request): Answer => {
      const path = request.url ?? ""
      if (path.startsWith("/computeMetadata/v1/project/project-id"))
        return { status: 200, body: "acme", headers: metadata }
      if (path.startsWith("/computeMetadata/v1/")) return { status: 200, body: token, headers: metadata }
      if (request.headers.authorization !== "Bearer a-google-token") return { status: 401 }
      if (state.trouble !== undefined) return { status: state.trouble, body: { error: "canary-from-google" } }
      const [, name = "", version = ""] =
        /^\/v1\/projects\/acme\/secrets\/([^/]+)\/versions\/(\w+):access$/.exec(path) ?? []
      const versions = state.secrets.get(name.replaceAll("--", "/"))
      const number = version === "latest" ? versions?.length : Number(version)
      const value = versions?.[(number ?? 0) - 1]
      if (value === undefined) return { status: 404, body: { error: "canary-from-google" } }
      const data = Buffer.from(value).toString("base64")
      return { status: 200, body: { name: `projects/1/secrets/${name}/versions/${number}`, payload: { data } } }
    })
    vi.stubEnv("GCE_METADATA_HOST", server.url.replace("http://", ""))
    vi.stubEnv("METADATA_SERVER_DETECTION", "assume-present")
    return { ...server, state }
  })

const harness = Effect.fnUntraced(function* (project?: string) {
  const server = yield* google({ "meta/app-secret": { current: "two", previous: "one" } })
  const store = yield* Layer.build(
    layer({ from: "gcp", endpoint: server.url, ...(project === undefined ? {} : { project }) })
  )
  return {
    ...server,
    read: SecretStore.use((known) => known.read("meta/app-secret")).pipe(Effect.provideContext(store))
  }
})

describe("secrets from Google Secret Manager", () => {
  secretStoreContract((given) =>
    Layer.unwrap(Effect.map(google(given), ({ url }) => layer({ from: "gcp", project: "acme", endpoint: url })))
  )

  it.effect("a secret from Google is read in the platform's project under the process's own identity", () =>
    Effect.gen(function* () {
      const { read } = yield* harness()
      const { current, previous, version } = yield* read
      assert.deepStrictEqual([Redacted.value(current), version], ["two", "2"])
      assert.strictEqual(previous === undefined ? undefined : Redacted.value(previous), "one")
    })
  )

  it.effect("a Google error names its reason in our words, and repeats none of Google's", () =>
    Effect.gen(function* () {
      const { read, state } = yield* harness("acme")
      for (const [status, why] of [
        [400, "disabled or destroyed"],
        [403, "secretAccessor"],
        [404, "no such secret"],
        [429, "limits the rate"],
        [503, "answered 503"]
      ] as const) {
        state.trouble = status
        const error = yield* Effect.flip(read)
        assert.include(error.reason, why)
        assert.include(error.remedy, "meta--app-secret")
        assert.notInclude(JSON.stringify(error) + error.message, "canary")
      }
    })
  )
})
