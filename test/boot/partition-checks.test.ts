import { assert, describe, it } from "@effect/vitest"
import { reachableCheck } from "../../src/boot/partition-checks.ts"
import { retentionDefaults } from "../../src/config/store-schema.ts"
import { InfraError } from "../../src/domain/failure.ts"

const failing = (code: string, operation: string) =>
  reachableCheck.find(
    {
      servers: [],
      replicas: [],
      partitions: [],
      unseen: [
        {
          server: "127.0.0.1:6379",
          error: new InfraError({ code, operation, certainty: "not_applied", transient: true })
        }
      ]
    },
    { at: { _tag: "Memory" }, durability: "host", retention: retentionDefaults }
  )

describe("G45 unreachable server of the store", () => {
  it("the check names the certificate error of an unreachable server", () => {
    const at = "connect to the store at 127.0.0.1:6379 (TLS: CERT_HAS_EXPIRED)"
    const [finding] = failing("store_tls", at)
    assert.strictEqual(finding?.problem, `${at}: store_tls`)
    assert.include(finding?.remedy, "store.caFile")
    assert.notInclude(failing("store_unavailable", "INFO")[0]?.remedy, "store.caFile")
  })
})
